import type { Change, ClusterModel } from './model.ts';

/** Something that must hold, watched over one run. It knows what is committed and nothing else. */
export interface Invariant {
  readonly name: string;
  /** Told of each revision, once the model has it; says what is wrong. */
  see?(change: Change, cluster: ClusterModel): string | undefined;
  /** Told what kubelets say runs on their nodes. */
  seeNodes?(runs: readonly RunningPod[], nowMs: number): string | undefined;
  /** Told when faults are over and time has passed; says all that is wrong. */
  atEnd?(cluster: ClusterModel, nowMs: number): readonly string[];
  /** How often something was really held against it: an invariant that never looked has not been kept. */
  readonly looked: number;
}

export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
}

/**
 * How old the news may be that a component acts on, while the network is bad. A promise that can
 * only be kept by what one knows is held against what was true for so long.
 */
export const staleMs = 30_000;
