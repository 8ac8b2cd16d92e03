import type { AdmissionPlugin } from '../../ports.ts';
import { isCreateOf } from '../request.ts';

const finalizers: Readonly<Record<string, string>> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
};

/** Holds volumes and claims while they are used; the protection controllers let go of them. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  mutate(request) {
    const finalizer = finalizers[request.kind.plural];
    if (!finalizer || !isCreateOf(request, '', request.kind.plural)) return;
    const { metadata } = request.object!;
    if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
  },
};
