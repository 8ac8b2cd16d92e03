import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notFound, timedOut } from '../../../api/errors.ts';
import type { ResourceRef } from '../../../api/call.ts';
import type { KubeObject } from '../../../api/meta.ts';
import { PluginBench, testPod } from '../test-objects.ts';
import { defaultBinder } from './plugin.ts';

const bind = async (createSub: (at: ResourceRef, body: KubeObject) => Promise<never>, get?: () => Promise<never>) => {
  const bench = new PluginBench(defaultBinder, { client: { createSub, ...(get && { get }) } });
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

test('where the answer is lost the pod itself tells whether it was bound', async () => {
  const lost = () => Promise.reject(timedOut('the answer was lost'));
  const found = (nodeName?: string) => async () => testPod('p', { ...(nodeName && { nodeName }) }) as never;
  assert.equal(await bind(lost, found('n')), undefined);
  assert.deepEqual(await bind(lost, found('other')), { code: 'Error', reasons: ['Timeout: the answer was lost'] });
  assert.deepEqual(await bind(lost, found()), { code: 'Error', reasons: ['Timeout: the answer was lost'] });
  const gone = () => Promise.reject(notFound({ group: '', resource: 'pods' }, 'p'));
  assert.deepEqual(await bind(lost, gone), { code: 'Error', reasons: ['Timeout: the answer was lost'] });
});
