import type { ISCSIVolumeSource, QuobyteVolumeSource, Volume } from '../../generated/core/v1.ts';
import { invalid, notSupported, required, tooLong, type FieldError } from '../../field-error.ts';
import { validateOptionalSupported, validatePresent, validateRequiredText, validateText } from '../../validation/field-checks.ts';
import { dns1123Label, dns1123Subdomain, inRange } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { isAbsolutePath, validateLocalDescendingPath } from './volume-paths.ts';

/**
 * The sources that are one storage system's own. Few are still in use, but manifests and old
 * clusters have them, and each is checked as far as upstream checks it. `path` is the source's.
 */
export const driverChecks = {
  gitRepo: ({ gitRepo }: Volume, path: string) => [
    ...validatePresent(gitRepo?.repository, `${path}.repository`),
    ...validateLocalDescendingPath(gitRepo?.directory ?? '', `${path}.directory`),
  ],
  // Upstream names the field by half: kept.
  gcePersistentDisk: ({ gcePersistentDisk }: Volume, path: string) => {
    const at = path.replace(/gcePersistentDisk$/, 'persistentDisk');
    return [...validatePresent(gcePersistentDisk?.pdName, `${at}.pdName`), ...validatePartition(gcePersistentDisk?.partition, at)];
  },
  awsElasticBlockStore: ({ awsElasticBlockStore }: Volume, path: string) => [
    ...validatePresent(awsElasticBlockStore?.volumeID, `${path}.volumeID`),
    ...validatePartition(awsElasticBlockStore?.partition, path),
  ],
  nfs: ({ nfs }: Volume, path: string) => [
    ...validatePresent(nfs?.server, `${path}.server`),
    ...validatePresent(nfs?.path, `${path}.path`),
    ...(isAbsolutePath(nfs?.path ?? '') ? [] : [invalid(`${path}.path`, nfs?.path ?? '', 'must be an absolute path')]),
  ],
  iscsi: ({ iscsi, name }: Volume, path: string) => validateIscsi(iscsi!, name, path),
  glusterfs: ({ glusterfs }: Volume, path: string) => [
    ...validatePresent(glusterfs?.endpoints, `${path}.endpoints`),
    ...validatePresent(glusterfs?.path, `${path}.path`),
  ],
  flocker: validateFlocker,
  rbd: ({ rbd }: Volume, path: string) => [
    ...(rbd?.monitors?.length ? [] : [required(`${path}.monitors`)]),
    ...validatePresent(rbd?.image, `${path}.image`),
  ],
  cinder: ({ cinder }: Volume, path: string) => [
    ...validatePresent(cinder?.volumeID, `${path}.volumeID`),
    ...(cinder?.secretRef ? validatePresent(cinder.secretRef.name, `${path}.secretRef.name`) : []),
  ],
  cephfs: ({ cephfs }: Volume, path: string) => (cephfs?.monitors?.length ? [] : [required(`${path}.monitors`)]),
  quobyte: ({ quobyte }: Volume, path: string) => validateQuobyte(quobyte!, path),
  fc: validateFibreChannel,
  flexVolume: validateFlexVolume,
  azureFile: ({ azureFile }: Volume, path: string) => [
    ...validatePresent(azureFile?.secretName, `${path}.secretName`),
    ...validatePresent(azureFile?.shareName, `${path}.shareName`),
  ],
  vsphereVolume: ({ vsphereVolume }: Volume, path: string) => validatePresent(vsphereVolume?.volumePath, `${path}.volumePath`),
  photonPersistentDisk: ({ photonPersistentDisk }: Volume, path: string) => validatePresent(photonPersistentDisk?.pdID, `${path}.pdID`),
  portworxVolume: ({ portworxVolume }: Volume, path: string) => validatePresent(portworxVolume?.volumeID, `${path}.volumeID`),
  azureDisk: validateAzureDisk,
  storageos: ({ storageos }: Volume, path: string) => [
    ...validateRequiredText(storageos?.volumeName, `${path}.volumeName`, dns1123Label),
    ...(storageos?.volumeNamespace ? validateText(storageos.volumeNamespace, `${path}.volumeNamespace`, dns1123Label) : []),
    ...(storageos?.secretRef ? validatePresent(storageos.secretRef.name, `${path}.secretRef.name`) : []),
  ],
  scaleIO: ({ scaleIO }: Volume, path: string) => [
    ...validatePresent(scaleIO?.gateway, `${path}.gateway`),
    ...validatePresent(scaleIO?.system, `${path}.system`),
    ...validatePresent(scaleIO?.volumeName, `${path}.volumeName`),
  ],
} satisfies Partial<Record<keyof Volume, (volume: Volume, path: string) => FieldError[]>>;

const maxDriverNameBytes = 63;

/** A subdomain in either case. */
export function validateCsiDriverName(name: string, path: string): FieldError[] {
  const problems = name === '' ? [required(path)] : [];
  if (utf8Length(name) > maxDriverNameBytes) problems.push(tooLong(path, maxDriverNameBytes));
  problems.push(...dns1123Subdomain(name.toLowerCase()).map((detail) => invalid(path, name, detail)));
  return problems;
}

