import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { defineController } from '../../client/controller.ts';

const finalizer = 'kubernetes.io/pv-protection';

/** A volume that is to go stays while it is bound. Source: volume/pvprotection. */
export const volumeProtectionController = defineController({
  name: 'persistentvolume-protection-controller',
  for: PersistentVolume,
  async reconcile(volume, { client }) {
    const { metadata, status } = volume;
    const finalizers = metadata.finalizers ?? [];
    const isHeld = finalizers.includes(finalizer);
    if (metadata.deletionTimestamp === undefined) {
      // Made before there was the admission plugin.
      if (!isHeld) await client.update(PersistentVolume, { ...volume, metadata: { ...metadata, finalizers: [...finalizers, finalizer] } });
    } else if (isHeld && status.phase !== 'Bound') {
      await client.update(PersistentVolume, {
        ...volume,
        metadata: { ...metadata, finalizers: finalizers.filter((one) => one !== finalizer) },
      });
    }
  },
});
