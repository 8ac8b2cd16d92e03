import { loops } from '../descriptor.ts';
import { claimController } from './claims.ts';
import { volumeController } from './volumes.ts';

export const persistentVolumeBinder = loops('persistentvolume-binder-controller', 'persistent-volume-binder', ({ flags }) => [
  claimController(flags.claimBinderSyncMs),
  volumeController(flags.claimBinderSyncMs),
]);
