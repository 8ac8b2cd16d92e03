import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectorOfLabels } from '../../../api/label-selector.ts';
import { MutableNode } from '../../node-info.ts';
import { podInfoOf } from '../../pod-info.ts';
import { HostCounts, KeptHostCounts } from './host-counts.ts';

const node = (name: string) => new MutableNode({ metadata: { name }, spec: {}, status: {} });
const web = (name: string) =>
  podInfoOf({ metadata: { name, namespace: 'default', labels: { app: 'web' } }, spec: { containers: [] }, status: {} });
const selector = selectorOfLabels({ app: 'web' });

test("a host's pods are counted anew once something on it has changed", () => {
  const a = node('a');
  const counts = new HostCounts(selector, 'default');
  assert.equal(counts.on(a), 0);
  a.add(web('one'));
  a.add(web('two'));
  assert.equal(counts.on(a), 2);
  a.remove('default/one');
  assert.equal(counts.on(a), 1);
});

test('another host of the same name has pods of its own', () => {
  const [before, after] = [node('a'), node('a')];
  before.add(web('one'));
  after.add(web('two'));
  after.remove('default/two');
  before.add(web('three'));
  const counts = new HostCounts(selector, 'default');
  assert.equal(counts.on(before), 2);
  assert.equal(counts.on(after), 0);
});

test('counts are shared by those who count the same pods', () => {
  const kept = new KeptHostCounts();
  assert.equal(kept.of({ selector }, 'default'), kept.of({ selector }, 'default'));
  assert.notEqual(kept.of({ selector }, 'default'), kept.of({ selector }, 'other'));
});
