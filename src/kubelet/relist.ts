import type { Clock } from '../base/clock.ts';
import type { ContainerRuntime } from '../runtime/cri.ts';

export interface RelistOptions {
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  readonly everyMs: number;
  readonly signal: AbortSignal;
  /** Something of the pod is not what it was at the last look. */
  readonly changed: (podUid: string) => void;
}

/** Looks at the runtime now and then, for changes of which no event has told (upstream's generic PLEG). Returns its end. */
export function relist({ runtime, clock, everyMs, signal, changed }: RelistOptions): () => void {
  let known = new Map<string, string>();
  let cancel = clock.after(everyMs, () => void look());

  async function look(): Promise<void> {
    try {
      const now = await states(runtime);
      for (const uid of new Set([...known.keys(), ...now.keys()])) if (known.get(uid) !== now.get(uid)) changed(uid);
      known = now;
    } catch {
      // A runtime that is away says so in the node's status; the next look tells what has changed.
    }
    if (!signal.aborted) cancel = clock.after(everyMs, () => void look());
  }
  return () => cancel();
}

async function states(runtime: ContainerRuntime): Promise<Map<string, string>> {
  const [sandboxes, containers] = await Promise.all([runtime.listPodSandbox(), runtime.listContainers()]);
  const byPod = new Map<string, string>();
  const add = (uid: string, what: string) => byPod.set(uid, `${byPod.get(uid) ?? ''}${what};`);
  for (const { id, state, metadata } of sandboxes) add(metadata.uid, `${id}=${state}`);
  for (const { id, state, podUid } of containers) add(podUid, `${id}=${state}`);
  return byPod;
}
