import type { SuiteTest } from './suite.ts';

/** Why a test of classes A and B is a gap, by a part of its name; of others where it is not just what they need. */
const reasons: readonly (readonly [part: string, why: string])[] = [
  ['ValidatingAdmissionPolicy', 'policies are kept, and not yet obeyed'],
  ['MutatingAdmissionPolicy', 'policies are kept, and not yet obeyed'],
  ['webhook configurations with invalid match conditions', 'expressions are kept, and not yet compiled'],
  ['updates should be reflected in volume', 'files in volumes of running pods are not written anew'],
  ['on modification', 'files in volumes of running pods are not written anew'],
  ['storagemigration.k8s.io/v1 StorageVersionMigration', 'of Kubernetes 1.37; 1.36 has v1beta1, which is served'],
  ['resource.k8s.io/v1 DeviceTaintRule', 'of Kubernetes 1.37; 1.36 has v1beta2, which is served'],
];

/** A few words. Throws for a gap in A or B of which nobody has said why. */
export function whyMissing({ name, class: letter, needs }: SuiteTest): string {
  const found = reasons.find(([part]) => name.includes(part));
  if (found) return found[1];
  if (letter === 'A' || letter === 'B') throw new Error(`tools/conformance/gaps.ts does not say why this is a gap: ${name}`);
  return `needs ${needs}`;
}
