import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineKind } from '../../api/kind.ts';
import { blockers, judge, ownerState, type Owner, type OwnerState } from './decisions.ts';
import { OwnerGraph, type Node } from './graph.ts';

const kind = defineKind({ group: 'x', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true, schema: () => ({ type: 'any' }) });
const node = (uid: string, more: Partial<Node> = {}): Node => ({
  uid,
  resourceVersion: '1',
  kind,
  namespace: 'ns',
  name: uid,
  owners: [],
  finalizers: [],
  deleting: false,
  ...more,
});
const reference = (uid: string, blockOwnerDeletion = false) => ({ apiVersion: 'x/v1', kind: 'Thing', name: uid, uid, blockOwnerDeletion });
const owner = (uid: string, state: OwnerState): Owner => ({ reference: reference(uid), state });

test('an object whose only owner is absent goes, in the background', () => {
  assert.deepEqual(judge(node('a'), [owner('o', 'absent')], []), { do: 'delete', propagation: 'Background' });
});

test('an object with a living owner stays, and forgets those that are gone', () => {
  assert.deepEqual(judge(node('a'), [owner('o', 'solid')], []), { do: 'nothing' });
  assert.deepEqual(judge(node('a'), [owner('o', 'solid'), owner('p', 'absent'), owner('q', 'going')], []), {
    do: 'forget-owners',
    uids: ['p', 'q'],
  });
});

test('below an owner that waits, what has dependents itself goes in the foreground', () => {
  assert.deepEqual(judge(node('a'), [owner('o', 'going')], [node('b')]), { do: 'delete', propagation: 'Foreground' });
  assert.deepEqual(judge(node('a'), [owner('o', 'going')], []), { do: 'delete', propagation: 'Background' });
});

test('where a dependent waits as well there may be a circle: the owners are let go of first', () => {
  const waiting = node('b', { deleting: true, finalizers: ['foregroundDeletion'] });
  assert.deepEqual(judge(node('a'), [owner('o', 'going')], [waiting]), { do: 'delete', propagation: 'Foreground', unblock: true });
});

test('finalizers that an object has already decide how it goes', () => {
  assert.deepEqual(judge(node('a', { finalizers: ['orphan'] }), [owner('o', 'absent')], []), { do: 'delete', propagation: 'Orphan' });
  assert.deepEqual(judge(node('a', { finalizers: ['foregroundDeletion'] }), [owner('o', 'absent')], []), {
    do: 'delete',
    propagation: 'Foreground',
  });
});

test('what is going already is left alone', () => {
  assert.deepEqual(judge(node('a', { deleting: true }), [owner('o', 'absent')], []), { do: 'nothing' });
});

test('an owner is going only while it waits for its dependents', () => {
  assert.equal(ownerState(undefined), 'absent');
  assert.equal(ownerState(node('o', { deleting: true })), 'solid');
  assert.equal(ownerState(node('o', { deleting: true, finalizers: ['foregroundDeletion'] })), 'going');
});

test('only dependents that say so hold their owner up', () => {
  const holding = node('b', { owners: [reference('o', true)] });
  assert.deepEqual(blockers(node('o'), [node('a', { owners: [reference('o')] }), holding]), [holding]);
});

test('the graph follows owners that change and go', () => {
  const graph = new OwnerGraph();
  graph.set(node('a', { owners: [reference('o'), reference('p')] }));
  graph.set(node('a', { owners: [reference('p')] }));
  assert.deepEqual(graph.dependents('o'), []);
  assert.deepEqual(
    graph.dependents('p').map((one) => one.uid),
    ['a'],
  );
  graph.delete('a');
  assert.deepEqual(graph.dependents('p'), []);
});
