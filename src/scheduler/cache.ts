import type { Node } from '../api/generated/core/v1.ts';
import type { NodeInfo, PodInfo, Snapshot } from './framework.ts';
import { ImageIndex } from './images.ts';
import { MutableNode } from './node-info.ts';
import { NodeList } from './node-list.ts';
import { NodeTree } from './node-tree.ts';
import { assignedTo } from './pod-info.ts';

interface Placed {
  readonly info: PodInfo;
  readonly nodeName: string;
  /** Not yet seen in the API with its node. */
  readonly assumed: boolean;
}

/**
 * What the scheduler knows of nodes and of the pods on them, those included whose binding is still on
 * its way. An assumed pod stays until it is confirmed, forgotten or gone; as upstream, it does not
 * expire. Source: kube-scheduler's backend/cache.
 *
 * It is its own snapshot. Upstream copies changed nodes before each cycle because informers go on
 * meanwhile; here a cycle runs without a pause, and so nothing can change under it.
 */
export class SchedulerCache implements Snapshot {
  readonly #nodes = new Map<string, MutableNode>();
  readonly #tree = new NodeTree();
  readonly #images = new ImageIndex();
  readonly #pods = new Map<string, Placed>();
  /** Pods on nodes that are not (any more) there; they count as soon as their node is. */
  readonly #homeless = new Map<string, Set<string>>();
  readonly #withAffinity = new NodeList();
  readonly #withAntiAffinity = new NodeList();
  #ordered: readonly NodeInfo[] | undefined;

  get nodes(): readonly NodeInfo[] {
    return (this.#ordered ??= this.#tree.names().map((name) => this.#nodes.get(name)!));
  }

  get nodesWithAffinityPods(): readonly NodeInfo[] {
    return this.#withAffinity.nodes;
  }

  get nodesWithRequiredAntiAffinityPods(): readonly NodeInfo[] {
    return this.#withAntiAffinity.nodes;
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  putNode(node: Node): void {
    const name = node.metadata.name ?? '';
    const known = this.#nodes.get(name);
    known?.become(node);
    const info = known ?? this.#settle(new MutableNode(node));
    info.images = this.#images.replace(info.images, node);
    if (this.#tree.put(node)) this.#ordered = undefined;
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (!info) return;
    this.#nodes.delete(name);
    this.#tree.remove(name);
    this.#images.forget(info.images);
    if (info.pods.length > 0) this.#homeless.set(name, new Set(info.pods.map(({ key }) => key)));
    this.#withAffinity.delete(info);
    this.#withAntiAffinity.delete(info);
    this.#ordered = undefined;
  }

  /** Counts a pod as being on the node, before the API knows. Answers the pod as it will be. */
  assume(pod: PodInfo, nodeName: string): PodInfo {
    const info = assignedTo(pod, nodeName);
    this.#place({ info, nodeName, assumed: true });
    return info;
  }

  /** A pod that the API shows on its node: new, changed, or the confirmation of what was assumed. */
  putPod(info: PodInfo): void {
    this.#place({ info, nodeName: info.pod.spec.nodeName ?? '', assumed: false });
  }

  /** Takes back an assumption; a pod that the API shows on its node stays. */
  forget(key: string): void {
    if (this.isAssumed(key)) this.removePod(key);
  }

  /** Answers what was known of it; undefined when nothing was. */
  removePod(key: string): PodInfo | undefined {
    const placed = this.#pods.get(key);
    if (!placed) return undefined;
    this.#pods.delete(key);
    const node = this.#nodes.get(placed.nodeName);
    if (node) {
      node.remove(key);
      this.#listAffinity(node);
    } else this.#leaveHomeless(placed.nodeName, key);
    return placed.info;
  }

  pod(key: string): PodInfo | undefined {
    return this.#pods.get(key)?.info;
  }

  isAssumed(key: string): boolean {
    return this.#pods.get(key)?.assumed ?? false;
  }

  #place(placed: Placed): void {
    const { info, nodeName } = placed;
    this.removePod(info.key);
    this.#pods.set(info.key, placed);
    const node = this.#nodes.get(nodeName);
    if (node) {
      node.add(info);
      this.#listAffinity(node);
      return;
    }
    const waiting = this.#homeless.get(nodeName);
    if (waiting) waiting.add(info.key);
    else this.#homeless.set(nodeName, new Set([info.key]));
  }

  #leaveHomeless(nodeName: string, key: string): void {
    const waiting = this.#homeless.get(nodeName);
    waiting?.delete(key);
    if (waiting?.size === 0) this.#homeless.delete(nodeName);
  }

  /** A node that comes has its pods at once. */
  #settle(node: MutableNode): MutableNode {
    this.#nodes.set(node.name, node);
    for (const key of this.#homeless.get(node.name) ?? []) node.add(this.#pods.get(key)!.info);
    this.#homeless.delete(node.name);
    this.#listAffinity(node);
    return node;
  }

  #listAffinity(node: MutableNode): void {
    this.#withAffinity.keep(node, node.podsWithAffinity.length > 0);
    this.#withAntiAffinity.keep(node, node.podsWithRequiredAntiAffinity.length > 0);
  }
}
