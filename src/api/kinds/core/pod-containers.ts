import type { Container, EphemeralContainer, PodSpec } from '../../generated/core/v1.ts';

export interface PodContainer {
  readonly container: Container | EphemeralContainer;
  /** Its path, such as `spec.initContainers[0]`. */
  readonly at: string;
}

/** All of a pod's containers in upstream's order: init, regular, ephemeral. `path` is the spec's. */
export function podContainers(spec: PodSpec, path: string): PodContainer[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((field) =>
    (spec[field] ?? []).map((container, i) => ({ container, at: `${path}.${field}[${i}]` })),
  );
}
