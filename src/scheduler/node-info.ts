import type { Node, Taint } from '../api/generated/core/v1.ts';
import { Amounts } from './amounts.ts';
import type { HostPort, NodeInfo, PodInfo } from './framework.ts';
import { hasAffinity } from './pod-info.ts';

export type ImageStates = ReadonlyMap<string, { readonly sizeBytes: number; readonly nodes: number }>;

/**
 * A node that can change: the cache's own, or preemption's copy to try things out on. Its arrays are
 * changed in place, and their order says nothing.
 */
export class MutableNode implements NodeInfo {
  readonly name: string;
  generation = 0;
  readonly pods: PodInfo[] = [];
  readonly podsWithAffinity: PodInfo[] = [];
  readonly podsWithRequiredAntiAffinity: PodInfo[] = [];
  readonly usedPorts: HostPort[] = [];
  requested = new Amounts();
  nonZeroMilliCpu = 0;
  nonZeroMemoryBytes = 0;
  images: ImageStates = noImages;
  allocatable = new Amounts();
  allowedPods = 0;
  isCordoned = false;
  taints: readonly Taint[] = noTaints;
  node: Node;

  constructor(node: Node) {
    this.name = node.metadata.name ?? '';
    this.node = node;
    this.become(node);
  }

  static copyOf(from: NodeInfo): MutableNode {
    const copy = new MutableNode(from.node);
    copy.pods.push(...from.pods);
    copy.podsWithAffinity.push(...from.podsWithAffinity);
    copy.podsWithRequiredAntiAffinity.push(...from.podsWithRequiredAntiAffinity);
    copy.usedPorts.push(...from.usedPorts);
    copy.requested.add(from.requested);
    copy.nonZeroMilliCpu = from.nonZeroMilliCpu;
    copy.nonZeroMemoryBytes = from.nonZeroMemoryBytes;
    copy.images = from.images;
    return copy;
  }

  /** The node has changed; what is on it stays. */
  become(node: Node): void {
    this.generation++;
    this.node = node;
    this.isCordoned = node.spec?.unschedulable === true;
    this.taints = node.spec?.taints ?? noTaints;
    const { pods = '0', ...rest } = node.status?.allocatable ?? {};
    this.allocatable = Amounts.of(rest);
    this.allowedPods = Amounts.of({ pods }).get('pods');
  }

  add(pod: PodInfo): void {
    this.generation++;
    this.pods.push(pod);
    if (hasAffinity(pod)) this.podsWithAffinity.push(pod);
    if (pod.antiAffinity.length > 0) this.podsWithRequiredAntiAffinity.push(pod);
    this.requested.add(pod.requests);
    this.nonZeroMilliCpu += pod.nonZeroMilliCpu;
    this.nonZeroMemoryBytes += pod.nonZeroMemoryBytes;
    for (const port of pod.hostPorts) this.usedPorts.push(port);
  }

  /** Takes away what was added under the same key; nothing when there is none. */
  remove(key: string): void {
    const pod = takeOut(this.pods, key);
    if (!pod) return;
    this.generation++;
    if (hasAffinity(pod)) takeOut(this.podsWithAffinity, key);
    if (pod.antiAffinity.length > 0) takeOut(this.podsWithRequiredAntiAffinity, key);
    this.requested.subtract(pod.requests);
    this.nonZeroMilliCpu -= pod.nonZeroMilliCpu;
    this.nonZeroMemoryBytes -= pod.nonZeroMemoryBytes;
    for (const port of pod.hostPorts) removePort(this.usedPorts, port);
  }
}

const noImages: ImageStates = new Map();
const noTaints: readonly Taint[] = [];

/** The last one takes the place of the one that goes. */
function takeOut(pods: PodInfo[], key: string): PodInfo | undefined {
  // From the end: mostly it is one that came last, and whose binding is now confirmed.
  const index = pods.findLastIndex((pod) => pod.key === key);
  if (index < 0) return undefined;
  const found = pods[index];
  const last = pods.pop()!;
  if (index < pods.length) pods[index] = last;
  return found;
}

function removePort(ports: HostPort[], { protocol, hostIp, port }: HostPort): void {
  const index = ports.findIndex((one) => one.port === port && one.protocol === protocol && one.hostIp === hostIp);
  if (index >= 0) ports.splice(index, 1);
}
