import { isAlreadyExists, isNotFound } from '../../api/errors.ts';
import type { PersistentVolume as VolumeObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isFinished } from '../../api/pods/pod-state.ts';
import { claimKeyOf } from '../../api/volumes/binding.ts';
import type { Context } from '../../client/controller.ts';
import { withType } from '../../workloads/owner.ts';
import { failVolume, unbind } from './bind.ts';

export const recyclerNamespace = 'default';
const namePrefix = 'recycler-for-';
/** Upstream gives host paths a minute, and NFS five. */
const minSeconds = { hostPath: 60, nfs: 300 } as const;

/** How long after one pod the next begins, when it failed. */
const tryAgainMs = 15_000;

/** The volume that a recycler pod empties. */
export const volumeOfRecycler = ({ metadata }: PodObject): string[] =>
  metadata.name?.startsWith(namePrefix) ? [metadata.name.slice(namePrefix.length)] : [];

/**
 * Policy Recycle: a pod empties the volume, then it is free again. Only host paths and NFS can be
 * emptied so. False when it is to be tried again after a while. Source: volume/util/recyclerclient.
 */
export async function recycleVolume(volume: VolumeObject, context: Context): Promise<boolean> {
  const users = podsThatUse(volume, context);
  if (users.length > 0) {
    context.events.event(withType(volume, PersistentVolume), 'Normal', 'VolumeFailedRecycle', `Volume is used by pods: ${users.join(',')}`);
    return false;
  }
  const pod = recyclerPod(volume);
  if (!pod) {
    await failVolume(volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!', context);
    return false;
  }
  const running = context.get(Pod, `${recyclerNamespace}/${pod.metadata.name}`);
  if (!running) await create(pod, context);
  else if (isFinished(running) && running.metadata.deletionTimestamp === undefined) return finish(volume, running, context);
  return true;
}

async function create(pod: PodObject, { client }: Context): Promise<void> {
  try {
    await client.create(Pod, pod);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

async function finish(volume: VolumeObject, pod: PodObject, context: Context): Promise<boolean> {
  if (pod.status.phase === 'Failed') {
    const why = pod.status.message ?? 'Pod was unexpectedly deleted.';
    await failVolume(volume, 'VolumeFailedRecycle', `Recycle failed: ${why}`, context);
    // Its going brings the next; not at once.
    if (context.env.clock.now() - Date.parse(pod.metadata.creationTimestamp ?? '') < tryAgainMs) return false;
  } else {
    context.events.event(withType(volume, PersistentVolume), 'Normal', 'VolumeRecycled', 'Volume recycled');
    await unbind(volume, context);
  }
  try {
    await context.client.delete(Pod, { namespace: recyclerNamespace, name: pod.metadata.name! }, { gracePeriodSeconds: 0 });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return true;
}

function podsThatUse({ spec: { claimRef } }: VolumeObject, { podsWithClaim }: Context): string[] {
  if (!claimRef) return [];
  return podsWithClaim(claimKeyOf(claimRef))
    .filter((pod) => !isFinished(pod))
    .map((pod) => `${pod.metadata.namespace}/${pod.metadata.name}`)
    .sort();
}

/** Undefined for what no pod can empty. */
function recyclerPod({ metadata, spec: { hostPath, nfs } }: VolumeObject): PodObject | undefined {
  const source = hostPath ? { hostPath: { path: hostPath.path } } : nfs && { nfs };
  if (!source) return undefined;
  const scrub = 'test -e /scrub && find /scrub -mindepth 1 -delete && test -z "$(ls -A /scrub)" || exit 1';
  return {
    metadata: { namespace: recyclerNamespace, name: `${namePrefix}${metadata.name}` },
    spec: {
      activeDeadlineSeconds: hostPath ? minSeconds.hostPath : minSeconds.nfs,
      restartPolicy: 'Never',
      volumes: [{ name: 'vol', ...source }],
      containers: [
        {
          name: 'pv-recycler',
          image: 'registry.k8s.io/build-image/debian-base:bookworm-v1.0.6',
          command: ['/bin/sh'],
          args: ['-c', scrub],
          volumeMounts: [{ name: 'vol', mountPath: '/scrub' }],
        },
      ],
    },
    status: {},
  };
}
