import { duplicate, invalid, notSupported, required, tooLong, tooMany, type FieldError } from '../../field-error.ts';
import type { Device, DeviceAttribute, DeviceTaint, ResourceSliceSpec } from '../../generated/resource/v1.ts';
import { validateLabelName } from '../../validation/label-selector.ts';
import { validateNonNegative } from '../../validation/metadata.ts';
import { labelValue } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { validateDriver, validateLabelText, validatePool, validateQualifiedName, validateSubdomainText } from './device-names.ts';

const maxDevices = 128;
/** Attributes and capacities of a device together. */
const maxProperties = 32;
const maxAttributeBytes = 64;
const maxTaints = 16;

/** Upstream's validateResourceSliceSpec, in v1's shape. */
export function validateSliceSpec(spec: ResourceSliceSpec): FieldError[] {
  const { devices = [], pool, sharedCounters = [] } = spec;
  const problems = [...validateDriver(spec.driver, 'spec.driver'), ...validatePool(pool?.name, 'spec.pool.name')];
  if ((pool?.resourceSliceCount ?? 0) <= 0)
    problems.push(invalid('spec.pool.resourceSliceCount', pool?.resourceSliceCount ?? 0, 'must be greater than zero'));
  return [
    ...problems,
    ...validateNonNegative(pool?.generation ?? 0, 'spec.pool.generation'),
    ...validateNodes(spec),
    ...(devices.length > maxDevices ? [tooMany('spec.devices', devices.length, maxDevices)] : []),
    ...devices.flatMap((device, index) => [
      ...validateDevice(device, `spec.devices[${index}]`),
      ...(devices.findIndex(({ name }) => name === device.name) < index ? [duplicate(`spec.devices[${index}]`, device.name)] : []),
    ]),
    ...sharedCounters.flatMap(({ name, counters }, index) => [
      ...validateLabelText(name, `spec.sharedCounters[${index}].name`),
      ...(Object.keys(counters ?? {}).length > 0 ? [] : [required(`spec.sharedCounters[${index}].counters`)]),
    ]),
  ];
}

/** A slice says in exactly one way on which nodes its devices are. */
function validateNodes({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }: ResourceSliceSpec): FieldError[] {
  const names = '`nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection`';
  const set = Object.entries({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }).filter(([, value]) => value !== undefined);
  if (set.length === 0) return [required('spec', `exactly one of ${names} is required`)];
  if (set.length > 1)
    return [
      invalid('spec', `{${set.map(([name]) => name).join(', ')}}`, `exactly one of ${names} is required, but multiple fields are set`),
    ];
  return nodeName === undefined ? [] : validateSubdomainText(nodeName, 'spec.nodeName');
}

function validateDevice(device: Device, path: string): FieldError[] {
  const { attributes = {}, capacity = {}, taints = [] } = device;
  const properties = Object.keys(attributes).length + Object.keys(capacity).length;
  const tooManyProperties = `the total number of attributes and capacities must not exceed ${maxProperties}`;
  return [
    ...validateLabelText(device.name, `${path}.name`),
    ...Object.entries(attributes).flatMap(([name, attribute]) => [
      ...validateQualifiedName(name, `${path}.attributes`),
      ...validateAttribute(attribute, `${path}.attributes[${name}]`),
    ]),
    ...Object.keys(capacity).flatMap((name) => validateQualifiedName(name, `${path}.capacity`)),
    ...(properties > maxProperties ? [invalid(path, properties, tooManyProperties)] : []),
    ...(taints.length > maxTaints ? [tooMany(`${path}.taints`, taints.length, maxTaints)] : []),
    ...taints.flatMap((taint, index) => validateTaint(taint, `${path}.taints[${index}]`)),
  ];
}

const number = String.raw`(0|[1-9]\d*)`;
const prerelease = String.raw`(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
const build = '[0-9a-zA-Z-]+';
const semanticVersion = new RegExp(
  String.raw`^${number}\.${number}\.${number}(-${prerelease}(\.${prerelease})*)?(\+${build}(\.${build})*)?$`,
);

function validateAttribute(attribute: DeviceAttribute, path: string): FieldError[] {
  const { string, version } = attribute;
  const problems: FieldError[] = [];
  if (string !== undefined && utf8Length(string) > maxAttributeBytes) problems.push(tooLong(`${path}.string`, maxAttributeBytes));
  if (version !== undefined && !semanticVersion.test(version))
    problems.push(invalid(`${path}.version`, version, 'must be a string compatible with semver.org spec 2.0.0'));
  if (version !== undefined && utf8Length(version) > maxAttributeBytes) problems.push(tooLong(`${path}.version`, maxAttributeBytes));
  const set = Object.values(attribute).filter((value) => value !== undefined).length;
  if (set === 1) return problems;
  return [...problems, invalid(path, set === 0 ? '' : attribute, 'exactly one value must be specified')];
}

export function validateTaint({ key, value = '', effect }: DeviceTaint, path: string): FieldError[] {
  const effects = ['NoExecute', 'NoSchedule', 'None'];
  const problems = key ? validateLabelName(key, `${path}.key`) : [required(`${path}.key`)];
  problems.push(...labelValue(value).map((problem) => invalid(`${path}.value`, value, problem)));
  if (!effect) problems.push(required(`${path}.effect`));
  else if (!effects.includes(effect)) problems.push(notSupported(`${path}.effect`, effect, effects));
  return problems;
}
