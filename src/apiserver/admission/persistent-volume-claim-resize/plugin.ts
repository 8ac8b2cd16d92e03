import type { PersistentVolumeClaim } from '../../../api/generated/core/v1.ts';
import { quantityFrom } from '../../../api/kinds/core/resource-quantities.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import { compareQuantities } from '../../../api/quantity.ts';
import type { AdmissionPlugin, ObjectReader } from '../../ports.ts';
import { isAbout, refused } from '../request.ts';

/** A claim grows only when it is bound and its class can grow volumes. Source: Kubernetes' plugin/pkg/admission/storage/persistentvolume/resize. */
export const persistentVolumeClaimResize = (reader: ObjectReader): AdmissionPlugin => ({
  name: 'PersistentVolumeClaimResize',
  async validate(request) {
    if (request.operation !== 'UPDATE' || !isAbout(request, '', 'persistentvolumeclaims')) return;
    const [next, old] = [request.object as PersistentVolumeClaim, request.old as PersistentVolumeClaim];
    if (compareQuantities(sizeOf(next), sizeOf(old)) <= 0) return;
    if (old.status?.phase !== 'Bound') throw refused(request, 'Only bound persistent volume claims can be expanded');
    if (await mayExpand(reader, next, old)) return;
    throw refused(
      request,
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
  },
});

const sizeOf = ({ spec }: PersistentVolumeClaim) => quantityFrom(spec?.resources?.requests?.['storage']);

async function mayExpand(reader: ObjectReader, next: PersistentVolumeClaim, old: PersistentVolumeClaim): Promise<boolean> {
  const [nextClass, oldClass] = [classOf(next), classOf(old)];
  if (nextClass === '' || nextClass !== oldClass) return false;
  return (await reader.get(StorageClass, undefined, nextClass))?.allowVolumeExpansion ?? false;
}

const classOf = ({ metadata, spec }: PersistentVolumeClaim): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
