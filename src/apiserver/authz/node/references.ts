import type { PersistentVolume, Pod, Volume } from '../../../api/generated/core/v1.ts';

/** An object that something refers to, as text: `secrets/NAMESPACE/NAME`; namespace '' over the cluster. */
export type Reference = string;

export const reference = (resource: string, namespace: string, name: string): Reference => `${resource}/${namespace}/${name}`;

/** What the kubelet needs to run the pod: its account, Secrets, ConfigMaps and claims. Source: Kubernetes' podutil.Visit… and node graph. */
export function podReferences(pod: Pod): Reference[] {
  const { namespace = '' } = pod.metadata;
  // Mirror pods come from the node itself, which must not give itself rights by making one.
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return [];
  const names: readonly [string, readonly (string | undefined)[]][] = [
    ['serviceaccounts', [pod.spec.serviceAccountName]],
    ['secrets', secretNames(pod)],
    ['configmaps', configMapNames(pod)],
    ['persistentvolumeclaims', claimNames(pod)],
    ['resourceclaims', resourceClaimNames(pod)],
  ];
  return [...new Set(names.flatMap(([resource, all]) => all.flatMap((name) => (name ? [reference(resource, namespace, name)] : []))))];
}

const containersOf = ({ spec }: Pod) => [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];

function secretNames(pod: Pod): (string | undefined)[] {
  const containers = containersOf(pod);
  return [
    ...(pod.spec.imagePullSecrets ?? []).map(({ name }) => name),
    ...containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name)),
    ...containers.flatMap(({ envFrom = [] }) => envFrom.map(({ secretRef }) => secretRef?.name)),
    ...(pod.spec.volumes ?? []).flatMap(volumeSecretNames),
  ];
}

function volumeSecretNames(volume: Volume): (string | undefined)[] {
  const withSecretRef = [volume.cephfs, volume.cinder, volume.flexVolume, volume.rbd, volume.scaleIO, volume.iscsi, volume.storageos];
  return [
    volume.secret?.secretName,
    volume.azureFile?.secretName,
    volume.csi?.nodePublishSecretRef?.name,
    ...withSecretRef.map((source) => source?.secretRef?.name),
    ...(volume.projected?.sources ?? []).map(({ secret }) => secret?.name),
  ];
}

function configMapNames(pod: Pod): (string | undefined)[] {
  const containers = containersOf(pod);
  const volumes = pod.spec.volumes ?? [];
  return [
    ...containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name)),
    ...containers.flatMap(({ envFrom = [] }) => envFrom.map(({ configMapRef }) => configMapRef?.name)),
    ...volumes.map(({ configMap }) => configMap?.name),
    ...volumes.flatMap(({ projected }) => (projected?.sources ?? []).map(({ configMap }) => configMap?.name)),
  ];
}

/** A generic ephemeral volume's claim is called after the pod and the volume. */
const claimNames = ({ metadata, spec }: Pod) =>
  (spec.volumes ?? []).map(
    ({ name, persistentVolumeClaim, ephemeral }) =>
      persistentVolumeClaim?.claimName ?? (ephemeral ? `${metadata.name}-${name}` : undefined),
  );

function resourceClaimNames({ spec, status }: Pod): (string | undefined)[] {
  const made = new Map((status?.resourceClaimStatuses ?? []).map(({ name, resourceClaimName }) => [name, resourceClaimName]));
  const named = (spec.resourceClaims ?? []).map(({ name, resourceClaimName }) => resourceClaimName ?? made.get(name));
  return [...named, status?.extendedResourceClaimStatus?.resourceClaimName];
}

/** The Secrets that a kubelet needs to mount the volume. */
export function volumeSecrets({ spec }: PersistentVolume): Reference[] {
  const claimNamespace = spec.claimRef?.namespace ?? '';
  const { azureFile, csi } = spec;
  const refs = [
    ...[spec.cephfs, spec.cinder, spec.flexVolume, spec.rbd, spec.scaleIO, spec.iscsi, spec.storageos].map((source) => source?.secretRef),
    csi?.nodePublishSecretRef,
    csi?.nodeStageSecretRef,
    csi?.nodeExpandSecretRef,
    azureFile && { name: azureFile.secretName, namespace: azureFile.secretNamespace },
  ];
  return refs.flatMap((ref) => (ref?.name ? [reference('secrets', ref.namespace || claimNamespace, ref.name)] : []));
}
