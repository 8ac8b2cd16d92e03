import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, updateProblems, type Manifest } from '../trial.ts';
import { StorageClass } from './storageclass.ts';

const storageClass = (parts: Manifest = {}): Manifest => ({ metadata: { name: 'fast' }, provisioner: 'example.com/disk', ...parts });

test('a class deletes what it made, at once', () => {
  const { reclaimPolicy, volumeBindingMode } = created(StorageClass, storageClass());
  assert.deepEqual([reclaimPolicy, volumeBindingMode], ['Delete', 'Immediate']);
});

const zones = (...values: string[]) => ({ matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values }] });
const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['a good one', storageClass({ parameters: { type: 'ssd' }, allowedTopologies: [zones('a'), zones('b')] }), []],
  ['no provisioner', storageClass({ provisioner: '' }), ['provisioner: Required value']],
  [
    'Recycle, which classes cannot',
    storageClass({ reclaimPolicy: 'Recycle', volumeBindingMode: 'Later' }),
    [
      'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
      'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"',
    ],
  ],
  ['a nameless parameter', storageClass({ parameters: { '': 'x' } }), ['parameters: Invalid value: "": field can not be empty.']],
  [
    'the same topology in another order, and values twice',
    storageClass({ allowedTopologies: [zones('a', 'b'), zones('b', 'a', 'a')] }),
    [
      'allowedTopologies[1].matchLabelExpressions[0].values[2]: Duplicate value: "a"',
      'allowedTopologies[1].matchLabelExpressions: Duplicate value: ""',
    ],
  ],
];

for (const [what, manifest, problems] of cases) {
  test(`StorageClass rules: ${what}`, () => assert.deepEqual(createProblems(StorageClass, manifest), problems));
}

test('only expansion and topologies may change', () => {
  assert.deepEqual(
    updateProblems(StorageClass, storageClass(), (next) => (next.allowVolumeExpansion = true)),
    [],
  );
  const change = { provisioner: 'other', parameters: { a: 'b' }, reclaimPolicy: 'Retain', volumeBindingMode: 'WaitForFirstConsumer' };
  assert.deepEqual(
    updateProblems(StorageClass, storageClass(), (next) => Object.assign(next, change)),
    [
      'parameters: Forbidden: updates to parameters are forbidden.',
      'provisioner: Forbidden: updates to provisioner are forbidden.',
      'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
      'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
    ],
  );
});

test('the default class is marked in its row', () => {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  assert.deepEqual(row(StorageClass, created(StorageClass, storageClass({ metadata: { name: 'fast', annotations } }))), {
    Name: 'fast (default)',
    Provisioner: 'example.com/disk',
    ReclaimPolicy: 'Delete',
    VolumeBindingMode: 'Immediate',
    AllowVolumeExpansion: false,
    Age: '<unknown>',
  });
});

test('topologies by labels of old are warned of', () => {
  const old = { matchLabelExpressions: [{ key: 'failure-domain.beta.kubernetes.io/zone', values: ['a'] }] };
  assert.deepEqual(StorageClass.strategy.warnings!(created(StorageClass, storageClass({ allowedTopologies: [zones('a'), old] }))), [
    'allowedTopologies[1].matchLabelExpressions[0].key: deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  ]);
});
