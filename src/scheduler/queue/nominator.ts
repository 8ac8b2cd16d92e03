import type { Pod } from '../../api/generated/core/v1.ts';
import type { PodInfo } from '../framework.ts';
import { podKey } from '../pod-info.ts';

/** Pods for which room is being made, by the node on which it is. They count as being there for pods of no higher priority. */
export class Nominator {
  readonly #byNode = new Map<string, PodInfo[]>();
  readonly #nodeOf = new Map<string, string>();

  get size(): number {
    return this.#nodeOf.size;
  }

  /** In the order of their nomination. */
  on(nodeName: string): readonly PodInfo[] {
    return this.#byNode.get(nodeName) ?? none;
  }

  /** Takes what the pod's status says, unless told of another node; '' for none. */
  put(pod: PodInfo, nodeName = pod.pod.status?.nominatedNodeName ?? ''): void {
    this.delete(pod.key);
    if (nodeName === '') return;
    this.#nodeOf.set(pod.key, nodeName);
    const pods = this.#byNode.get(nodeName);
    if (pods) pods.push(pod);
    else this.#byNode.set(nodeName, [pod]);
  }

  /** A pod has changed. A nomination of ours that is not yet in its status stays while neither status speaks of one. */
  update(old: Pod, now: PodInfo): void {
    const silent = !old.status?.nominatedNodeName && !now.pod.status?.nominatedNodeName;
    this.put(now, silent ? this.#nodeOf.get(podKey(old)) : undefined);
  }

  delete(key: string): void {
    const nodeName = this.#nodeOf.get(key);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(key);
    const left = this.#byNode.get(nodeName)!.filter((pod) => pod.key !== key);
    if (left.length > 0) this.#byNode.set(nodeName, left);
    else this.#byNode.delete(nodeName);
  }
}

const none: readonly PodInfo[] = [];
