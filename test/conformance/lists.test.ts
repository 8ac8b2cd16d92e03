/** Lists in chunks and as tables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodTemplate as Template } from '../../src/api/generated/core/v1.ts';
import { PodTemplate } from '../../src/api/kinds/core/podtemplate.ts';
import type { List } from '../../src/client/client.ts';
import { conformance, refused, textOf, type Fields } from './bed.ts';

const template = (namespace: string, index: number) => ({
  metadata: { namespace, name: `template-${String(index).padStart(4, '0')}` },
  template: { spec: { containers: [{ name: 'test', image: 'test2' }] } },
});

conformance(
  'lists',
  (bed) => {
    const fill = async (namespace: string, count: number) => {
      await Promise.all(Array.from({ length: count }, (_, i) => bed.client.create(PodTemplate, template(namespace, i))));
    };

    test('[sig-api-machinery] Servers with support for API chunking should return chunks of results for list calls [Conformance]', async () => {
      const namespace = await bed.namespace();
      const count = 120;
      await fill(namespace, count);
      const seen: string[] = [];
      let next: string | undefined = '';
      let version: string | undefined;
      while (next !== undefined) {
        const limit = 1 + ((seen.length * 7) % 17);
        const list: List<Template> = await bed.client.list(PodTemplate, { namespace }, { limit, continue: next });
        assert.ok(list.items.length <= limit);
        version ??= list.metadata.resourceVersion;
        assert.equal(list.metadata.resourceVersion, version, 'all chunks are of one moment');
        seen.push(...list.items.map(({ metadata }) => metadata.name!));
        assert.equal(list.metadata.remainingItemCount ?? 0, count - seen.length);
        next = list.metadata.continue;
      }
      assert.deepEqual(
        seen,
        Array.from({ length: count }, (_, i) => template(namespace, i).metadata.name),
      );
      const whole = await bed.client.list(PodTemplate, { namespace }, { limit: count + 1 });
      assert.equal(whole.items.length, count);
      assert.deepEqual([whole.metadata.continue, whole.metadata.remainingItemCount], [undefined, undefined]);
    });

    test('with a selector nobody counts what remains', async () => {
      const namespace = await bed.namespace();
      await fill(namespace, 3);
      const list = await bed.client.list(PodTemplate, { namespace }, { limit: 1, labelSelector: '!none' });
      assert.ok(list.metadata.continue);
      assert.equal(list.metadata.remainingItemCount, undefined);
    });

    test('a continue token goes with no resource version, and must be one', async () => {
      const namespace = await bed.namespace();
      await fill(namespace, 3);
      const { metadata } = await bed.client.list(PodTemplate, { namespace }, { limit: 1 });
      await refused(
        bed.client.list(PodTemplate, { namespace }, { limit: 1, continue: metadata.continue, resourceVersion: metadata.resourceVersion }),
        400,
        'specifying resource version is not allowed when using continue',
      );
      await refused(bed.client.list(PodTemplate, { namespace }, { limit: 1, continue: 'no-token' }), 400, 'continue key is not valid');
    });

    test('[sig-api-machinery] Servers with support for Table transformation should return a 406 for a backend which does not implement metadata [Conformance]', async () => {
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { nonResourceAttributes: { path: '/' } },
      };
      const { code, json } = await bed.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { accept, body });
      assert.equal(code, 406);
      assert.equal(json?.['reason'], 'NotAcceptable');
    });

    test('a table of pods in chunks has columns, and the metadata of each', async () => {
      const namespace = await bed.namespace();
      await fill(namespace, 4);
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
      const path = `/api/v1/namespaces/${namespace}/podtemplates?limit=2`;
      const table = await bed.json(path, { accept });
      assert.equal(table['kind'], 'Table');
      assert.equal(table['apiVersion'], 'meta.k8s.io/v1');
      const rows = table['rows'] as unknown as { cells: unknown[]; object: Fields }[];
      assert.deepEqual(
        rows.map(({ cells, object }) => [cells[0], object['kind'], object['metadata']?.['name']]),
        [0, 1].map((i) => {
          const name = template('', i).metadata.name;
          return [name, 'PartialObjectMetadata', name];
        }),
      );
      const columns = table['columnDefinitions'] as unknown as { name: string; type: string; format: string }[];
      assert.deepEqual(columns[0] && [columns[0].name, columns[0].type, columns[0].format], ['Name', 'string', 'name']);
      const more = await bed.json(`${path}&continue=${textOf(table['metadata']?.['continue'])}`, { accept });
      assert.equal((more['rows'] as unknown as unknown[]).length, 2);
      assert.equal(more['columnDefinitions'] === undefined, false);
    });

    test('[sig-api-machinery] Servers with support for API chunking should support continue listing from the last key if the original version has been compacted away, though the list is inconsistent [Conformance] [Slow]', async () => {
      const namespace = await bed.namespace();
      await fill(namespace, 12);
      const first = await bed.client.list(PodTemplate, { namespace }, { limit: 5 });
      const { continue: token, resourceVersion } = first.metadata;
      await bed.client.delete(PodTemplate, { namespace, name: 'template-0011' });
      await bed.compact();
      const expired = await bed.request('GET', `/api/v1/namespaces/${namespace}/podtemplates?limit=5&continue=${token}`);
      assert.deepEqual([expired.code, expired.json?.['reason']], [410, 'Expired']);
      const inconsistent = expired.json?.['metadata']?.['continue'] as unknown as string;
      assert.ok(inconsistent && inconsistent !== token);
      const rest = await bed.client.list(PodTemplate, { namespace }, { continue: inconsistent });
      assert.deepEqual(
        rest.items.map(({ metadata }) => metadata.name),
        [5, 6, 7, 8, 9, 10].map((i) => template('', i).metadata.name),
        'what was deleted meanwhile is missing',
      );
      assert.notEqual(rest.metadata.resourceVersion, resourceVersion);
    });

    test('a version that is not there yet is waited for, and then refused', async () => {
      const error = await refused(bed.client.get(PodTemplate, { namespace: 'default', name: 'a' }, { resourceVersion: '99999999' }), 504);
      assert.match(error.message, /^Timeout: Too large resource version: 99999999, current: \d+$/);
    });
  },
  { speed: 10 },
);
