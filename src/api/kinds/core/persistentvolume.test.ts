import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, updated, updateProblems, type Manifest } from '../trial.ts';
import { PersistentVolume } from './persistentvolume.ts';

const volume = (spec: Manifest = {}): Manifest => ({
  metadata: { name: 'disk' },
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' }, ...spec },
});
const onWorker = {
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['worker'] }] }] },
};

test('a new volume is pending since now, retained, and a file system', () => {
  const { spec, status } = created(PersistentVolume, volume());
  assert.deepEqual(status, { phase: 'Pending', lastPhaseTransitionTime: '2026-01-02T03:04:05Z' });
  assert.deepEqual(
    [spec.persistentVolumeReclaimPolicy, spec.volumeMode, spec.hostPath],
    ['Retain', 'Filesystem', { path: '/data', type: '' }],
  );
});

const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['a good one', volume(), []],
  [
    'nothing',
    { metadata: { name: 'disk' }, spec: {} },
    [
      'spec.accessModes: Required value',
      'spec.capacity: Required value',
      'spec.capacity: Unsupported value: {}: supported values: "storage"',
      'spec: Required value: must specify a volume type',
    ],
  ],
  ['two sources', volume({ nfs: { server: 'a', path: '/' } }), ['spec.nfs: Forbidden: may not specify more than 1 volume type']],
  [
    'modes that exclude each other, and no room',
    volume({ accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'], capacity: { storage: '0' } }),
    [
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
      'spec.capacity[storage]: Invalid value: "0": must be greater than zero',
    ],
  ],
  [
    'a local disk anywhere',
    volume({ hostPath: undefined, local: { path: '/mnt/../x' } }),
    [
      'spec.local.path: Invalid value: "/mnt/../x": must not contain \'..\'',
      'spec.nodeAffinity: Required value: Local volume requires node affinity',
    ],
  ],
  ['a local disk on its node', volume({ hostPath: undefined, local: { path: '/mnt' }, nodeAffinity: onWorker }), []],
  [
    'a root to be recycled',
    volume({ hostPath: { path: '//' }, persistentVolumeReclaimPolicy: 'Recycle' }),
    ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
  ],
  [
    'a CSI volume with half a secret',
    volume({
      hostPath: undefined,
      csi: { driver: 'csi.example.com', volumeHandle: '', nodeStageSecretRef: {}, nodePublishSecretRef: { name: 'a' } },
    }),
    ['spec.csi.volumeHandle: Required value', 'spec.csi.nodePublishSecretRef.namespace: Required value'],
  ],
  [
    'an attributes class without CSI',
    volume({ volumeAttributesClassName: '' }),
    [
      'spec.volumeAttributesClassName: Required value: an empty string is disallowed',
      'spec.csi: Required value: has to be specified when using volumeAttributesClassName',
    ],
  ],
];

for (const [what, manifest, problems] of cases) {
  test(`PersistentVolume rules: ${what}`, () => assert.deepEqual(createProblems(PersistentVolume, manifest), problems));
}

test('where the data is never changes, and the sentence shows what did', () => {
  const [problem, ...others] = updateProblems(PersistentVolume, volume(), (next) => (next.spec.hostPath!.path = '/other'));
  assert.deepEqual(others, []);
  const [sentence, ...diff] = problem!.split('\n');
  assert.equal(sentence, 'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation');
  assert.deepEqual(
    diff.filter((line) => /^[-+]/.test(line)),
    ['-  "path": "/data",', '+  "path": "/other",'],
  );
});

test('the secret for growing may be named later', () => {
  const csi = { driver: 'csi.example.com', volumeHandle: 'a' };
  const secret = { name: 's', namespace: 'n' };
  const manifest = volume({ hostPath: undefined, csi });
  assert.deepEqual(
    updateProblems(PersistentVolume, manifest, (next) => (next.spec.csi!.controllerExpandSecretRef = secret)),
    [],
  );
  assert.equal(updateProblems(PersistentVolume, manifest, (next) => (next.spec.csi!.nodePublishSecretRef = secret)).length, 1);
});

test('node affinity is set once, but for beta labels that get their stable names', () => {
  const zone = (key: string) => ({
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In' as const, values: ['a'] }] }] },
  });
  const to = (before: unknown, after: ReturnType<typeof zone>) =>
    updateProblems(PersistentVolume, volume({ nodeAffinity: before }), (next) => (next.spec.nodeAffinity = after)).length;
  assert.equal(to(undefined, zone('a')), 0);
  assert.equal(to(zone('failure-domain.beta.kubernetes.io/zone'), zone('topology.kubernetes.io/zone')), 0);
  assert.equal(to(zone('topology.kubernetes.io/zone'), zone('failure-domain.beta.kubernetes.io/zone')), 1);
});

test('the moment of a phase is noted, unless the writer knows it', () => {
  const old = created(PersistentVolume, volume());
  const written = (status: Manifest) => {
    const draft = structuredClone({ ...old, status: { ...old.status, ...status } });
    PersistentVolume.strategy.prepareForStatusUpdate!(draft as never, old, {
      user: { name: 'x', groups: [] },
      nowMs: Date.parse('2026-02-03T00:00:00.9Z'),
    });
    return draft.status.lastPhaseTransitionTime;
  };
  assert.equal(written({ phase: 'Bound' }), '2026-02-03T00:00:00Z');
  assert.equal(written({ phase: 'Pending' }), '2026-01-02T03:04:05Z');
  assert.equal(written({ phase: 'Bound', lastPhaseTransitionTime: '2026-02-01T00:00:00Z' }), '2026-02-01T00:00:00Z');
});

test('a volume’s row and its warnings', () => {
  const made = created(
    PersistentVolume,
    volume({
      accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
      claimRef: { namespace: 'team', name: 'data' },
      persistentVolumeReclaimPolicy: 'Recycle',
    }),
  );
  assert.deepEqual(row(PersistentVolume, made), {
    Name: 'disk',
    Capacity: '1Gi',
    'Access Modes': 'RWO,RWX',
    'Reclaim Policy': 'Recycle',
    Status: 'Pending',
    Claim: 'team/data',
    StorageClass: '',
    VolumeAttributesClass: '<unset>',
    Reason: '',
    Age: '<unknown>',
    VolumeMode: 'Filesystem',
  });
  assert.deepEqual(PersistentVolume.strategy.warnings!(made), [
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
  ]);
  const leaving = updated(PersistentVolume, made, (next) => (next.metadata.deletionTimestamp = '2026-01-02T03:04:05Z'));
  assert.equal(row(PersistentVolume, leaving)['Status'], 'Terminating');
});

test('node affinity by labels of old is warned of', () => {
  const requirement = { key: 'beta.kubernetes.io/os', operator: 'In', values: ['linux'] };
  const nodeAffinity = { required: { nodeSelectorTerms: [{ matchExpressions: [requirement] }] } };
  assert.deepEqual(PersistentVolume.strategy.warnings!(created(PersistentVolume, volume({ nodeAffinity }))), [
    'spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead',
  ]);
});
