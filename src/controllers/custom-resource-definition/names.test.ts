import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../../api/generated/apiextensions/v1.ts';
import { withCondition } from './conditions.ts';
import { decideNames } from './names.ts';

const names = (plural: string, kind: string, shortNames: string[] = []): CustomResourceDefinitionNames => ({
  plural,
  singular: kind.toLowerCase(),
  kind,
  listKind: `${kind}List`,
  shortNames,
});

const definition = (wanted: CustomResourceDefinitionNames, acceptedNames?: CustomResourceDefinitionNames): CustomResourceDefinition => ({
  metadata: { name: `${wanted.plural}.example.com` },
  spec: { group: 'example.com', scope: 'Cluster', names: wanted, versions: [] },
  status: { ...(acceptedNames && { acceptedNames }) },
});

const holder = definition(names('gears', 'Gear', ['g']), names('gears', 'Gear', ['g']));

test('free names are granted, and the definition is about to be established', () => {
  const wanted = { ...names('wheels', 'Wheel', ['w']), categories: ['all'] };
  const { acceptedNames, namesAccepted, established } = decideNames(definition(wanted), [holder]);
  assert.deepEqual(acceptedNames, wanted);
  assert.deepEqual(namesAccepted, { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' });
  assert.deepEqual([established.status, established.reason], ['False', 'Installing']);
});

const conflicts: readonly (readonly [what: string, wanted: CustomResourceDefinitionNames, reason: string, message: string])[] = [
  ['a plural that is a short name', names('g', 'Wheel'), 'PluralConflict', '"g" is already in use'],
  ['a singular', { ...names('wheels', 'Wheel'), singular: 'gear' }, 'SingularConflict', '"gear" is already in use'],
  [
    'short names',
    names('wheels', 'Wheel', ['g', 'gears', 'w']),
    'ShortNamesConflict',
    '["g" is already in use, "gears" is already in use]',
  ],
  ['a kind', { ...names('wheels', 'Gear'), singular: 'wheel', listKind: 'Wheels' }, 'KindConflict', '"Gear" is already in use'],
  ['a list kind', { ...names('wheels', 'Wheel'), listKind: 'Gear' }, 'ListKindConflict', '"Gear" is already in use'],
];
for (const [what, wanted, reason, message] of conflicts)
  test(`${what} of another definition is refused, and the rest is granted`, () => {
    const { acceptedNames, namesAccepted, established } = decideNames(definition(wanted), [holder]);
    assert.deepEqual([namesAccepted.status, namesAccepted.reason, namesAccepted.message], ['False', reason, message]);
    assert.deepEqual([established.status, established.reason], ['False', 'NotAccepted']);
    assert.notDeepEqual(acceptedNames, wanted);
  });

test('names that are its own already stay so, and an established definition is so in spite of a conflict', () => {
  const established = { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: '' };
  const mine = withCondition(definition(names('wheels', 'Wheel', ['w', 'g']), names('wheels', 'Wheel', ['w'])), established, 0);
  const decided = decideNames(mine, [holder, mine]);
  assert.deepEqual(decided.acceptedNames, { ...names('wheels', 'Wheel', ['w']), categories: undefined });
  assert.equal(decided.namesAccepted.reason, 'ShortNamesConflict');
  assert.equal(decided.established.status, 'True');
});
