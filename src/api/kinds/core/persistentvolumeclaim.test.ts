import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaimStatus } from '../../generated/core/v1.ts';
import { created, createProblems, row, statusProblems, updated, updateProblems, type Manifest } from '../trial.ts';
import { fieldErrorText } from '../../field-error.ts';
import { PersistentVolumeClaim } from './persistentvolumeclaim.ts';

const claim = (spec: Manifest = {}, metadata: Manifest = {}): Manifest => ({
  metadata: { name: 'data', ...metadata },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...spec },
});

test('a new claim is pending, and a file system', () => {
  const made = created(PersistentVolumeClaim, { ...claim(), status: { phase: 'Bound' } });
  assert.deepEqual(made.status, { phase: 'Pending' });
  assert.equal(made.spec.volumeMode, 'Filesystem');
  assert.deepEqual(createProblems(PersistentVolumeClaim, claim()), []);
});

test('either data source stands for the other', () => {
  const source = { kind: 'PersistentVolumeClaim', name: 'old' };
  const sources = (spec: Manifest) => {
    const { dataSource, dataSourceRef } = created(PersistentVolumeClaim, claim(spec)).spec;
    return [dataSource, dataSourceRef];
  };
  assert.deepEqual(sources({ dataSource: source }), [source, source]);
  assert.deepEqual(sources({ dataSourceRef: source }), [source, source]);
  assert.deepEqual(sources({ dataSourceRef: { ...source, namespace: 'other' } }), [undefined, { ...source, namespace: 'other' }]);
  assert.deepEqual(sources({ dataSource: { kind: 'Book', name: 'old', apiGroup: 'example.com' } }), [undefined, undefined]);
});

/** What is wrong with an update of a claim whose status is `status`. */
function bound(before: Manifest, change: Manifest, status: PersistentVolumeClaimStatus): string[] {
  const old = { ...created(PersistentVolumeClaim, before), status };
  const next = updated(PersistentVolumeClaim, old, (draft) => Object.assign(draft.spec, structuredClone(change)));
  return PersistentVolumeClaim.strategy.validateUpdate!(next, old).map(fieldErrorText);
}
const size = (storage: string) => ({ resources: { requests: { storage } } });
const onlyResize =
  'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

test('a bound claim grows, and shrinks no further than what it has', () => {
  const status = { phase: 'Bound' as const, capacity: { storage: '2Gi' } };
  assert.deepEqual(bound(claim(), size('4Gi'), status), []);
  assert.deepEqual(bound(claim(size('8Gi')), size('4Gi'), status), []);
  assert.deepEqual(bound(claim(size('8Gi')), size('2Gi'), status), [
    'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
  ]);
});

test('a claim that is not bound stays as it was, and the sentence shows what changed', () => {
  const [problem] = bound(claim(), size('4Gi'), { phase: 'Pending' });
  assert.equal(
    problem,
    [
      onlyResize,
      '@@ -6,7 +6,7 @@',
      '  "Resources": {',
      '   "Limits": null,',
      '   "Requests": {',
      '-   "storage": "2Gi"',
      '+   "storage": "4Gi"',
      '   }',
      '  },',
      '  "VolumeName": "",',
      '',
    ].join('\n'),
  );
});

test('the volume and the class are named once', () => {
  const named = { phase: 'Pending' as const };
  assert.deepEqual(bound(claim(), { volumeName: 'disk', storageClassName: 'fast' }, named), []);
  const problems = bound(claim({ volumeName: 'disk', storageClassName: 'fast' }), { volumeName: 'other', storageClassName: 'slow' }, named);
  assert.deepEqual(
    problems.map((problem) => problem.split('\n')[0]),
    [onlyResize],
  );
});

test('the class moves from the old annotation to the field, if it is the same', () => {
  const annotated = claim({}, { annotations: { 'volume.beta.kubernetes.io/storage-class': 'fast' } });
  assert.deepEqual(bound(annotated, { storageClassName: 'fast' }, { phase: 'Pending' }), []);
  assert.equal(bound(annotated, { storageClassName: 'slow' }, { phase: 'Pending' }).length, 1);
  const change = (next: { metadata: { annotations?: Record<string, string> } }) => (next.metadata.annotations = {});
  assert.deepEqual(updateProblems(PersistentVolumeClaim, annotated, change), [
    'metadata.annotations.volume.beta.kubernetes.io/storage-class: Invalid value: "": field is immutable',
  ]);
});

test('an attributes class is changed while bound, and never taken away', () => {
  const classed = claim({ volumeAttributesClassName: 'gold' });
  assert.deepEqual(bound(classed, { volumeAttributesClassName: 'silver' }, { phase: 'Bound' }), []);
  const gone = bound(classed, { volumeAttributesClassName: undefined }, { phase: 'Bound' });
  assert.equal(gone.at(-1), 'spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden');
});

test('a claim’s status', () => {
  assert.deepEqual(
    statusProblems(PersistentVolumeClaim, claim(), { capacity: { storage: '-1' }, allocatedResourceStatuses: { cpu: 'Odd' } }),
    [
      'status.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
      'status.allocatedResourceStatus: Unsupported value: "cpu": supported values: "storage"',
      'status.allocatedResourceStatus: Unsupported value: "cpu": supported values: "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"',
    ],
  );
});

test('a claim’s row: capacity and modes only of a volume', () => {
  const pending = row(PersistentVolumeClaim, created(PersistentVolumeClaim, claim({ storageClassName: 'fast' })));
  assert.deepEqual(
    [pending['Status'], pending['Volume'], pending['Capacity'], pending['Access Modes'], pending['StorageClass']],
    ['Pending', '', '', '', 'fast'],
  );
  const made = created(PersistentVolumeClaim, claim({ volumeName: 'disk' }));
  const shown = row(PersistentVolumeClaim, {
    ...made,
    status: { phase: 'Bound', capacity: { storage: '3Gi' }, accessModes: ['ReadWriteOnce'] },
  });
  assert.deepEqual([shown['Status'], shown['Volume'], shown['Capacity'], shown['Access Modes']], ['Bound', 'disk', '3Gi', 'RWO']);
});

test('half a byte is worth a warning', () => {
  assert.deepEqual(PersistentVolumeClaim.strategy.warnings!(created(PersistentVolumeClaim, claim(size('1500m')))), [
    'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
  ]);
});
