import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../api/generated/core/v1.ts';
import type { StorageClass } from '../../api/generated/storage/v1.ts';
import { annotations } from '../../api/volumes/binding.ts';
import { provisionerName } from './storage-class.ts';

/** Where volumes lie on each node; kind's folder. */
const folder = '/var/local-path-provisioner';
const hostnameLabel = 'kubernetes.io/hostname';

/** Why no volume can be made for the claim on any node; undefined when one can. The words are the provisioner's. */
export function claimProblem({ spec }: PersistentVolumeClaim): string | undefined {
  if (spec.volumeMode === 'Block') return `${provisionerName} does not support block volume provisioning`;
  if (spec.dataSource) return 'PVC datasource is not supported';
  if (spec.selector && Object.keys(spec.selector).length > 0) return 'claim.Spec.Selector is not supported';
  const isServed = (mode: string) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod';
  if (!(spec.accessModes ?? []).every(isServed)) return 'NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes';
  return undefined;
}

/** The volume for a claim on a node, bound to the claim from the start. */
export function localVolume(claim: PersistentVolumeClaim, node: Node, storageClass: StorageClass): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const volumeName = `pvc-${uid}`;
  const nodeName = node.metadata.name!;
  const hostname = node.metadata.labels?.[hostnameLabel] ?? nodeName;
  return {
    metadata: {
      name: volumeName,
      annotations: { [annotations.provisionedBy]: provisionerName, 'local.path.provisioner/selected-node': nodeName },
    },
    spec: {
      accessModes: claim.spec.accessModes ?? [],
      capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '0' },
      claimRef: {
        kind: 'PersistentVolumeClaim',
        apiVersion: 'v1',
        namespace: namespace!,
        name: name!,
        uid: uid!,
        ...(resourceVersion !== undefined && { resourceVersion }),
      },
      hostPath: { path: `${folder}/${volumeName}_${namespace}_${name}`, type: 'DirectoryOrCreate' },
      ...(storageClass.mountOptions && { mountOptions: storageClass.mountOptions }),
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: hostnameLabel, operator: 'In', values: [hostname] }] }] },
      },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name!,
      volumeMode: 'Filesystem',
    },
    status: {},
  };
}
