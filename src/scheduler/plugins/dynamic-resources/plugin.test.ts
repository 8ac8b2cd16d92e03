import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PluginBench, testPod } from '../test-objects.ts';
import { dynamicResources } from './plugin.ts';

test('a pod that claims devices fits no node, and one that claims none is not asked about', () => {
  const { plugin, state, info } = benchOf();
  const before = (pod: ReturnType<typeof testPod>) => plugin.preFilter!(state, info(pod), undefined as never);
  assert.deepEqual(before(testPod('plain')), { code: 'Skip', reasons: [] });
  const claims = testPod('claims', { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] });
  assert.equal(before(claims), undefined);
  assert.deepEqual(plugin.filter!(state, info(claims), undefined as never)?.reasons, ['cannot allocate all claims']);
});

function benchOf() {
  const bench = new PluginBench(dynamicResources);
  return { plugin: bench.plugin, state: bench.state, info: (pod: ReturnType<typeof testPod>) => bench.info(pod) };
}
