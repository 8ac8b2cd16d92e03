import type { Draft } from '../../../api/draft.ts';
import type { PersistentVolumeClaim } from '../../../api/generated/core/v1.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import type { AdmissionPlugin, ObjectReader } from '../../ports.ts';
import { defaultClassOf, defaultStorageClassMarks } from '../../../api/default-class.ts';
import { isCreateOf } from '../request.ts';

/** Claims of old say their class so. */
const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

/** A claim that names no class (not even '') gets the default one. Source: Kubernetes' plugin/pkg/admission/storage/storageclass/setdefault. */
export const defaultStorageClass = (reader: ObjectReader): AdmissionPlugin => ({
  name: 'DefaultStorageClass',
  async mutate(request) {
    if (!isCreateOf(request, '', 'persistentvolumeclaims')) return;
    const { metadata, spec } = request.object as Draft<PersistentVolumeClaim>;
    if (spec?.storageClassName !== undefined || metadata.annotations?.[classAnnotation] !== undefined) return;
    const found = defaultClassOf(await reader.list(StorageClass), defaultStorageClassMarks);
    if (found && spec) spec.storageClassName = found.metadata.name;
  },
});
