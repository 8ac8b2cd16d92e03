import type { Pod } from '../../api/generated/core/v1.ts';
import { isNotFound } from '../../api/errors.ts';
import { Pod as PodKind } from '../../api/kinds/core/pod.ts';
import type { Handle } from '../framework.ts';
import { podKey, priorityOf } from '../pod-info.ts';
import { patchStatus, referenceToPod } from '../pod-status.ts';
import type { Candidate } from './candidate.ts';

/**
 * Makes room for pods, beside the scheduling of others. A pod for which it is being made does not
 * come back into the queue before all its victims are told to go. Source: preemption.Executor.
 */
export class Evictions {
  readonly #handle: Handle;
  /** By uid of the pod for which room is made: the last victim, once it is that one's turn. */
  readonly #running = new Map<string, Pod | undefined>();

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  isRunningFor(pod: Pod): boolean {
    const uid = pod.metadata.uid ?? '';
    if (!this.#running.has(uid)) return false;
    const last = this.#running.get(uid);
    if (!last) return true;
    // The news of the last victim's going may be here before the answer to our call is.
    const now = this.#handle.get(PodKind, podKey(last));
    return now !== undefined && now.metadata.deletionTimestamp === undefined;
  }

  begin(pod: Pod, candidate: Candidate): void {
    const victims = candidate.victims.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (victims.length === 0) return;
    const uid = pod.metadata.uid ?? '';
    this.#running.set(uid, undefined);
    void this.#run(pod, candidate.nodeName, victims)
      .finally(() => this.#running.delete(uid))
      .catch(() => this.#handle.activate(pod));
  }

  async #run(pod: Pod, nodeName: string, victims: readonly Pod[]): Promise<void> {
    const cleared = await this.#clearNominations(pod, nodeName);
    const last = victims.at(-1)!;
    await Promise.all(victims.slice(0, -1).map((victim) => this.#evict(victim, pod, nodeName)));
    this.#running.set(pod.metadata.uid ?? '', last);
    await this.#evict(last, pod, nodeName);
    if (!cleared) throw new Error('nominations of less important pods could not be taken back');
  }

  /** Less important pods that were to have this room look for another now, rather than after the preemption. False when not all could be told. */
  async #clearNominations(pod: Pod, nodeName: string): Promise<boolean> {
    const { client, clock, nominated } = this.#handle;
    const lower = nominated(nodeName).filter((other) => priorityOf(other.pod) < priorityOf(pod));
    const results = await Promise.allSettled(lower.map((other) => patchStatus(client, other.pod, { nominatedNodeName: '' }, clock.now())));
    return results.every(({ status }) => status === 'fulfilled');
  }

  async #evict(victim: Pod, pod: Pod, nodeName: string): Promise<void> {
    const { client, clock, events } = this.#handle;
    const { namespace, name = '', uid } = victim.metadata;
    const message = `${pod.spec.schedulerName}: preempting to accommodate a higher priority pod`;
    const condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message };
    try {
      await patchStatus(client, victim, { condition }, clock.now());
      await client.delete(PodKind, { namespace, name }, uid === undefined ? {} : { preconditions: { uid } });
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    const note = `Preempted by pod ${pod.metadata.uid} on node ${nodeName}`;
    events.event(referenceToPod(victim), 'Normal', 'Preempted', note, { action: 'Preempting', related: referenceToPod(pod) });
  }
}
