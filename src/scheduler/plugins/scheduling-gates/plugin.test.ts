import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { PluginBench, testPod } from '../test-objects.ts';
import { schedulingGates, waitsForGates } from './plugin.ts';

const gated = testPod('p', { schedulingGates: [{ name: 'a' }, { name: 'b' }] });

test('a pod with gates stays out of the queue, and the message names them', () => {
  assert.deepEqual(waitsForGates(gated), { code: 'UnschedulableAndUnresolvable', reasons: ['waiting for scheduling gates: [a b]'] });
  assert.equal(waitsForGates(testPod('p')), undefined);
});

test('only the end of its own last gate helps', () => {
  const bench = new PluginBench(schedulingGates);
  assert.ok(bench.helps(Pod, gated, { old: gated, now: testPod('p') }));
  assert.ok(!bench.helps(Pod, gated, { old: gated, now: testPod('p', { schedulingGates: [{ name: 'b' }] }) }));
  assert.ok(!bench.helps(Pod, gated, { old: gated, now: testPod('another') }));
  assert.ok(!bench.helps(Pod, gated, { old: testPod('p'), now: testPod('p') }));
});
