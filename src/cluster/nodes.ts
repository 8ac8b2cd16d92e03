import type { Clock } from '../base/clock.ts';
import type { Client } from '../client/client.ts';
import { isAlreadyExists } from '../api/errors.ts';
import type { Node as NodeObject } from '../api/generated/core/v1.ts';
import { Node } from '../api/kinds/core/node.ts';
import type { NodeSpec } from './spec.ts';
import { kubernetesVersion, slipwayVersion } from './version.ts';

/** What every simulated node says it has. */
export interface NodeCapacity {
  readonly cpu: string;
  readonly memory: string;
  readonly pods: string;
  readonly 'ephemeral-storage': string;
}

export const defaultCapacity: NodeCapacity = { cpu: '8', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' };

/**
 * Registers simulated nodes as their kubelets would: an object with labels and addresses, then a
 * Ready status; then the taint goes that admission gives to nodes not known to be ready. Nodes that
 * are there already keep what people did to them.
 */
export async function registerNodes(client: Client, clock: Clock, nodes: readonly NodeSpec[]): Promise<void> {
  const alone = nodes.length === 1;
  await Promise.all(
    nodes.map(async (node, index) => {
      const object = nodeObject(node, index, alone);
      try {
        const created = await client.create(Node, object);
        const now = new Date(clock.now()).toISOString().replace(/\.\d+/, '');
        const ready = await client.updateStatus(Node, { ...created, status: nodeStatus(node, index, now) });
        await client.update(Node, { ...ready, spec: { ...ready.spec, taints: object.spec?.taints } });
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
    }),
  );
}

function nodeObject({ name, role, labels }: NodeSpec, index: number, alone: boolean): NodeObject {
  const controlPlane = role === 'control-plane';
  return {
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'slipway.dev/simulated': 'true',
        ...(controlPlane && { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' }),
        ...labels,
      },
    },
    spec: {
      podCIDR: podSubnet(index),
      podCIDRs: [podSubnet(index)],
      // Where there is nowhere else to go, pods may run on the control plane; kind does the same.
      ...(controlPlane && !alone && { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }),
    },
    status: {},
  };
}

/** In the network that the simulated machines share; the first two addresses are its own and its gateway's. */
export const nodeAddress = (index: number): string => `172.18.${Math.floor((index + 2) / 256)}.${(index + 2) % 256}`;

/** A /24 each, from 10.244.0.0 on. */
const podSubnet = (index: number): string => `10.${244 + Math.floor(index / 256)}.${index % 256}.0/24`;

function nodeStatus({ name }: NodeSpec, index: number, now: string): NodeObject['status'] {
  const capacity = { ...defaultCapacity };
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: 'InternalIP', address: nodeAddress(index) },
      { type: 'Hostname', address: name },
    ],
    conditions: conditions.map(({ type, status, reason, message }) => ({
      type,
      status,
      reason,
      message,
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    })),
    nodeInfo: {
      architecture: 'amd64',
      bootID: '',
      containerRuntimeVersion: `simulated://${slipwayVersion}`,
      kernelVersion: 'simulated',
      kubeProxyVersion: '',
      kubeletVersion: kubernetesVersion,
      machineID: '',
      operatingSystem: 'linux',
      osImage: 'Slipway (simulated)',
      systemUUID: '',
    },
  };
}

/** In the kubelet's order and words. */
const conditions = [
  { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
  { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];
