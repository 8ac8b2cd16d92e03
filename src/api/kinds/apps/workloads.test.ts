import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, statusProblems, updated, updateProblems, type Manifest } from '../trial.ts';
import { ControllerRevision } from './controllerrevision.ts';
import { DaemonSet } from './daemonset.ts';
import { ReplicaSet } from './replicaset.ts';
import { StatefulSet } from './statefulset.ts';

const template = { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'postgres:18' }] } };
const db = (spec: Manifest = {}): Manifest => ({
  metadata: { name: 'db', creationTimestamp: '2026-01-02T03:04:00Z' },
  spec: { selector: { matchLabels: { app: 'db' } }, template, ...spec },
});

test('a ReplicaSet names the wrong owner of an empty selector, as upstream does', () => {
  assert.deepEqual(createProblems(ReplicaSet, db({ selector: {} })), [
    'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
  ]);
  assert.deepEqual(created(ReplicaSet, db()).status, { replicas: 0 });
  assert.deepEqual(statusProblems(ReplicaSet, db(), { replicas: 1, fullyLabeledReplicas: 2 }), [
    'status.fullyLabeledReplicas: Invalid value: 2: cannot be greater than status.replicas',
  ]);
});

test('a DaemonSet counts the changes of its template in an annotation', () => {
  const old = created(DaemonSet, db());
  const generation = (object: typeof old) => object.metadata.annotations?.['deprecated.daemonset.template.generation'];
  assert.equal(generation(old), '1');
  const scaled = updated(DaemonSet, old, ({ spec }) => (spec.minReadySeconds = 5));
  assert.equal(generation(scaled), '1');
  const changed = updated(DaemonSet, old, ({ spec }) => (spec.template.spec!.containers[0]!.image = 'postgres:19'));
  assert.equal(generation(changed), '2');
});

const daemonCases: readonly (readonly [what: string, updateStrategy: Manifest, problems: readonly string[]])[] = [
  [
    'neither surge nor unavailability',
    { rollingUpdate: { maxUnavailable: 0 } },
    ['maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
  ],
  ['both', { rollingUpdate: { maxSurge: '10%' } }, ['maxSurge: Invalid value: "10%": may not be set when maxUnavailable is non-zero']],
  ['surge alone', { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }, []],
];
for (const [what, updateStrategy, problems] of daemonCases)
  test(`a DaemonSet that rolls with ${what}`, () =>
    assert.deepEqual(
      createProblems(DaemonSet, db({ updateStrategy: { type: 'RollingUpdate', ...updateStrategy } })),
      problems.map((problem) => `spec.updateStrategy.rollingUpdate.${problem}`),
    ));

test('kubectl get daemonsets -o wide', () => {
  const object = created(DaemonSet, db({ template: { ...template, spec: { ...template.spec, nodeSelector: { b: '2', a: '1' } } } }));
  assert.deepEqual(row(DaemonSet, object), {
    Name: 'db',
    Desired: 0,
    Current: 0,
    Ready: 0,
    'Up-to-date': 0,
    Available: 0,
    'Node Selector': 'a=1,b=2',
    Age: '5s',
    Containers: 'db',
    Images: 'postgres:18',
    Selector: 'app=db',
  });
});

test('a StatefulSet gets its defaults', () => {
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  const { spec } = created(StatefulSet, db({ serviceName: 'db', volumeClaimTemplates: [claim] }));
  assert.equal(spec.podManagementPolicy, 'OrderedReady');
  assert.deepEqual(spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { partition: 0, maxUnavailable: 1 } });
  assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: 'Retain', whenScaled: 'Retain' });
  assert.equal(spec.volumeClaimTemplates?.[0]?.spec?.volumeMode, 'Filesystem');
  assert.equal(spec.volumeClaimTemplates[0].status?.phase, 'Pending');
});

test('a StatefulSet may change little after it was made', () => {
  const forbidden =
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  assert.deepEqual(
    updateProblems(StatefulSet, db(), ({ spec }) => (spec.serviceName = 'other')),
    [forbidden],
  );
  assert.deepEqual(
    updateProblems(StatefulSet, db(), ({ spec }) => {
      spec.replicas = 5;
      spec.minReadySeconds = 3;
      spec.ordinals = { start: 1 };
    }),
    [],
  );
});

test('volumes of claim templates may be mounted', () => {
  const mounting = {
    ...template,
    spec: { containers: [{ ...template.spec.containers[0], volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
  };
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  assert.deepEqual(createProblems(StatefulSet, db({ template: mounting, volumeClaimTemplates: [claim] })), []);
  assert.deepEqual(createProblems(StatefulSet, db({ template: mounting })), [
    'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"',
  ]);
});

const setCases: readonly (readonly [what: string, spec: Manifest, problems: readonly string[]])[] = [
  [
    'an unknown order',
    { podManagementPolicy: 'Random' },
    [`spec.podManagementPolicy: Invalid value: "Random": must be 'OrderedReady' or 'Parallel'`],
  ],
  [
    'partitions of OnDelete',
    { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
    [
      `spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'`,
    ],
  ],
  [
    'none unavailable',
    { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } } },
    ['spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0'],
  ],
  [
    'claims that are neither kept nor deleted',
    { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Archive' } },
    ['spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Archive": supported values: "Retain", "Delete"'],
  ],
  ['ordinals below zero', { ordinals: { start: -1 } }, ['spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0']],
];
for (const [what, spec, problems] of setCases)
  test(`a StatefulSet with ${what}`, () => assert.deepEqual(createProblems(StatefulSet, db(spec)), problems));

test('a ControllerRevision must carry an object, which never changes', () => {
  const revision = (data: unknown): Manifest => ({ metadata: { name: 'db-1' }, data, revision: 1 });
  assert.deepEqual(createProblems(ControllerRevision, revision(undefined)), ['data: Required value: data is mandatory']);
  assert.deepEqual(createProblems(ControllerRevision, revision([])), ['data: Required value: data must be a valid JSON object']);
  assert.deepEqual(
    updateProblems(ControllerRevision, revision({ a: 1 }), (object) => (object.data = { a: 2 })),
    ['data: Invalid value: {"a":2}: field is immutable'],
  );
  const owned = {
    ...created(ControllerRevision, revision({})),
    metadata: { name: 'db-1', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u', controller: true }] },
  };
  assert.equal(row(ControllerRevision, owned)['Controller'], 'statefulset.apps/db');
});
