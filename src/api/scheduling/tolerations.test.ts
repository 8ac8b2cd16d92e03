import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Taint } from '../generated/core/v1.ts';
import { repellingEffects, tolerates, untolerated } from './tolerations.ts';

const taint: Taint = { key: 'disk', value: 'slow', effect: 'NoSchedule' };

test('a toleration bears a taint of its key, value and effect', () => {
  assert.ok(tolerates({ key: 'disk', value: 'slow', effect: 'NoSchedule' }, taint));
  assert.ok(!tolerates({ key: 'disk', value: 'fast', effect: 'NoSchedule' }, taint));
  assert.ok(!tolerates({ key: 'cpu', value: 'slow', effect: 'NoSchedule' }, taint));
  assert.ok(!tolerates({ key: 'disk', value: 'slow', effect: 'NoExecute' }, taint));
});

test('what a toleration leaves out stands for everything, and its value for the empty one', () => {
  assert.ok(tolerates({ operator: 'Exists' }, taint));
  assert.ok(tolerates({ key: 'disk', operator: 'Exists' }, taint));
  assert.ok(!tolerates({ key: 'disk' }, taint));
  assert.ok(tolerates({ key: 'disk', operator: 'Equal' }, { key: 'disk', effect: 'NoExecute' }));
});

test('an operator that is not enabled bears nothing', () => {
  assert.ok(!tolerates({ key: 'level', operator: 'Gt', value: '9' }, { key: 'level', value: '10', effect: 'NoSchedule' }));
});

test('the first taint that nothing bears is told, of the effects that are asked for', () => {
  const taints: Taint[] = [taint, { key: 'a', effect: 'PreferNoSchedule' }, { key: 'b', effect: 'NoExecute' }];
  assert.equal(untolerated(taints, [], repellingEffects)?.key, 'disk');
  assert.equal(untolerated(taints, [{ key: 'disk', operator: 'Exists' }], repellingEffects)?.key, 'b');
  assert.equal(untolerated(taints, [], ['PreferNoSchedule'])?.key, 'a');
  assert.equal(untolerated(taints, [{ operator: 'Exists' }], repellingEffects), undefined);
  assert.equal(untolerated(undefined, undefined, repellingEffects), undefined);
});
