import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../api/draft.ts';
import type { Node, Pod, Service } from '../../api/generated/core/v1.ts';
import type { EndpointSlice } from '../../api/generated/discovery/v1.ts';
import { planSlices, type Outcome, type Situation } from './plan.ts';

const node: Node = { metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1' } }, spec: {}, status: {} };

function service(spec: Service['spec'] = {}, metadata: Service['metadata'] = {}): Service {
  return {
    metadata: { name: 'web', namespace: 'default', uid: 'svc', labels: { team: 'a' }, ...metadata },
    spec: { clusterIP: '10.96.0.1', ipFamilies: ['IPv4'], ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
    status: {},
  };
}

function pod(n: number, change: (pod: Draft<Pod>) => void = () => {}): Pod {
  const made: Draft<Pod> = {
    metadata: { name: `p${n}`, namespace: 'default', uid: `u${n}` },
    spec: { nodeName: 'n1', containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] }] },
    status: {
      phase: 'Running',
      podIP: `10.0.0.${n}`,
      podIPs: [{ ip: `10.0.0.${n}` }, { ip: `fd00::${n}` }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
  change(made);
  return made;
}

const plan = (situation: Partial<Situation>): Outcome =>
  planSlices({
    service: service(),
    pods: [],
    slices: [],
    nodeOf: (name) => (name === 'n1' ? node : undefined),
    zoneShares: () => undefined,
    maxEndpoints: 100,
    ...situation,
  });

/** What a plan has made, as it would come back from the API server. */
const stored = ({ plan: { create } }: Outcome): EndpointSlice[] =>
  create.map((slice, i) => ({ ...slice, metadata: { ...slice.metadata, name: `web-${i}` } }));

test('a ready pod is an endpoint with its name, node, zone and conditions', () => {
  const [slice, ...others] = plan({ pods: [pod(1)] }).plan.create;
  assert.deepEqual(others, []);
  assert.deepEqual(slice, {
    metadata: {
      generateName: 'web-',
      namespace: 'default',
      labels: {
        team: 'a',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 'web', uid: 'svc', controller: true, blockOwnerDeletion: true }],
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: ['10.0.0.1'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'n1',
        targetRef: { kind: 'Pod', namespace: 'default', name: 'p1', uid: 'u1' },
        zone: 'z1',
      },
    ],
  });
});

test('a pod that is going serves on but is not ready, unless unready addresses are published', () => {
  const going = pod(1, ({ metadata }) => (metadata.deletionTimestamp = '2026-01-01T00:00:00Z'));
  const conditions = (spec: Service['spec']) => plan({ service: service(spec), pods: [going] }).plan.create[0]?.endpoints?.[0]?.conditions;
  assert.deepEqual(conditions({}), { ready: false, serving: true, terminating: true });
  assert.deepEqual(conditions({ publishNotReadyAddresses: true }), { ready: true, serving: true, terminating: true });
});

test('each family of the service has its own slices', () => {
  const { create } = plan({ service: service({ ipFamilies: ['IPv4', 'IPv6'] }), pods: [pod(1)] }).plan;
  assert.deepEqual(
    create.map(({ addressType, endpoints }) => [addressType, endpoints?.map(({ addresses }) => addresses[0])]),
    [
      ['IPv4', ['10.0.0.1']],
      ['IPv6', ['fd00::1']],
    ],
  );
});

test('slices of a family that the service has no more go', () => {
  const both = plan({ service: service({ ipFamilies: ['IPv4', 'IPv6'] }), pods: [pod(1)] });
  const { remove, create, update } = plan({ pods: [pod(1)], slices: stored(both) }).plan;
  assert.deepEqual([create, update, remove.map(({ addressType }) => addressType)], [[], [], ['IPv6']]);
});

test('pods whose named port has another number stand in another slice', () => {
  const other = pod(2, ({ spec }) => (spec.containers[0]!.ports![0]!.containerPort = 9090));
  const { create } = plan({ pods: [pod(1), other] }).plan;
  assert.deepEqual(
    create.map(({ ports, endpoints }) => [ports?.[0]?.port, endpoints?.length]),
    [
      [8080, 1],
      [9090, 1],
    ],
  );
});

test('a named port of a sidecar counts, of another init container not', () => {
  const with9 = (restartPolicy?: 'Always') =>
    pod(1, ({ spec }) => {
      spec.containers[0]!.ports = [];
      const ports = [{ name: 'http', containerPort: 9, protocol: 'TCP' as const }];
      spec.initContainers = [{ name: 'i', ports, ...(restartPolicy && { restartPolicy }) }];
    });
  assert.deepEqual(plan({ pods: [with9('Always')] }).plan.create[0]?.ports?.[0]?.port, 9);
  assert.deepEqual(plan({ pods: [with9()] }).plan.create[0]?.ports, []);
});

test('pods that have ended or have no address are no endpoints', () => {
  const pods = [pod(1, ({ status }) => (status.phase = 'Succeeded')), pod(2, (two) => (two.status = { phase: 'Pending' }))];
  assert.deepEqual(
    plan({ pods }).plan.create.map(({ endpoints }) => endpoints),
    [[]],
  );
});

test('a service without endpoints has one empty slice, which is not written again', () => {
  const empty = plan({});
  assert.deepEqual(
    empty.plan.create.map(({ endpoints, ports }) => [endpoints, ports]),
    [[[], []]],
  );
  assert.deepEqual(plan({ slices: stored(empty) }).plan, { create: [], update: [], remove: [] });
});

test('the empty slice is written over when the first endpoint comes', () => {
  const { create, update, remove } = plan({ pods: [pod(1)], slices: stored(plan({})) }).plan;
  assert.deepEqual([create, remove], [[], []]);
  assert.deepEqual(
    update.map(({ metadata, endpoints }) => [metadata.name, metadata.generateName, endpoints?.length]),
    [['web-0', undefined, 1]],
  );
});

test('a headless service has its label, and hostnames of pods that name it as their subdomain', () => {
  const named = pod(1, ({ spec }) => Object.assign(spec, { hostname: 'web-0', subdomain: 'web' }));
  const [slice] = plan({ service: service({ clusterIP: 'None' }), pods: [named] }).plan.create;
  assert.equal(slice?.metadata.labels?.['service.kubernetes.io/headless'], '');
  assert.equal(slice?.endpoints?.[0]?.hostname, 'web-0');
  assert.equal(plan({ service: service({}, { name: 'other' }), pods: [named] }).plan.create[0]?.endpoints?.[0]?.hostname, undefined);
});

test('labels of the service that change are written to its slices; the reserved ones cannot be taken over', () => {
  const slices = stored(plan({ pods: [pod(1)] }));
  const { update } = plan({
    service: service({}, { labels: { team: 'b', 'kubernetes.io/service-name': 'x' } }),
    pods: [pod(1)],
    slices,
  }).plan;
  assert.deepEqual(update[0]?.metadata.labels, { ...slices[0]!.metadata.labels, team: 'b' });
});

test('a pod on an unknown node is left out, and said so; where unready addresses are published it is in', () => {
  const lost = pod(2, ({ spec }) => (spec.nodeName = 'gone'));
  const { plan: planned, skipped } = plan({ pods: [pod(1), lost] });
  assert.deepEqual(planned.create[0]?.endpoints?.map(({ nodeName }) => nodeName), ['n1']); // prettier-ignore
  assert.deepEqual(skipped, ['skipping Pod p2 for Service default/web: Node gone Not Found']);
  assert.equal(plan({ service: service({ publishNotReadyAddresses: true }), pods: [lost] }).plan.create[0]?.endpoints?.length, 1);
});

test('traffic distribution gives hints by zone and node, to ready endpoints only', () => {
  const unready = pod(2, ({ status }) => (status.conditions = []));
  const hints = (trafficDistribution: string) =>
    plan({ service: service({ trafficDistribution }), pods: [pod(1), unready] }).plan.create[0]?.endpoints?.map((one) => one.hints);
  assert.deepEqual(hints('PreferClose'), [{ forZones: [{ name: 'z1' }] }, undefined]);
  assert.deepEqual(hints('PreferSameZone'), [{ forZones: [{ name: 'z1' }] }, undefined]);
  assert.deepEqual(hints('PreferSameNode'), [{ forZones: [{ name: 'z1' }], forNodes: [{ name: 'n1' }] }, undefined]);
});

test('hints come and go with the traffic distribution, though no endpoint changes', () => {
  const near = service({ trafficDistribution: 'PreferClose' });
  const plain = stored(plan({ pods: [pod(1)] }));
  const hinted = plan({ service: near, pods: [pod(1)], slices: plain }).plan.update;
  assert.deepEqual(hinted[0]?.endpoints?.[0]?.hints, { forZones: [{ name: 'z1' }] });
  assert.deepEqual(plan({ service: near, pods: [pod(1)], slices: hinted }).plan, { create: [], update: [], remove: [] });
  assert.equal(plan({ pods: [pod(1)], slices: hinted }).plan.update[0]?.endpoints?.[0]?.hints, undefined);
});

test('for a service that is going nothing new is made', () => {
  assert.deepEqual(plan({ service: service({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), pods: [pod(1)] }).plan.create, []);
});
