import type { PersistentVolume, PersistentVolumeSpec } from '../../generated/core/v1.ts';
import { expressionWarnings } from './node-label-deprecations.ts';
import { classAnnotationWarnings } from './volume-class.ts';

const removedSources: readonly (readonly [keyof PersistentVolumeSpec, path: string, since: string])[] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

export function persistentVolumeWarnings(volume: PersistentVolume): string[] {
  const { spec } = volume;
  const warnings = classAnnotationWarnings(volume);
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') {
    warnings.push(
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    );
  }
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  warnings.push(...terms.flatMap((term, i) => expressionWarnings(term, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`)));
  for (const [source, path, since] of removedSources) if (spec[source]) warnings.push(`spec.${path}: ${since}`);
  return warnings;
}
