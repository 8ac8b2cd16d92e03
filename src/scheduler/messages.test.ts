import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unresolvable, unschedulable, type FailedFilter } from './framework.ts';
import { fitFailureMessage, truncatedNote } from './messages.ts';

const cpu: FailedFilter = { plugin: 'NodeResourcesFit', rejection: unschedulable('Insufficient cpu', 'Insufficient memory') };
const taint: FailedFilter = { plugin: 'TaintToleration', rejection: unresolvable('node(s) had untolerated taint {k: v}') };

test('reasons are counted over nodes and stand in the order of their text', () => {
  const named = new Map([
    ['a', cpu],
    ['b', cpu],
    ['c', taint],
  ]);
  assert.equal(
    fitFailureMessage({ nodeCount: 3, failed: { named, others: undefined }, postFilterMessage: 'preemption: 0/3 nodes are available: x.' }),
    '0/3 nodes are available: 1 node(s) had untolerated taint {k: v}, 2 Insufficient cpu, 2 Insufficient memory. preemption: 0/3 nodes are available: x.',
  );
});

test('what holds for all other nodes is counted with them', () => {
  const others = { plugin: 'X', rejection: unresolvable("node(s) didn't satisfy plugin(s) [NodeAffinity]") };
  assert.equal(
    fitFailureMessage({ nodeCount: 10, failed: { named: new Map([['a', taint]]), others } }),
    "0/10 nodes are available: 1 node(s) had untolerated taint {k: v}, 9 node(s) didn't satisfy plugin(s) [NodeAffinity].",
  );
});

test('the message of a pre-filter stands alone', () => {
  const failed = { named: new Map(), others: taint };
  assert.equal(
    fitFailureMessage({ nodeCount: 2, failed, preFilterMessage: 'persistentvolumeclaim "x" not found' }),
    '0/2 nodes are available: persistentvolumeclaim "x" not found.',
  );
});

test('a note that is too long for an event ends with dots', () => {
  assert.equal(truncatedNote('x'.repeat(1024)), 'x'.repeat(1024));
  assert.equal(truncatedNote('x'.repeat(1025)), `${'x'.repeat(1020)} ...`);
});
