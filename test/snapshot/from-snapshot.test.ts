/** A cluster made of what a real one's etcd holds. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { encodeKubernetesProtobuf } from '../../src/api/protobuf/envelope.ts';
import { DaemonSet } from '../../src/api/kinds/apps/daemonset.ts';
import { Ingress } from '../../src/api/kinds/networking/ingress.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { Service } from '../../src/api/kinds/core/service.ts';
import { HorizontalPodAutoscaler } from '../../src/api/kinds/autoscaling/horizontalpodautoscaler.ts';
import { CustomResourceDefinition } from '../../src/api/kinds/apiextensions/customresourcedefinition.ts';
import { sleep } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { seededRng } from '../../src/base/rng.ts';
import { utf8 } from '../../src/codec/bytes.ts';
import { clusterHome } from '../../src/cluster/home.ts';
import { startControlPlane } from '../../src/cluster/control-plane.ts';
import { readClusterSnapshot } from '../../src/cluster/cli/from-snapshot.ts';
import type { ClusterSpec } from '../../src/cluster/spec.ts';
import { realClock } from '../../src/machine/real/clock.ts';
import { realFiles } from '../../src/machine/real/files.ts';
import { sha256Stream } from '../../src/machine/real/sha256-stream.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { saveSnapshot } from '../../src/store/snapshot/save-snapshot.ts';
import { fastClock } from '../e2e/fast-clock.ts';
import { scratchFolder } from './real-etcd.ts';

const created = '2024-05-06T07:08:09Z';
const meta = (name: string, namespace?: string, more: object = {}) => ({
  metadata: { name, ...(namespace && { namespace }), uid: `uid-${name}`, creationTimestamp: created, ...more },
});
const template = { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image: 'agent' }] } };
const condition = { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: created, lastTransitionTime: created };
const node = (name: string, podCIDR: string, role?: string) => ({
  ...meta(name, undefined, { labels: { 'kubernetes.io/hostname': name, ...(role && { [`node-role.kubernetes.io/${role}`]: '' }) } }),
  spec: { podCIDR, podCIDRs: [podCIDR] },
  status: { capacity: { cpu: '64', memory: '256Gi', pods: '250' }, conditions: [condition] },
});
const largePod = {
  ...meta('large', 'infra'),
  spec: { nodeName: 'big-1', containers: [{ name: 'c', image: 'app', resources: { requests: { cpu: '48' } } }] },
  status: { phase: 'Running', qosClass: 'Burstable' },
};

/** Key, apiVersion, kind and object, as kube-apiserver of some years ago stored them in protocol buffers. */
const stored: readonly (readonly [string, string, string, object])[] = [
  ['namespaces/infra', 'v1', 'Namespace', { ...meta('infra'), spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }],
  ['minions/cp-1', 'v1', 'Node', node('cp-1', '10.200.0.0/24', 'control-plane')],
  ['minions/big-1', 'v1', 'Node', node('big-1', '10.200.1.0/24')],
  [
    'daemonsets/infra/agent',
    'apps/v1',
    'DaemonSet',
    { ...meta('agent', 'infra'), spec: { selector: { matchLabels: { app: 'agent' } }, template } },
  ],
  ['pods/infra/large', 'v1', 'Pod', largePod],
  ['pods/kube-system/etcd-cp-1', 'v1', 'Pod', meta('etcd-cp-1', 'kube-system', { annotations: { 'kubernetes.io/config.mirror': 'x' } })],
  [
    'services/specs/default/kubernetes',
    'v1',
    'Service',
    {
      ...meta('kubernetes', 'default'),
      spec: {
        clusterIP: '10.43.0.1',
        clusterIPs: ['10.43.0.1'],
        type: 'ClusterIP',
        ports: [{ name: 'https', port: 443, targetPort: 6443 }],
      },
    },
  ],
  [
    'ingress/infra/front',
    'extensions/v1beta1',
    'Ingress',
    { ...meta('front', 'infra', { selfLink: '/old' }), spec: { backend: { serviceName: 's', servicePort: 80 } } },
  ],
  [
    'horizontalpodautoscalers/infra/h',
    'autoscaling/v1',
    'HorizontalPodAutoscaler',
    {
      ...meta('h', 'infra'),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        maxReplicas: 3,
        targetCPUUtilizationPercentage: 50,
      },
    },
  ],
  ['podsecuritypolicy/privileged', 'policy/v1beta1', 'PodSecurityPolicy', { ...meta('privileged'), spec: {} }],
  ['masterleases/10.0.0.1', 'v1', 'Endpoints', meta('')],
];
const storedJson: readonly (readonly [string, object])[] = [
  [
    'apiextensions.k8s.io/customresourcedefinitions/widgets.example.com',
    {
      apiVersion: 'apiextensions.k8s.io/v1beta1',
      kind: 'CustomResourceDefinition',
      ...meta('widgets.example.com'),
      spec: {
        group: 'example.com',
        version: 'v1',
        scope: 'Namespaced',
        names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      },
      status: { conditions: [], acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] },
    },
  ],
  ['example.com/widgets/infra/w', { apiVersion: 'example.com/v1', data: 7, kind: 'Widget', ...meta('w', 'infra') }],
];

