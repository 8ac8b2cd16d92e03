import type { KubeObject } from '../../meta.ts';

/** metrics.k8s.io/v1beta1, as upstream's `k8s.io/metrics` defines it. */
export interface NodeMetrics extends KubeObject {
  /** The end of the window. */
  readonly timestamp: string;
  /** How long it was measured: Go's form, `15s`. */
  readonly window: string;
  readonly usage: Usage;
}

export interface PodMetrics extends KubeObject {
  readonly timestamp: string;
  readonly window: string;
  readonly containers: readonly ContainerMetrics[];
}

export interface ContainerMetrics {
  readonly name: string;
  readonly usage: Usage;
}

/** Quantities. */
export interface Usage {
  readonly cpu: string;
  /** Working set. */
  readonly memory: string;
}
