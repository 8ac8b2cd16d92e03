import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod } from '../generated/core/v1.ts';
import { nodePreference, nodeSelectorMatches, requiredNodeAffinityMatches } from './node-affinity.ts';

const node: Node = { spec: {}, status: {}, metadata: { name: 'n1', labels: { zone: 'a', cores: '8' } } };
const matches = (...nodeSelectorTerms: NodeSelectorTerm[]): boolean => nodeSelectorMatches({ nodeSelectorTerms }, node);
const label = (key: string, operator: NodeSelectorRequirement['operator'], ...values: string[]): NodeSelectorTerm => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
});
const field = (operator: NodeSelectorRequirement['operator'], ...values: string[]): NodeSelectorTerm => ({
  matchFields: [{ key: 'metadata.name', operator, values }],
});

test('each operator on labels', () => {
  assert.ok(matches(label('zone', 'In', 'b', 'a')));
  assert.ok(!matches(label('zone', 'NotIn', 'a')));
  assert.ok(matches(label('rack', 'NotIn', 'a')));
  assert.ok(matches(label('zone', 'Exists')));
  assert.ok(matches(label('rack', 'DoesNotExist')));
  assert.ok(matches(label('cores', 'Gt', '7')));
  assert.ok(!matches(label('cores', 'Lt', '8')));
  assert.ok(!matches(label('zone', 'Gt', '1')));
});

test('a node is picked by its name', () => {
  assert.ok(matches(field('In', 'n1')));
  assert.ok(!matches(field('In', 'n2')));
  assert.ok(matches(field('NotIn', 'n2')));
  assert.ok(!matches(field('In', 'n1', 'n2')), 'a field is compared with one value');
});

test('conditions of a term hold together, terms in turn', () => {
  const both = { ...label('zone', 'In', 'a'), ...field('In', 'n2') };
  assert.ok(!matches(both));
  assert.ok(matches(both, label('zone', 'Exists')));
});

test('a term without conditions, or with one that cannot be read, matches nothing', () => {
  assert.ok(!matches());
  assert.ok(!matches({}));
  assert.ok(!matches(label('rack', 'NotIn', 'not a label value!')));
});

test('a pod asks by its node selector and its required affinity', () => {
  const pod = (nodeSelector: Record<string, string>, ...terms: NodeSelectorTerm[]): Pod => ({
    metadata: {},
    status: {},
    spec: {
      containers: [],
      nodeSelector,
      ...(terms.length > 0 && {
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
      }),
    },
  });
  assert.ok(requiredNodeAffinityMatches(pod({}), node));
  assert.ok(requiredNodeAffinityMatches(pod({ zone: 'a' }), node));
  assert.ok(!requiredNodeAffinityMatches(pod({ zone: 'b' }), node));
  assert.ok(!requiredNodeAffinityMatches(pod({ zone: 'a' }, label('cores', 'In', '4')), node));
  assert.ok(requiredNodeAffinityMatches(pod({ zone: 'a' }, label('cores', 'In', '8')), node));
});

test('preferences add up', () => {
  const preference = nodePreference([
    { weight: 5, preference: label('zone', 'In', 'a') },
    { weight: 7, preference: label('zone', 'In', 'b') },
    { weight: 9, preference: {} },
    { weight: 20, preference: field('In', 'n1') },
  ]);
  assert.equal(preference(node), 25);
});
