import type { ProjectedVolumeSource, Volume } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { defaultPullPolicy } from './container-image.ts';
import { roundResources } from './resource-quantities.ts';

/** 0644, as JSON writes it. */
const readableByAll = 0o644;
const hourSeconds = 3600;

/** Upstream's SetDefaults_Volume, and those of every source it may have. A volume that names no source is an empty directory. */
export function defaultVolume(volume: Draft<Volume>): void {
  const { name: _name, ...sources } = volume;
  if (Object.values(sources).every((source) => source === undefined || source === null)) volume.emptyDir = {};
  if (volume.hostPath) volume.hostPath.type ??= '';
  if (volume.secret) volume.secret.defaultMode ??= readableByAll;
  if (volume.configMap) volume.configMap.defaultMode ??= readableByAll;
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= readableByAll;
    defaultDownwardFiles(volume.downwardAPI.items);
  }
  if (volume.projected) defaultProjected(volume.projected);
  if (volume.image) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference ?? '');
  defaultClaimTemplate(volume);
  defaultDriver(volume);
}

function defaultProjected(projected: Draft<ProjectedVolumeSource>): void {
  projected.defaultMode ??= readableByAll;
  for (const source of projected.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= hourSeconds;
    if (source.podCertificate) source.podCertificate.maxExpirationSeconds ??= 24 * hourSeconds;
    defaultDownwardFiles(source.downwardAPI?.items);
  }
}

function defaultDownwardFiles(files: Draft<NonNullable<Volume['downwardAPI']>>['items']): void {
  for (const file of files ?? []) {
    if (file.fieldRef) file.fieldRef.apiVersion ||= 'v1';
    if (file.resourceFieldRef) file.resourceFieldRef.divisor ??= '0';
  }
}

function defaultClaimTemplate({ ephemeral }: Draft<Volume>): void {
  const spec = ephemeral?.volumeClaimTemplate?.spec;
  if (!spec) return;
  spec.volumeMode ??= 'Filesystem';
  for (const list of [spec.resources?.limits, spec.resources?.requests]) {
    if (list) roundResources(list);
  }
}

/** Of the drivers that were once in the tree. */
function defaultDriver(volume: Draft<Volume>): void {
  if (volume.iscsi) volume.iscsi.iscsiInterface ||= 'default';
  if (volume.rbd) {
    volume.rbd.pool ||= 'rbd';
    volume.rbd.user ||= 'admin';
    volume.rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (volume.azureDisk) {
    volume.azureDisk.cachingMode ??= 'ReadWrite';
    volume.azureDisk.kind ??= 'Shared';
    volume.azureDisk.fsType ??= 'ext4';
    volume.azureDisk.readOnly ??= false;
  }
  if (volume.scaleIO) {
    volume.scaleIO.storageMode ||= 'ThinProvisioned';
    volume.scaleIO.fsType ||= 'xfs';
  }
}
