/** Names of definitions, and the kinds that they are in x-kubernetes-group-version-kind. */
import { packages } from '../../api/generated/packages.ts';
import type { Kind } from '../../api/kind.ts';
import { type GroupVersion, parseApiVersion } from '../../api/meta.ts';
import type { Schema } from '../../api/schema.ts';

export interface GroupVersionKind extends GroupVersion {
  readonly kind: string;
}

export const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** A built-in kind's own; for a custom resource its group turned around: `com.example.stable.v1.CronTab`. */
export const definitionName = (kind: Kind): string =>
  kind.schema().name ?? [...kind.group.split('.').reverse(), kind.version, kind.kind].join('.');

export const listDefinitionName = (kind: Kind): string => `${definitionName(kind)}List`;

/** Of Kubernetes' own definitions; empty for what is no kind. */
export function kindsOf(definition: string, schema: Schema): readonly GroupVersionKind[] {
  const dot = definition.lastIndexOf('.');
  const kind = definition.slice(dot + 1);
  const packageName = definition.slice(0, dot);
  if (definition === `${metaPackage}.DeleteOptions` || definition === `${metaPackage}.WatchEvent`)
    return everyGroupVersion.map((groupVersion) => ({ ...groupVersion, kind }));
  const fields = schema.fields;
  const apiVersion = packages[packageName];
  const isKind = fields?.has('apiVersion') && fields.has('kind') && (fields.has('metadata') || discoveryKinds.has(kind));
  const groupVersion = apiVersion === undefined || !isKind ? undefined : parseApiVersion(apiVersion);
  return groupVersion ? [{ ...groupVersion, kind }] : [];
}

const discoveryKinds: ReadonlySet<string> = new Set(['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions']);

/** The group-versions that Kubernetes 1.36 knows, whether it still serves them or not: some types of meta/v1 are at home in all. */
const everyGroupVersion: readonly GroupVersion[] = `
 v1
admission.k8s.io v1 v1beta1
admissionregistration.k8s.io v1 v1alpha1 v1beta1
apiextensions.k8s.io v1 v1beta1
apiregistration.k8s.io v1 v1beta1
apps v1 v1beta1 v1beta2
authentication.k8s.io v1 v1alpha1 v1beta1
authorization.k8s.io v1 v1beta1
autoscaling v1 v2
batch v1 v1beta1
certificates.k8s.io v1 v1alpha1 v1beta1
coordination.k8s.io v1 v1alpha2 v1beta1
discovery.k8s.io v1 v1beta1
events.k8s.io v1 v1beta1
extensions v1beta1
flowcontrol.apiserver.k8s.io v1 v1beta1 v1beta2 v1beta3
imagepolicy.k8s.io v1alpha1
internal.apiserver.k8s.io v1alpha1
networking.k8s.io v1 v1beta1
node.k8s.io v1 v1alpha1 v1beta1
policy v1 v1beta1
rbac.authorization.k8s.io v1 v1alpha1 v1beta1
resource.k8s.io v1 v1alpha3 v1beta1 v1beta2
scheduling.k8s.io v1 v1alpha2 v1beta1
storage.k8s.io v1 v1alpha1 v1beta1
storagemigration.k8s.io v1beta1`
  .split('\n')
  .slice(1)
  .flatMap((line) => {
    const [group = '', ...versions] = line.split(' ');
    return versions.map((version) => ({ group, version }));
  });
