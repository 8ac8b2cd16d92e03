import type { PodInfo } from '../framework.ts';

/** A pod that is to be scheduled, and what its tries have brought so far. */
export interface QueuedPod {
  info: PodInfo;
  /** Of pods with the same priority the one that came, or came back, first is tried first. */
  order: number;
  /** When it came, or came back. */
  sinceMs: number;
  attempts: number;
  /** Tries that ended with no fitting node. */
  unschedulable: number;
  /** Tries in a row that ended with an error. */
  errors: number;
  /** Plugins that turned it away in its last try; events that these have asked for bring it back. */
  readonly unschedulablePlugins: Set<string>;
  /** Those of them that wait for something: their event brings it back without a pause. */
  readonly pendingPlugins: Set<string>;
  /** The plugin that does not let it into the queue. */
  gatedBy: string | undefined;
  place: Place;
}

/** `inHand`: given out by `pop`, or gone. */
export type Place = 'active' | 'backoff' | 'errorBackoff' | 'unschedulable' | 'inHand';

export const queuedPod = (info: PodInfo, order: number, nowMs: number): QueuedPod => ({
  info,
  order,
  sinceMs: nowMs,
  attempts: 0,
  unschedulable: 0,
  errors: 0,
  unschedulablePlugins: new Set(),
  pendingPlugins: new Set(),
  gatedBy: undefined,
  place: 'inHand',
});
