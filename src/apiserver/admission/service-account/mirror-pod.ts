import type { Pod } from '../../../api/generated/core/v1.ts';
import { podReferences } from '../../authz/node/references.ts';

/** A node must not come by an identity or a Secret through a pod that it made itself. */
export function mirrorPodProblem(pod: Pod): string | undefined {
  if (pod.spec.serviceAccountName) return 'a mirror pod may not reference service accounts';
  if (references(pod, 'secrets')) return 'a mirror pod may not reference secrets';
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  if (sources.some(({ serviceAccountToken }) => serviceAccountToken)) {
    return 'a mirror pod may not use ServiceAccountToken volume projections';
  }
  return undefined;
}

/** Does the pod name an object of the resource? Its being a mirror pod does not matter here. */
function references(pod: Pod, resource: string): boolean {
  const plain = { ...pod, metadata: { ...pod.metadata, annotations: {} } };
  return podReferences(plain).some((reference) => reference.startsWith(`${resource}/`));
}
