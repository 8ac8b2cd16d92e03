import type { StorageClass } from '../../api/generated/storage/v1.ts';

/** The name under which kind's provisioner is known, so that manifests written for kind work here. */
export const provisionerName = 'rancher.io/local-path';

/** The StorageClass that claims get which name none; the same as kind's. */
export const defaultStorageClass: StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: provisionerName,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};