/** Upstream allows 0, which its sentence denies. */
function validatePartition(partition: number | undefined, path: string): FieldError[] {
  if (partition === undefined || (partition >= 0 && partition <= 255)) return [];
  return [invalid(`${path}.partition`, partition, 'must be between 1 and 255, inclusive')];
}

const lun = (value: number, path: string): FieldError[] => inRange(value, 0, 255).map((detail) => invalid(`${path}.lun`, value, detail));

const initiatorShapes: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function validateIscsi(iscsi: ISCSIVolumeSource, volumeName: string, path: string): FieldError[] {
  const problems = [
    ...validatePresent(iscsi.targetPortal, `${path}.targetPortal`),
    ...(iscsi.iqn ? validateQualifiedIscsiName(iscsi.iqn, `${path}.iqn`) : [required(`${path}.iqn`)]),
    ...lun(iscsi.lun ?? 0, path),
  ];
  if ((iscsi.chapAuthDiscovery || iscsi.chapAuthSession) && !iscsi.secretRef) problems.push(required(`${path}.secretRef`));
  if (iscsi.initiatorName === undefined) return problems;
  problems.push(...validateQualifiedIscsiName(iscsi.initiatorName, `${path}.initiatorname`));
  if (utf8Length(`${volumeName}:${iscsi.targetPortal}`) > 64) {
    const detail = 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
    problems.push(invalid(path.replace(/iscsi$/, 'name'), volumeName, detail));
  }
  return problems;
}

function validateQualifiedIscsiName(name: string, path: string): FieldError[] {
  const shape = initiatorShapes[name.slice(0, 3)];
  if (!shape) return [invalid(path, name, 'must be valid format starting with iqn, eui, or naa')];
  return shape.test(name) ? [] : [invalid(path, name, 'must be valid format')];
}

function validateFlocker({ flocker }: Volume, path: string): FieldError[] {
  const { datasetName = '', datasetUUID = '' } = flocker ?? {};
  const problems: FieldError[] = [];
  if (!datasetName && !datasetUUID) problems.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (datasetName && datasetUUID) {
    problems.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  }
  if (datasetName.includes('/')) problems.push(invalid(`${path}.datasetName`, datasetName, "must not contain '/'"));
  return problems;
}

function validateQuobyte(quobyte: QuobyteVolumeSource, path: string): FieldError[] {
  const pairs = 'must be a host:port pair or multiple pairs separated by commas';
  const problems: FieldError[] = [];
  if (!quobyte.registry) problems.push(required(`${path}.registry`, pairs));
  else if ((quobyte.tenant ?? '').length >= 65) {
    problems.push(required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  } else {
    const bad = quobyte.registry.split(',').filter((pair) => !/^(\[[^\]]*\]|[^:[\]]*):[^:]*$/.test(pair));
    problems.push(...bad.map(() => invalid(`${path}.registry`, quobyte.registry, pairs)));
  }
  return [...problems, ...validatePresent(quobyte.volume, `${path}.volume`)];
}

function validateFibreChannel({ fc }: Volume, path: string): FieldError[] {
  const names = fc?.targetWWNs ?? [];
  const ids = fc?.wwids ?? [];
  const problems: FieldError[] = [];
  if (names.length === 0 && ids.length === 0) {
    problems.push(required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'));
  }
  if (names.length > 0 && ids.length > 0) {
    problems.push(invalid(`${path}.targetWWNs`, names, 'targetWWNs and wwids can not be specified simultaneously'));
  }
  if (names.length === 0) return problems;
  if (fc?.lun === undefined) return [...problems, required(`${path}.lun`, 'lun is required if targetWWNs is specified')];
  return [...problems, ...lun(fc.lun, path)];
}

function validateFlexVolume({ flexVolume }: Volume, path: string): FieldError[] {
  const reserved = Object.keys(flexVolume?.options ?? {}).filter((key) =>
    /\.(kubernetes|k8s)\.io$/.test(`.${key.split('/')[0]!.toLowerCase()}`),
  );
  return [
    ...validatePresent(flexVolume?.driver, `${path}.driver`),
    ...reserved.map((key) => invalid(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')),
  ];
}

const managedDisk = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobDisk = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

function validateAzureDisk({ azureDisk }: Volume, path: string): FieldError[] {
  const { diskName, cachingMode, kind } = azureDisk!;
  const diskURI = azureDisk!.diskURI ?? '';
  const problems = [
    ...validatePresent(diskName, `${path}.diskName`),
    ...validatePresent(diskURI, `${path}.diskURI`),
    ...validateOptionalSupported(cachingMode, `${path}.cachingMode`, ['None', 'ReadOnly', 'ReadWrite']),
    ...validateOptionalSupported(kind, `${path}.kind`, ['Dedicated', 'Managed', 'Shared']),
  ];
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/')) problems.push(notSupported(`${path}.diskURI`, diskURI, [managedDisk]));
  if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://')) {
    problems.push(notSupported(`${path}.diskURI`, diskURI, [blobDisk]));
  }
  return problems;
}
