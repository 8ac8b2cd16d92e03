import type { Draft } from '../../api/draft.ts';
import type { KubeObject, OwnerReference } from '../../api/meta.ts';
import { deepEqual } from '../../api/patch/json-object.ts';

/** Drops owner references that are there already, and warns of it in upstream's words. */
export function dropRepeatedOwners({ metadata }: Draft<KubeObject>, warnings: string[], when = ''): void {
  const references: readonly OwnerReference[] = metadata.ownerReferences ?? [];
  if (references.length < 2) return;
  const kept: OwnerReference[] = [];
  const repeated: string[] = [];
  const seen = new Set<string>();
  for (const reference of references) {
    const isRepeated = seen.has(reference.uid) && kept.some((one) => deepEqual(one, reference));
    seen.add(reference.uid);
    if (isRepeated) repeated.push(reference.uid);
    else kept.push(reference);
  }
  if (repeated.length === 0) return;
  metadata.ownerReferences = kept;
  const warning = `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated.join(', ')}`;
  if (!warnings.includes(warning)) warnings.push(warning);
}

/** Of patches, and of what admission adds. */
export const afterAdmission = ' after mutating admission happens';
