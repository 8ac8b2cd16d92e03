import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, type Manifest } from '../trial.ts';
import { FlowSchema } from './flowschema.ts';
import { PriorityLevelConfiguration } from './prioritylevelconfiguration.ts';

const rule = { subjects: [{ kind: 'User', user: { name: 'ada' } }], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }] };
const flow = (spec: Manifest = {}): Manifest => ({
  metadata: { name: 'health' },
  spec: { priorityLevelConfiguration: { name: 'exempt' }, rules: [rule], ...spec },
});
const level = (spec: Manifest): Manifest => ({ metadata: { name: 'batch' }, spec: { type: 'Limited', ...spec } });

test('a FlowSchema gets its precedence', () => {
  const object = created(FlowSchema, flow());
  assert.equal(object.spec.matchingPrecedence, 1000);
  const { PriorityLevel, MatchingPrecedence, DistinguisherMethod, MissingPL } = row(FlowSchema, object);
  assert.deepEqual([PriorityLevel, MatchingPrecedence, DistinguisherMethod, MissingPL], ['exempt', 1000, '<none>', '?']);
});

const flows: readonly (readonly [what: string, spec: Manifest, problems: readonly string[]])[] = [
  ['nothing wrong', {}, []],
  ['no level', { priorityLevelConfiguration: {} }, ['priorityLevelConfiguration.name: Required value: must reference a priority level']],
  [
    'the first place',
    { matchingPrecedence: 1 },
    [`matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1`],
  ],
  ['nobody', { rules: [{ ...rule, subjects: [] }] }, ['rules[0].subjects: Required value: subjects must contain at least one value']],
  [
    'a user that is a group',
    { rules: [{ ...rule, subjects: [{ kind: 'Group', user: { name: 'ada' } }] }] },
    [
      `rules[0].subjects[0].group: Required value: group is required when subject kind is 'Group'`,
      `rules[0].subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'`,
    ],
  ],
];
for (const [what, spec, problems] of flows)
  test(`a FlowSchema with ${what}`, () =>
    assert.deepEqual(
      createProblems(FlowSchema, flow(spec)),
      problems.map((problem) => `spec.${problem}`),
    ));

test('a limited priority level gets shares and queues', () => {
  const object = created(PriorityLevelConfiguration, level({ limited: { limitResponse: { type: 'Queue', queuing: {} } } }));
  const { NominalConcurrencyShares, Queues, HandSize, QueueLengthLimit } = row(PriorityLevelConfiguration, object);
  assert.deepEqual([NominalConcurrencyShares, Queues, HandSize, QueueLengthLimit], [30, 64, 8, 50]);
});

const levels: readonly (readonly [what: string, spec: Manifest, problems: readonly string[]])[] = [
  ['no limit', {}, ['limited: Required value: must not be empty when type is Limited']],
  ['no type', { type: 'Odd' }, ['type: Unsupported value: "Odd": supported values: "Exempt", "Limited"']],
  [
    'a hand larger than the deck',
    { limited: { limitResponse: { type: 'Queue', queuing: { queues: 4, handSize: 5 } } } },
    ['limited.limitResponse.queuing.handSize: Invalid value: 5: should not be greater than queues (4)'],
  ],
  [
    'queues that reject',
    { limited: { limitResponse: { type: 'Reject', queuing: {} } } },
    ['limited.limitResponse.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited'],
  ],
];
for (const [what, spec, problems] of levels)
  test(`a PriorityLevelConfiguration with ${what}`, () =>
    assert.deepEqual(
      createProblems(PriorityLevelConfiguration, level(spec)),
      problems.map((problem) => `spec.${problem}`),
    ));
