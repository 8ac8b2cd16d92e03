import type { Volume } from '../../generated/core/v1.ts';
import { duplicate, forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import { compareQuantities, quantityOf } from '../../quantity.ts';
import { validateOptionalSupported, validatePresent, validateRequiredSupported, validateText } from '../../validation/field-checks.ts';
import { dns1123Label, dns1123Subdomain } from '../../validation/names.ts';
import { validateVolumeClaimTemplate } from './volume-claim-template-validation.ts';
import { driverChecks, validateCsiDriverName } from './volume-driver-validation.ts';
import { quantityFrom } from './resource-quantities.ts';
import { validateFileMode, validateNoBacksteps } from './volume-paths.ts';
import { validateDownwardFile, validateKeyToPath, validateProjected } from './volume-projection-validation.ts';

/** The pod a volume is in, where it is known: a template's pods have no names yet. */
export interface VolumeContext {
  readonly podName?: string;
  readonly isPod: boolean;
}

export interface ValidatedVolumes {
  /** Those without problems, by name: what mounts may refer to. */
  readonly byName: ReadonlyMap<string, Volume>;
  readonly problems: FieldError[];
}

export function validateVolumes(volumes: readonly Volume[], context: VolumeContext, path: string): ValidatedVolumes {
  const byName = new Map<string, Volume>();
  const problems: FieldError[] = [];
  const madeClaims = new Set(context.podName ? volumes.filter((one) => one.ephemeral).map((one) => `${context.podName}-${one.name}`) : []);
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`;
    const own = validateVolume(volume, context, at);
    if (byName.has(volume.name)) own.push(duplicate(`${at}.name`, volume.name));
    if (own.length === 0) byName.set(volume.name, volume);
    problems.push(...own);
    const claimName = volume.persistentVolumeClaim?.claimName;
    if (claimName !== undefined && madeClaims.has(claimName)) {
      const detail = 'must not reference a PVC that gets created for an ephemeral volume';
      problems.push(invalid(`${at}.persistentVolumeClaim.claimName`, claimName, detail));
    }
  });
  return { byName, problems };
}

function validateVolume(volume: Volume, context: VolumeContext, path: string): FieldError[] {
  const named = volume.name ? validateText(volume.name, `${path}.name`, dns1123Label) : [required(`${path}.name`)];
  return [...validateSources(volume, context, path), ...named];
}

type SourceCheck = (volume: Volume, path: string, context: VolumeContext) => FieldError[];
type SourceName = Exclude<keyof Volume, 'name'>;

/** In upstream's order, which decides which of two sources is one too many. */
const sourceChecks: readonly (readonly [source: SourceName, check: SourceCheck])[] = [
  ['emptyDir', validateEmptyDir],
  ['hostPath', validateHostPath],
  ['gitRepo', driverChecks.gitRepo],
  ['gcePersistentDisk', driverChecks.gcePersistentDisk],
  ['awsElasticBlockStore', driverChecks.awsElasticBlockStore],
  ['secret', validateSecret],
  ['nfs', driverChecks.nfs],
  ['iscsi', driverChecks.iscsi],
  ['glusterfs', driverChecks.glusterfs],
  ['flocker', driverChecks.flocker],
  ['persistentVolumeClaim', ({ persistentVolumeClaim }, path) => validatePresent(persistentVolumeClaim?.claimName, `${path}.claimName`)],
  ['rbd', driverChecks.rbd],
  ['cinder', driverChecks.cinder],
  ['cephfs', driverChecks.cephfs],
  ['quobyte', driverChecks.quobyte],
  ['downwardAPI', validateDownwardApi],
  ['fc', driverChecks.fc],
  ['flexVolume', driverChecks.flexVolume],
  ['configMap', validateConfigMap],
  ['azureFile', driverChecks.azureFile],
  ['vsphereVolume', driverChecks.vsphereVolume],
  ['photonPersistentDisk', driverChecks.photonPersistentDisk],
  ['portworxVolume', driverChecks.portworxVolume],
  ['azureDisk', driverChecks.azureDisk],
  ['storageos', driverChecks.storageos],
  ['projected', ({ projected }, path) => validateProjected(projected!, path)],
  ['scaleIO', driverChecks.scaleIO],
  ['csi', validateCsi],
  ['ephemeral', validateEphemeral],
  ['image', validateImage],
];

function validateSources(volume: Volume, context: VolumeContext, path: string): FieldError[] {
  const set = sourceChecks.filter(([source]) => volume[source] !== undefined && volume[source] !== null);
  if (set.length === 0) return [required(path, 'must specify a volume type')];
  return set.flatMap(([source, check], i) =>
    i === 0 ? check(volume, `${path}.${source}`, context) : [forbidden(`${path}.${source}`, 'may not specify more than 1 volume type')],
  );
}

function validateEmptyDir({ emptyDir }: Volume, path: string): FieldError[] {
  const negative = emptyDir?.sizeLimit !== undefined && compareQuantities(quantityFrom(emptyDir.sizeLimit), quantityOf(0)) < 0;
  return negative ? [forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')] : [];
}

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

function validateHostPath({ hostPath }: Volume, path: string): FieldError[] {
  if (!hostPath?.path) return [required(`${path}.path`)];
  return [
    ...validateNoBacksteps(hostPath.path, `${path}.path`),
    ...validateOptionalSupported(hostPath.type, `${path}.type`, hostPathTypes),
  ];
}

function validateSecret({ secret }: Volume, path: string): FieldError[] {
  return [
    ...validatePresent(secret?.secretName, `${path}.secretName`),
    ...validateFileMode(secret?.defaultMode, `${path}.defaultMode`),
    ...(secret?.items ?? []).flatMap((item, i) => validateKeyToPath(item, `${path}.items[${i}]`)),
  ];
}

function validateConfigMap({ configMap }: Volume, path: string): FieldError[] {
  return [
    ...validatePresent(configMap?.name, `${path}.name`),
    ...validateFileMode(configMap?.defaultMode, `${path}.defaultMode`),
    ...(configMap?.items ?? []).flatMap((item, i) => validateKeyToPath(item, `${path}.items[${i}]`)),
  ];
}

function validateDownwardApi({ downwardAPI }: Volume, path: string): FieldError[] {
  const mode = validateFileMode(downwardAPI?.defaultMode, `${path}.defaultMode`);
  // Upstream gives all files the volume's path.
  return [...mode, ...(downwardAPI?.items ?? []).flatMap((file) => validateDownwardFile(file, path))];
}

function validateCsi({ csi }: Volume, path: string): FieldError[] {
  const problems = validateCsiDriverName(csi?.driver ?? '', `${path}.driver`);
  if (!csi?.nodePublishSecretRef) return problems;
  const { name } = csi.nodePublishSecretRef;
  if (!name) return [...problems, required(`${path}.nodePublishSecretRef.name`)];
  return [...problems, ...validateText(name, `${path}.name`, dns1123Subdomain)];
}

function validateEphemeral({ ephemeral, name }: Volume, path: string, { podName }: VolumeContext): FieldError[] {
  const template = ephemeral?.volumeClaimTemplate;
  if (!template) return [required(`${path}.volumeClaimTemplate`)];
  const problems = validateVolumeClaimTemplate(template, `${path}.volumeClaimTemplate`);
  if (podName && name) {
    const claim = `${podName}-${name}`;
    const namePath = `${path.slice(0, path.lastIndexOf('.'))}.name`;
    problems.push(...dns1123Subdomain(claim).map((detail) => invalid(namePath, name, `PVC name "${claim}": ${detail}`)));
  }
  return problems;
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

function validateImage({ image }: Volume, path: string, { isPod }: VolumeContext): FieldError[] {
  return [
    ...(isPod ? validatePresent(image?.reference, `${path}.reference`) : []),
    ...validateRequiredSupported(image?.pullPolicy, `${path}.pullPolicy`, pullPolicies),
  ];
}
