import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod as PodType } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { fieldErrorText } from '../../field-error.ts';
import type { WriteContext } from '../../kind.ts';
import { testPod } from './pod-test-objects.ts';
import { Pod } from './pod.ts';

const write = { user: { name: 'admin', groups: [] }, nowMs: 0 } as unknown as WriteContext;

function created(pod: PodType): PodType {
  const draft = structuredClone(pod) as Draft<PodType>;
  Pod.strategy.prepareForCreate!(draft, write);
  return draft;
}

test('discovery tells all of a pod', () => {
  assert.deepEqual(Object.keys(Pod.subresources.others ?? {}).sort(), [
    'attach',
    'binding',
    'ephemeralcontainers',
    'eviction',
    'exec',
    'log',
    'portforward',
    'proxy',
    'resize',
  ]);
  assert.equal(Pod.subresources.status, true);
  assert.deepEqual([Pod.shortNames, Pod.categories, Pod.singular], [['po'], ['all'], 'pod']);
});

test('a new pod is pending, in its class of service', () => {
  assert.deepEqual(created(testPod({}, {}, { phase: 'Running', podIP: '1.2.3.4' })).status, { phase: 'Pending', qosClass: 'BestEffort' });
});

test('a gated pod says so from the start', () => {
  assert.deepEqual(created(testPod({ schedulingGates: [{ name: 'a.io/x' }] })).status.conditions, [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    },
  ]);
});

test("a new pod's own labels go into the selectors that ask for them", () => {
  const term = { topologyKey: 'zone', labelSelector: {}, matchLabelKeys: ['app', 'none'], mismatchLabelKeys: ['tenant'] };
  const pod = testPod(
    {
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {}, matchLabelKeys: ['app'] },
      ],
    },
    { labels: { app: 'web', tenant: 't1' } },
  );
  const { spec } = created(pod);
  assert.deepEqual(spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]!.labelSelector?.matchExpressions, [
    { key: 'app', operator: 'In', values: ['web'] },
    { key: 'tenant', operator: 'NotIn', values: ['t1'] },
  ]);
  assert.deepEqual(spec.topologySpreadConstraints?.[0]!.labelSelector?.matchExpressions, [{ key: 'app', operator: 'In', values: ['web'] }]);
  assert.deepEqual(Pod.strategy.validate!(created(pod)), []);
});

test('AppArmor profiles stand both in the annotation and in the field', () => {
  const name = 'container.apparmor.security.beta.kubernetes.io/web';
  const fromField = created(testPod({ securityContext: { appArmorProfile: { type: 'Localhost', localhostProfile: 'p' } } }));
  assert.equal(fromField.metadata.annotations?.[name], 'localhost/p');
  const fromAnnotation = created(testPod({}, { annotations: { [name]: 'unconfined' } }));
  assert.deepEqual(fromAnnotation.spec.containers[0]!.securityContext?.appArmorProfile, { type: 'Unconfined' });
});

test('field selectors read the pod', () => {
  const pod = testPod({ nodeName: 'n1', hostNetwork: true }, {}, { phase: 'Running', podIPs: [{ ip: '10.0.0.1' }] });
  const read = (field: string) => Pod.selectableFields[field]!(pod);
  assert.deepEqual(
    ['spec.nodeName', 'spec.host', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork'].map(read),
    ['n1', 'n1', 'Always', 'default-scheduler', '', 'true'],
  );
  assert.deepEqual(['status.phase', 'status.podIP', 'status.nominatedNodeName'].map(read), ['Running', '10.0.0.1', '']);
});

test('a deletion takes as long as asked, else as the spec says, and no time without a kubelet', () => {
  const grace = (pod: PodType, asked: number | undefined) => Pod.strategy.deletionGraceSeconds!(pod, asked);
  const placed = testPod({ nodeName: 'n1' });
  assert.equal(grace(placed, undefined), 30);
  assert.equal(grace(placed, 5), 5);
  assert.equal(grace(placed, 0), 0);
  assert.equal(grace(testPod({ nodeName: 'n1', terminationGracePeriodSeconds: -3 }), undefined), 1);
  assert.equal(grace(testPod(), undefined), 0);
  assert.equal(grace(testPod({ nodeName: 'n1' }, {}, { phase: 'Succeeded' }), undefined), 0);
});

test('a status write keeps the class of service, and cannot revive what has ended for good', () => {
  const old = testPod(
    { restartPolicy: 'OnFailure' },
    {},
    {
      qosClass: 'Burstable',
      containerStatuses: [{ name: 'web', state: { terminated: { exitCode: 0 } } }],
    },
  );
  const next = structuredClone(
    testPod({ restartPolicy: 'OnFailure' }, {}, { containerStatuses: [{ name: 'web', state: { running: {} } }] }),
  ) as Draft<PodType>;
  Pod.strategy.prepareForStatusUpdate!(next, old, write);
  assert.equal(next.status.qosClass, 'Burstable');
  assert.deepEqual(Pod.strategy.validateStatusUpdate!(next, old).map(fieldErrorText), [
    'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
  ]);
});

test('a status names addresses of each family once, and claims that the pod has', () => {
  const old = testPod();
  const next = testPod(
    {},
    {},
    {
      hostIP: '10.0.0.9',
      hostIPs: [{ ip: '10.0.0.8' }],
      podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }],
      resourceClaimStatuses: [{ name: 'gpu' }],
      conditions: [{ type: 'a b', status: 'True' }],
    },
  );
  assert.deepEqual(
    Pod.strategy.validateStatusUpdate!(next, old).map(({ field, detail }) => `${field}: ${detail.slice(0, 50)}`),
    [
      'status.conditions[0].Type: name part must consist of alphanumeric characters,',
      'status.resourceClaimStatuses[0].name: must match the name of an entry in `spec.resourceC',
      'status.podIPs: may specify no more than one IP for each IP family',
      'status.hostIPs[0].ip: must be equal to `hostIP`',
    ],
  );
});