async function oldCluster(path: string): Promise<number> {
  await using store = new MemoryStore({ env: { clock: realClock, rng: seededRng(1), log: silentLog } });
  const put = (key: string, value: Uint8Array) => store.txn({ success: [{ op: 'put', key: `/registry/${key}`, value }] });
  for (const [key, apiVersion, kind, object] of stored) await put(key, encodeKubernetesProtobuf(object, apiVersion, kind)!);
  for (const [key, object] of storedJson) await put(key, utf8(`${JSON.stringify(object)}\n`));
  await put('secrets/infra/s', utf8('k8s:enc:aescbc:v1:key1:xxxx'));
  await saveSnapshot({ store, files: realFiles, path, newSha256: sha256Stream });
  return store.revision;
}

describe('a cluster from a snapshot of a real one', () => {
  test('has its objects in versions of today, its nodes, and its workloads running', async () => {
    using folder = scratchFolder();
    const path = join(folder.path, 'old.db');
    const revision = await oldCluster(path);
    const { config, fill } = await readClusterSnapshot(path, new Set());
    assert.deepEqual(config.warnings, [
      'left out 1 podsecuritypolicy of policy/v1beta1, which Kubernetes 1.36 does not read',
      "left out 1 records of the saved cluster's own servers",
      'left out 1 secrets encrypted by aescbc:v1:key1',
      "left out 1 static pods of the saved cluster's machines",
    ]);
    assert.equal(config.serviceSubnet, '10.43.0.0/16');
    const spec: ClusterSpec = {
      name: 'old',
      apiAddress: '127.0.0.1',
      apiPort: 0,
      nodes: config.nodes('old'),
      dataFolder: join(folder.path, 'home/data'),
      runtimeConfig: {},
      serviceSubnet: config.serviceSubnet,
    };
    assert.deepEqual(
      spec.nodes.map(({ name, role }) => [name, role]),
      [
        ['cp-1', 'control-plane'],
        ['big-1', 'worker'],
      ],
    );
    const home = clusterHome('home', folder.path);
    mkdirSync(home.folder);
    const io = {
      interrupted: new AbortController().signal,
      out() {},
      err() {},
      progress() {},
      program: '',
      environment: {},
      homeFolder: '',
    };
    await fill(home, { format: 1, version: '', phase: 'creating', createdAt: '', spec }, io);

    await using plane = await startControlPlane({ spec, log: silentLog, clock: fastClock(20), signal: new AbortController().signal });
    const { client } = plane;
    assert.ok(plane.store.revision > revision);
    const nodes = await client.list(Node);
    assert.deepEqual(
      nodes.items.map(({ metadata, status }) => [metadata.name, status?.capacity?.['cpu']]),
      [
        ['big-1', '64'],
        ['cp-1', '64'],
      ],
    );
    assert.equal((await client.get(Service, { namespace: 'default', name: 'kubernetes' })).spec?.clusterIP, '10.43.0.1');
    const { spec: ingress, metadata } = await client.get(Ingress, { namespace: 'infra', name: 'front' });
    assert.deepEqual([ingress?.defaultBackend, metadata.uid], [{ service: { name: 's', port: { number: 80 } } }, 'uid-front']);
    const { spec: scaler } = await client.get(HorizontalPodAutoscaler, { namespace: 'infra', name: 'h' });
    assert.equal(scaler?.metrics?.[0]?.resource?.target.averageUtilization, 50);

    // A pod that only a machine as large as its own can hold runs on, and those that are missing are made.
    await until(async () => {
      const pods = await client.list(Pod, { namespace: 'infra' });
      return pods.items.some(
        ({ metadata: own, status }) => own.name === 'large' && status?.phase === 'Running' && status.podIP !== undefined,
      );
    });
    await until(async () => ((await client.get(DaemonSet, { namespace: 'infra', name: 'agent' })).status?.numberReady ?? 0) === 2);
    await until(async () => {
      const { status } = await client.get(CustomResourceDefinition, { name: 'widgets.example.com' });
      return status?.conditions?.some(({ type, status: holds }) => type === 'Established' && holds === 'True') ?? false;
    });
  });

  test('is not made where there is one already, nor beside a shape that was asked for', async () => {
    using folder = scratchFolder();
    const path = join(folder.path, 'old.db');
    await oldCluster(path);
    await assert.rejects(readClusterSnapshot(path, new Set(['workers'])), /--workers exclude each other/);
    await assert.rejects(readClusterSnapshot(join(folder.path, 'none'), new Set()), { name: 'CommandError' });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let left = 200; !(await holds()); left--) {
    assert.ok(left > 0, 'it did not come about');
    await sleep(realClock, 25);
  }
}
