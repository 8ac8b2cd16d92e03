import type { Container, Volume, VolumeDevice, VolumeMount } from '../../generated/core/v1.ts';
import { forbidden, invalid, notFoundValue, notSupported, required, type FieldError } from '../../field-error.ts';
import { validateLocalDescendingPath, validateNoBacksteps } from './volume-paths.ts';

type Volumes = ReadonlyMap<string, Volume>;
type Mounting = Pick<Container, 'volumeMounts' | 'volumeDevices' | 'securityContext'>;

/** `path` is the container's. */
export function validateMountsAndDevices(container: Mounting, volumes: Volumes, path: string): FieldError[] {
  const { volumeMounts = [], volumeDevices = [] } = container;
  const devicePaths = new Map(volumeDevices.map(({ name, devicePath }) => [name, devicePath]));
  const mountPaths = new Map(volumeMounts.map(({ name, mountPath }) => [name, mountPath]));
  return [
    ...validateMounts(volumeMounts, devicePaths, volumes, container, `${path}.volumeMounts`),
    ...validateDevices(volumeDevices, mountPaths, volumes, `${path}.volumeDevices`),
  ];
}

function validateMounts(
  mounts: readonly VolumeMount[],
  devicePaths: ReadonlyMap<string, string>,
  volumes: Volumes,
  container: Mounting,
  path: string,
): FieldError[] {
  const seen = new Set<string>();
  return mounts.flatMap((mount, i) => {
    const at = `${path}[${i}]`;
    const problems = validateMountPlace(mount, seen, volumes, at);
    seen.add(mount.mountPath);
    if (devicePaths.has(mount.name)) problems.push(invalid(`${at}.name`, mount.name, 'must not already exist in volumeDevices'));
    if ([...devicePaths.values()].includes(mount.mountPath)) {
      problems.push(invalid(`${at}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices'));
    }
    // Upstream tells these of the list, not of the mount.
    return [...problems, ...validateSubPaths(mount, at, path), ...validateMountModes(mount, container, path)];
  });
}

function validateMountPlace(mount: VolumeMount, seen: ReadonlySet<string>, volumes: Volumes, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!mount.name) problems.push(required(`${path}.name`));
  if (!volumes.has(mount.name)) problems.push(notFoundValue(`${path}.name`, mount.name ?? ''));
  if (!mount.mountPath) problems.push(required(`${path}.mountPath`));
  if (seen.has(mount.mountPath)) problems.push(invalid(`${path}.mountPath`, mount.mountPath, 'must be unique'));
  return problems;
}

function validateSubPaths(mount: VolumeMount, path: string, listPath: string): FieldError[] {
  const { subPath, subPathExpr } = mount;
  const problems: FieldError[] = [];
  if (subPath) problems.push(...validateLocalDescendingPath(subPath, `${listPath}.subPath`));
  if (subPathExpr) {
    if (subPath) problems.push(invalid(`${path}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
    problems.push(...validateLocalDescendingPath(subPathExpr, `${listPath}.subPathExpr`));
  }
  return problems;
}

const propagations = ['Bidirectional', 'HostToContainer', 'None'];
const recursiveReadOnlyModes = ['Disabled', 'Enabled', 'IfPossible'];

function validateMountModes(mount: VolumeMount, container: Mounting, path: string): FieldError[] {
  const { mountPropagation, recursiveReadOnly, readOnly } = mount;
  const problems: FieldError[] = [];
  if (mountPropagation !== undefined) {
    const at = `${path}.mountPropagation`;
    if (!propagations.includes(mountPropagation)) problems.push(notSupported(at, mountPropagation, propagations));
    if (mountPropagation === 'Bidirectional' && !container.securityContext?.privileged) {
      problems.push(forbidden(at, 'Bidirectional mount propagation is available only to privileged containers'));
    }
  }
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return problems;
  const at = `${path}.recursiveReadOnly`;
  if (!recursiveReadOnlyModes.includes(recursiveReadOnly))
    return [...problems, notSupported(at, recursiveReadOnly, recursiveReadOnlyModes)];
  if (!readOnly) problems.push(forbidden(at, 'may only be specified when readOnly is true'));
  if (mountPropagation !== undefined && mountPropagation !== 'None') {
    problems.push(forbidden(at, 'may only be specified when mountPropagation is None or not specified'));
  }
  return problems;
}

function validateDevices(
  devices: readonly VolumeDevice[],
  mountPaths: ReadonlyMap<string, string>,
  volumes: Volumes,
  path: string,
): FieldError[] {
  const names = new Set<string>();
  const paths = new Set<string>();
  return devices.flatMap((device, i) => {
    const at = `${path}[${i}]`;
    const problems = validateDeviceName(device.name ?? '', names, volumes, `${at}.name`);
    problems.push(...validateDevicePath(device.devicePath ?? '', paths, `${at}.devicePath`));
    if (mountPaths.has(device.name)) problems.push(invalid(`${at}.name`, device.name, 'must not already exist in volumeMounts'));
    if ([...mountPaths.values()].includes(device.devicePath)) {
      problems.push(invalid(`${at}.devicePath`, device.devicePath, 'must not already exist as a path in volumeMounts'));
    }
    if (device.name) names.add(device.name);
    return problems;
  });
}

function validateDeviceName(name: string, seen: ReadonlySet<string>, volumes: Volumes, path: string): FieldError[] {
  const volume = volumes.get(name);
  const problems: FieldError[] = [];
  if (name === '') problems.push(required(path));
  if (seen.has(name)) problems.push(invalid(path, name, 'must be unique'));
  if (!volume) problems.push(notFoundValue(path, name));
  else if (!volume.persistentVolumeClaim && !volume.ephemeral) {
    problems.push(invalid(path, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
  }
  return problems;
}

function validateDevicePath(devicePath: string, seen: Set<string>, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (devicePath === '') problems.push(required(path));
  if (seen.has(devicePath)) problems.push(invalid(path, devicePath, 'must be unique'));
  if (validateNoBacksteps(devicePath, path).length > 0) problems.push(invalid(path, devicePath, "can not contain backsteps ('..')"));
  else seen.add(devicePath);
  return problems;
}
