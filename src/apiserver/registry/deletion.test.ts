import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeleteOptions } from '../../api/call.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { ReplicationController } from '../../api/kinds/core/replicationcontroller.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject, ObjectMeta } from '../../api/meta.ts';
import { beginDeletion, finalizersFor, isReleased } from './deletion.ts';

const nowMs = Date.parse('2026-01-01T00:01:00Z');

const podWith = (metadata: ObjectMeta, spec: object = { nodeName: 'n1', terminationGracePeriodSeconds: 30 }): KubeObject =>
  ({ metadata: { name: 'web', ...metadata }, spec, status: { phase: 'Running' } }) as KubeObject;

function marks(kind: Kind, object: KubeObject, options: DeleteOptions = {}) {
  const next = beginDeletion(kind, object, options, nowMs);
  if (!next) return undefined;
  const { deletionTimestamp: at, deletionGracePeriodSeconds: seconds } = next.metadata;
  return { at: at?.slice(14, 19), seconds, gone: isReleased(kind, next) };
}

test('an object that nothing holds goes at once; one with finalizers is marked and waits', () => {
  assert.deepEqual(marks(ConfigMap, { metadata: { name: 'a' } }), { at: '01:00', seconds: 0, gone: true });
  assert.deepEqual(marks(ConfigMap, { metadata: { name: 'a', finalizers: ['x/y'] } }), { at: '01:00', seconds: 0, gone: false });
});

test('a running pod gets its grace, or the one asked for; an unscheduled one goes at once', () => {
  assert.deepEqual(marks(Pod, podWith({})), { at: '01:30', seconds: 30, gone: false });
  assert.deepEqual(marks(Pod, podWith({}), { gracePeriodSeconds: 5 }), { at: '01:05', seconds: 5, gone: false });
  assert.deepEqual(marks(Pod, podWith({}), { gracePeriodSeconds: 0 }), { at: '01:00', seconds: 0, gone: true });
  assert.deepEqual(marks(Pod, podWith({}, {})), { at: '01:00', seconds: 0, gone: true });
});

test('a grace under way can be shortened only, and only by who says so', () => {
  const pending = podWith({ deletionTimestamp: '2026-01-01T00:01:50Z', deletionGracePeriodSeconds: 60 });
  assert.equal(marks(Pod, pending), undefined);
  assert.equal(marks(Pod, pending, { gracePeriodSeconds: 60 }), undefined);
  assert.deepEqual(marks(Pod, pending, { gracePeriodSeconds: 20 }), { at: '01:10', seconds: 20, gone: false });
  assert.deepEqual(marks(Pod, pending, { gracePeriodSeconds: 5 }), { at: '01:00', seconds: 1, gone: false });
  assert.deepEqual(marks(Pod, pending, { gracePeriodSeconds: 0 }), { at: '01:00', seconds: 0, gone: true });
});

test('the finalizers say how dependents are treated: as asked, as asked before, or as the kind does', () => {
  const object = (...finalizers: string[]) => ({ metadata: { name: 'a', finalizers } });
  assert.deepEqual(finalizersFor(ConfigMap, object('x/y'), { propagationPolicy: 'Foreground' }), ['x/y', 'foregroundDeletion']);
  assert.deepEqual(finalizersFor(ConfigMap, object('foregroundDeletion'), { propagationPolicy: 'Orphan' }), ['orphan']);
  assert.deepEqual(finalizersFor(ConfigMap, object('orphan'), {}), ['orphan']);
  assert.deepEqual(finalizersFor(ConfigMap, object('orphan'), { propagationPolicy: 'Background' }), []);
  assert.deepEqual(finalizersFor(ConfigMap, object(), { orphanDependents: true }), ['orphan']);
  assert.deepEqual(finalizersFor(ReplicationController, object(), {}), ['orphan']);
  assert.deepEqual(finalizersFor(ReplicationController, object(), { orphanDependents: false }), []);
});

test('a deletion counts as a generation once', () => {
  const first = beginDeletion(ConfigMap, { metadata: { name: 'a', generation: 3, finalizers: ['x/y'] } }, {}, nowMs)!;
  assert.equal(first.metadata.generation, 4);
  assert.equal(beginDeletion(ConfigMap, first, {}, nowMs), undefined);
  assert.equal(beginDeletion(ConfigMap, first, { propagationPolicy: 'Foreground' }, nowMs)?.metadata.generation, 4);
});

test('an object that is marked and held by nothing any more goes with the next deletion', () => {
  const marked = { metadata: { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 } };
  assert.equal(marks(ConfigMap, marked)?.gone, true);
});
