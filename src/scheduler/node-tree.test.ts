import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../api/generated/core/v1.ts';
import { NodeTree } from './node-tree.ts';
import { testNode } from './plugins/test-objects.ts';

const node = (name: string, zone?: string, region = 'r'): Node =>
  testNode(name, { labels: zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone, 'topology.kubernetes.io/region': region } });

function treeOf(...nodes: Node[]): NodeTree {
  const tree = new NodeTree();
  for (const one of nodes) tree.put(one);
  return tree;
}

test('nodes are listed one of each zone in turn', () => {
  const tree = treeOf(node('a1', 'a'), node('a2', 'a'), node('a3', 'a'), node('b1', 'b'), node('none'));
  assert.deepEqual(tree.names(), ['a1', 'b1', 'none', 'a2', 'a3']);
});

test('zones of the same name in two regions are two zones', () => {
  assert.deepEqual(treeOf(node('a1', 'a'), node('a2', 'a'), node('other', 'a', 's')).names(), ['a1', 'other', 'a2']);
});

test('a node that moves to another zone is listed there, and the change is told', () => {
  const tree = treeOf(node('a1', 'a'), node('a2', 'a'), node('b1', 'b'));
  assert.equal(tree.put(node('a2', 'a')), false);
  assert.equal(tree.put(node('a2', 'c')), true);
  assert.deepEqual(tree.names(), ['a1', 'b1', 'a2']);
});

test('a zone goes with its last node', () => {
  const tree = treeOf(node('a1', 'a'), node('b1', 'b'));
  tree.remove('a1');
  tree.remove('never there');
  assert.deepEqual(tree.names(), ['b1']);
});
