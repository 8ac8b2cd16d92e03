import type { Pod, PodSpec } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';

/** Makes the draft the old pod again, but for what `change` makes of its spec, and for the version the writer has seen. */
export function keepAllBut(next: Draft<Pod>, old: Pod, change: (spec: Draft<PodSpec>) => Draft<PodSpec>): void {
  const { resourceVersion, managedFields } = next.metadata;
  const before = structuredClone(old) as Draft<Pod>;
  next.metadata = { ...before.metadata, resourceVersion, managedFields };
  next.spec = change(before.spec);
  next.status = before.status;
}
