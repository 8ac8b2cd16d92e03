import type { Env } from '../../base/env.ts';
import { isNotFound } from '../../api/errors.ts';
import type { Pod as PodType, PodStatus } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import type { Client } from '../../client/client.ts';
import { kubeletConditions } from './conditions.ts';
import { statusPatch } from './status-patch.ts';

/** How long until a write that the server refused or did not get is tried again. */
const retryMs = 10_000;

interface Entry {
  /** As it came from the API last, by watch or by our own write. */
  pod: PodType;
  status: PodStatus;
  /** Nothing of the pod is left on the node: the API may forget it. */
  finished: boolean;
  writing: boolean;
  /** Something is new since the last look at what there is to write. */
  dirty: boolean;
  cancelRetry?: () => void;
}

/**
 * Brings the statuses of a node's pods to the API: each change once, one write at a time for a pod,
 * what changes meanwhile in the next. Takes a pod that is being deleted out of the API when nothing
 * of it is left. Source: pkg/kubelet/status/status_manager.go.
 */
export class StatusManager {
  readonly #client: Client;
  readonly #env: Pick<Env, 'clock' | 'log' | 'signal'>;
  readonly #entries = new Map<string, Entry>();

  constructor(client: Client, env: Pick<Env, 'clock' | 'log' | 'signal'>) {
    this.#client = client;
    this.#env = env;
  }

  /** The newest status set; undefined for a pod that has none yet. */
  get(podUid: string): PodStatus | undefined {
    return this.#entries.get(podUid)?.status;
  }

  set(pod: PodType, status: PodStatus): void {
    const uid = pod.metadata.uid!;
    const entry = this.#entries.get(uid);
    if (!entry) this.#entries.set(uid, newEntry(pod, status));
    else if (semanticallyEqual(entry.status, status)) return;
    else entry.status = status;
    this.#changed(uid);
  }

  /** The pod as the source has it now. What others changed of our status is put right. */
  observe(pod: PodType): void {
    const entry = this.#entries.get(pod.metadata.uid!);
    if (!entry || revision(pod) <= revision(entry.pod)) return;
    entry.pod = pod;
    this.#changed(pod.metadata.uid!);
  }

  /** The pod has ended, and nothing of it is left on the node. */
  finish(pod: PodType): void {
    const uid = pod.metadata.uid!;
    const entry = this.#entries.get(uid) ?? newEntry(pod, pod.status ?? {});
    entry.finished = true;
    this.#entries.set(uid, entry);
    this.#changed(uid);
  }

  forget(podUid: string): void {
    this.#entries.get(podUid)?.cancelRetry?.();
    this.#entries.delete(podUid);
  }

  #changed(uid: string): void {
    const entry = this.#entries.get(uid);
    if (!entry) return;
    entry.dirty = true;
    if (!entry.writing) void this.#write(uid, entry);
  }

  async #write(uid: string, entry: Entry): Promise<void> {
    const { signal, log, clock } = this.#env;
    entry.writing = true;
    entry.cancelRetry?.();
    try {
      while (entry.dirty && this.#entries.get(uid) === entry && !signal.aborted) {
        entry.dirty = false;
        if (await this.#writeOnce(uid, entry)) entry.dirty = true;
      }
    } catch (error) {
      if (isNotFound(error)) this.forget(uid);
      else {
        log.verbose(2, 'Failed to update status for pod', { pod: entry.pod.metadata.name, err: error });
        if (!signal.aborted) entry.cancelRetry = clock.after(retryMs, () => this.#changed(uid));
      }
    }
    entry.writing = false;
  }

  /** False when there was nothing to write. */
  async #writeOnce(uid: string, entry: Entry): Promise<boolean> {
    const { pod, status } = entry;
    const at = { namespace: pod.metadata.namespace, name: pod.metadata.name! } as const;
    const patch = statusPatch(uid, pod.status ?? {}, withOthers(status, pod.status));
    if (patch) {
      const written = await this.#client.patch(Pod, at, 'strategic', patch, { subresource: 'status' });
      if (revision(written) > revision(entry.pod)) entry.pod = written;
      // The server may say a status otherwise than we do: once written, it is not written again before it changes.
      if (entry.status !== status) return true;
      if (statusPatch(uid, written.status, withOthers(status, written.status))) {
        this.#env.log.verbose(2, 'The status of a pod did not stay as it was written', { pod: at.name });
        return this.#delete(entry);
      }
      return true;
    }
    return this.#delete(entry);
  }

  async #delete(entry: Entry): Promise<boolean> {
    const { uid = '', namespace, name = '', deletionTimestamp } = entry.pod.metadata;
    if (!entry.finished || deletionTimestamp === undefined) return false;
    await this.#client.delete(
      Pod,
      { ...(namespace !== undefined && { namespace }), name },
      { gracePeriodSeconds: 0, preconditions: { uid } },
    );
    this.forget(uid);
    return false;
  }
}

const newEntry = (pod: PodType, status: PodStatus): Entry => ({ pod, status, finished: false, writing: false, dirty: false });

const revision = ({ metadata }: PodType): number => Number(metadata.resourceVersion ?? 0);

/** With the conditions that others wrote, in their places before ours. */
function withOthers(status: PodStatus, inApi: PodStatus | undefined): PodStatus {
  const others = (inApi?.conditions ?? []).filter(({ type }) => !kubeletConditions.has(type));
  const ours = (status.conditions ?? []).filter(({ type }) => kubeletConditions.has(type));
  const own = (status.conditions ?? []).filter(
    ({ type }) => !kubeletConditions.has(type) && !others.some((condition) => condition.type === type),
  );
  return { ...status, conditions: [...others.map(withoutProbeTime), ...own, ...ours] };
}

function withoutProbeTime(condition: NonNullable<PodStatus['conditions']>[number]) {
  const { lastProbeTime: _, ...rest } = condition;
  return rest;
}
