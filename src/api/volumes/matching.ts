/** Which volume suits a claim. Source: upstream's component-helpers/storage/volume/pv_helpers.go, FindMatchingVolume. */
import type { PersistentVolume, PersistentVolumeClaim } from '../generated/core/v1.ts';
import { quantityFrom } from '../kinds/core/resource-quantities.ts';
import { storageClassOf } from '../kinds/core/volume-class.ts';
import { matchesLabels, selectorOf } from '../label-selector.ts';
import { compareQuantities, type Quantity } from '../quantity.ts';
import { isBoundToClaim } from './binding.ts';

export interface MatchOptions {
  /** Only volumes that are reserved for the claim: the scheduler chooses among the others. */
  readonly reservedOnly?: boolean;
  /** Does the volume suit in other ways, such as the node? One that is reserved for the claim and does not ends the search. */
  readonly suits?: (volume: PersistentVolume) => boolean;
}

/**
 * The volume reserved for the claim, else the smallest that is large enough among those with the
 * fewest access modes beyond those asked for; of equals the first by name.
 */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  { reservedOnly = false, suits = () => true }: MatchOptions = {},
): PersistentVolume | undefined {
  const wanted = storageOf(claim.spec.resources?.requests);
  const fits = (volume: PersistentVolume) =>
    volume.metadata.deletionTimestamp === undefined &&
    hasSameModes(claim, volume) &&
    offersAccessModes(claim, volume) &&
    compareQuantities(storageOf(volume.spec.capacity), wanted) >= 0;
  const reserved = volumes.find((volume) => isBoundToClaim(volume, claim) && fits(volume));
  if (reserved || reservedOnly) return reserved && suits(reserved) ? reserved : undefined;
  const storageClass = storageClassOf(claim);
  const selector = claim.spec.selector && selectorOf(claim.spec.selector);
  const free = volumes.filter(
    (volume) =>
      !volume.spec.claimRef &&
      storageClassOf(volume) === storageClass &&
      (!selector || matchesLabels(selector, volume.metadata.labels)) &&
      fits(volume) &&
      suits(volume),
  );
  return free.length === 0 ? undefined : free.reduce((best, volume) => (compare(volume, best) < 0 ? volume : best));
}

/** Why a volume that the claim names cannot be bound to it; undefined when it can. */
export function mismatch(claim: PersistentVolumeClaim, volume: PersistentVolume): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined) return `the volume is marked for deletion ${JSON.stringify(volume.metadata.name)}`;
  if (compareQuantities(storageOf(volume.spec.capacity), storageOf(claim.spec.resources?.requests)) < 0) return 'requested PV is too small';
  if (storageClassOf(volume) !== storageClassOf(claim)) return 'storageClassName does not match';
  if (attributesClassOf(claim) !== attributesClassOf(volume)) return 'volumeAttributesClassName does not match';
  if (!hasSameModes(claim, volume)) return 'incompatible volumeMode';
  return offersAccessModes(claim, volume) ? undefined : 'incompatible accessMode';
}

type Bindable = PersistentVolume | PersistentVolumeClaim;

const hasSameModes = (claim: PersistentVolumeClaim, volume: PersistentVolume): boolean =>
  modeOf(claim) === modeOf(volume) && attributesClassOf(claim) === attributesClassOf(volume);
const modeOf = ({ spec }: Bindable): string => spec.volumeMode ?? 'Filesystem';
const attributesClassOf = ({ spec }: Bindable): string => spec.volumeAttributesClassName ?? '';

const offersAccessModes = (claim: PersistentVolumeClaim, volume: PersistentVolume): boolean =>
  (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode));

const storageOf = (amounts: Readonly<Record<string, string>> | undefined): Quantity => quantityFrom(amounts?.['storage']);

function compare(a: PersistentVolume, b: PersistentVolume): number {
  const byModes = new Set(a.spec.accessModes).size - new Set(b.spec.accessModes).size;
  if (byModes !== 0) return byModes;
  const bySize = compareQuantities(storageOf(a.spec.capacity), storageOf(b.spec.capacity));
  return bySize !== 0 ? bySize : (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}
