import { forbidden, required, type FieldError } from '../../field-error.ts';
import type { PersistentVolumeSpec, SecretReference, Volume } from '../../generated/core/v1.ts';
import { validatePresent, validateRequiredText } from '../../validation/field-checks.ts';
import { dns1123Label, dns1123Subdomain } from '../../validation/names.ts';
import { validateNodeSelector } from './node-selector-validation.ts';
import { driverChecks, validateCsiDriverName } from './volume-driver-validation.ts';
import { validateNoBacksteps } from './volume-paths.ts';

/** In upstream's order, which decides which of two is one too many. */
const checkOrder = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const satisfies readonly (keyof PersistentVolumeSpec)[];

type SourceName = (typeof checkOrder)[number];
type VolumeSource = { -readonly [Name in SourceName]?: PersistentVolumeSpec[Name] };

/** In the order of upstream's type, as its diffs list them. */
export const volumeSources: readonly SourceName[] = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'hostPath',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'flexVolume',
  'cinder',
  'cephfs',
  'fc',
  'flocker',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'local',
  'storageos',
  'csi',
];

/** The part of a volume's spec that says where the data is. */
export const volumeSourceOf = (spec: PersistentVolumeSpec): VolumeSource =>
  Object.fromEntries(volumeSources.filter((name) => spec[name]).map((name) => [name, spec[name]]));

export function validateVolumeSources(spec: PersistentVolumeSpec, volumeName: string, path: string): FieldError[] {
  const problems = validateNodeAffinity(spec, `${path}.nodeAffinity`);
  const present = checkOrder.filter((source) => spec[source]);
  if (present.length === 0) return [...problems, required(path, 'must specify a volume type')];
  present.forEach((source, i) => {
    const at = `${path}.${source}`;
    if (i > 0 && source !== 'flexVolume') problems.push(forbidden(at, 'may not specify more than 1 volume type'));
    else problems.push(...validateSource(source, spec, volumeName, at));
  });
  if (spec.local && !spec.nodeAffinity) problems.push(required(`${path}.nodeAffinity`, 'Local volume requires node affinity'));
  if (spec.persistentVolumeReclaimPolicy === 'Recycle' && isRoot(spec.hostPath?.path)) {
    problems.push(forbidden(`${path}.persistentVolumeReclaimPolicy`, "may not be 'recycle' for a hostPath mount of '/'"));
  }
  return problems;
}

function validateNodeAffinity({ nodeAffinity }: PersistentVolumeSpec, path: string): FieldError[] {
  if (!nodeAffinity) return [];
  if (!nodeAffinity.required) return [required(`${path}.required`, 'must specify required node constraints')];
  return validateNodeSelector(nodeAffinity.required, `${path}.required`);
}

/** `/`, `//` or `/a/..`: whatever cleaning leaves of it is the root. */
function isRoot(path: string | undefined): boolean {
  if (!path?.startsWith('/')) return false;
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return kept.length === 0;
}

function validateSource(source: SourceName, spec: PersistentVolumeSpec, volumeName: string, path: string): FieldError[] {
  switch (source) {
    case 'hostPath':
      return validatePathSource(spec.hostPath!.path, path);
    case 'local':
      return validatePathSource(spec.local!.path, path);
    case 'csi':
      return validateCsi(spec, path);
    default: {
      // Sources that pods have too, but for the namespaces of their secrets.
      const check: (volume: Volume, path: string) => FieldError[] = driverChecks[source];
      const volume = { ...volumeSourceOf(spec), name: volumeName } as Volume;
      return [...check(volume, path), ...validateSecretNamespace(source, spec, path)];
    }
  }
}

const validatePathSource = (target: string, path: string): FieldError[] =>
  target ? validateNoBacksteps(target, `${path}.path`) : [required(`${path}.path`)];

function validateCsi({ csi }: PersistentVolumeSpec, path: string): FieldError[] {
  return [
    ...validateCsiDriverName(csi!.driver, `${path}.driver`),
    ...validatePresent(csi!.volumeHandle, `${path}.volumeHandle`),
    ...csiSecrets.flatMap((field) => (csi![field] ? validateSecretReference(csi![field], `${path}.${field}`) : [])),
  ];
}

const csiSecrets = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const;

const validateSecretReference = ({ name, namespace }: SecretReference, path: string): FieldError[] => [
  ...validateRequiredText(name, `${path}.name`, dns1123Subdomain),
  ...validateRequiredText(namespace, `${path}.namespace`, dns1123Label),
];

function validateSecretNamespace(source: SourceName, spec: PersistentVolumeSpec, path: string): FieldError[] {
  switch (source) {
    case 'cinder':
    case 'storageos':
      return spec[source]?.secretRef ? validatePresent(spec[source].secretRef.namespace, `${path}.secretRef.namespace`) : [];
    case 'azureFile':
      return spec.azureFile?.secretNamespace === '' ? [required(`${path}.secretNamespace`)] : [];
    default:
      return [];
  }
}
