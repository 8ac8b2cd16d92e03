import type { PersistentVolume as VolumeType, Pod as PodType } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { PersistentVolume } from '../../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { storageClassOf } from '../../../api/kinds/core/volume-class.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import { waitsForConsumer } from '../../../api/volumes/binding.ts';
import { skip, stateKey, unresolvable, type Handle, type PluginFactory, type Rejection, type Verdict } from '../../framework.ts';
import { interest, isAdded, isAddedOrRelabelled, labelsChanged } from '../interest.ts';
import { claimKey, claimNotFound, ownClaimAppears } from '../pod-claims.ts';

/** Where a volume can be used: one of its labels, with all the values that will do. */
export interface Place {
  readonly key: string;
  readonly values: ReadonlySet<string>;
}
const places = stateKey<readonly Place[]>('VolumeZone');

/** Keeps pods in the zones and regions of their volumes' labels. Source: kube-scheduler's plugins/volumezone. */
export const volumeZone: PluginFactory = {
  name: 'VolumeZone',
  make: (handle) => ({
    name: 'VolumeZone',
    reads: [PersistentVolume, PersistentVolumeClaim, StorageClass],
    events: [
      interest(StorageClass, (_pod, change) => isAdded(change) && waitsForConsumer(change.now)),
      interest(Node, (_pod, change) => isAddedOrRelabelled(change)),
      ownClaimAppears({ orChanges: true }),
      interest(PersistentVolume, (_pod, change) => isAdded(change) || labelsChanged(change)),
    ],
    preFilter(state, { pod }) {
      const found = placesOf(pod, handle);
      if ('code' in found) return found;
      if (found.length === 0) return skip;
      state.write(places, found);
      return undefined;
    },
    filter: (state, _pod, { node }) => isWithin(state.read(places)!, node.metadata.labels),
  }),
};

/** Old names of labels, to those that nodes have today. */
const labels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
};
const keys = Object.keys(labels);

/** A node without any such label is taken to be in the one zone there is. */
export function isWithin(wanted: readonly Place[], nodeLabels: Readonly<Record<string, string>> | undefined): Verdict {
  if (!nodeLabels || !keys.some((key) => nodeLabels[key] !== undefined)) return undefined;
  for (const { key, values } of wanted) {
    const value = nodeLabels[key] ?? nodeLabels[labels[key]!];
    if (value === undefined || !values.has(value)) return elsewhere;
  }
  return undefined;
}

const elsewhere = unresolvable('node(s) had no available volume zone');

/** Zones joined by two underscores: the volume is in each of them. A list with a gap says nothing. */
export function placesOfVolume({ metadata }: VolumeType): Place[] {
  return keys.flatMap((key) => {
    const values = metadata.labels?.[key]?.split('__').map((zone) => zone.trim()) ?? [];
    return values.length === 0 || values.includes('') ? [] : [{ key, values: new Set(values) }];
  });
}

function placesOf(pod: PodType, { get }: Handle): readonly Place[] | Rejection {
  const found: Place[] = [];
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (!persistentVolumeClaim) continue;
    const name = persistentVolumeClaim.claimName;
    if (!name) return unresolvable('PersistentVolumeClaim had no name');
    const claim = get(PersistentVolumeClaim, claimKey(pod, name));
    if (!claim) return claimNotFound(name);
    const { volumeName } = claim.spec;
    if (!volumeName) {
      const rejection = unboundVerdict(storageClassOf(claim), { get });
      if (rejection) return rejection;
      continue;
    }
    const volume = get(PersistentVolume, volumeName);
    if (!volume) return unresolvable(`persistentvolume ${JSON.stringify(volumeName)} not found`);
    found.push(...placesOfVolume(volume));
  }
  return found;
}

/** A volume that is made only once the pod has its node is where the node is. */
function unboundVerdict(className: string, { get }: Pick<Handle, 'get'>): Verdict {
  if (className === '') return unresolvable('PersistentVolumeClaim had no pv name and storageClass name');
  const storageClass = get(StorageClass, className);
  if (!storageClass) return unresolvable(`storageclass.storage.k8s.io ${JSON.stringify(className)} not found`);
  if (!storageClass.volumeBindingMode) return unresolvable(`VolumeBindingMode not set for StorageClass ${JSON.stringify(className)}`);
  return waitsForConsumer(storageClass) ? undefined : unresolvable('PersistentVolume had no name');
}
