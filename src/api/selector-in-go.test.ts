import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectorInGo } from './selector-in-go.ts';

test('a selector is printed as Go prints it', () => {
  assert.equal(
    selectorInGo({ matchLabels: { b: '2', a: '1' }, matchExpressions: [{ key: 'k', operator: 'In', values: ['x', 'y'] }] }),
    '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:k,Operator:In,Values:[x y],},},}',
  );
  assert.equal(selectorInGo(undefined), 'nil');
});
