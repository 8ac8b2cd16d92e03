import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notFound } from '../../../api/errors.ts';
import type { ResourceRef } from '../../../api/call.ts';
import type { KubeObject } from '../../../api/meta.ts';
import { PluginBench, testPod } from '../test-objects.ts';
import { defaultBinder } from './plugin.ts';

const bind = async (createSub: (at: ResourceRef, body: KubeObject) => Promise<never>) => {
  const bench = new PluginBench(defaultBinder, { client: { createSub } });
  return bench.plugin.bind!(bench.state, bench.info(testPod('p')), 'n');
};

test('the binding names the pod, which one it is, and its node', async () => {
  const sent: unknown[] = [];
  assert.equal(await bind(async (at, body) => sent.push(at, body) as never), undefined);
  assert.deepEqual(sent, [
    { group: '', version: 'v1', resource: 'pods', subresource: 'binding', namespace: 'default', name: 'p' },
    {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace: 'default', name: 'p', uid: 'uid-of-p' },
      target: { kind: 'Node', name: 'n' },
    },
  ]);
});

test('a binding that the API refuses is an error with its words', async () => {
  const refused = await bind(async () => Promise.reject(notFound({ group: '', resource: 'pods' }, 'p')));
  assert.deepEqual(refused, { code: 'Error', reasons: ['pods "p" not found'] });
});
