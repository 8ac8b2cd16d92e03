import type {
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  FileKeySelector,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '../../generated/core/v1.ts';
import { invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import { isZeroQuantity, quantityText } from '../../quantity.ts';
import { validatePresent, validateRequiredText, validateText } from '../../validation/field-checks.ts';
import { configMapKey, dns1123Subdomain, qualifiedName, relaxedEnvVarName, nameIsDns1123Subdomain } from '../../validation/names.ts';
import { quantityFrom } from './resource-quantities.ts';
import { validateLocalNonReservedPath } from './volume-paths.ts';

const envFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

/** Of downward API files in volumes. */
export const volumeFieldPaths = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

/** What a downward `fieldPath` may name at all; anything else is no field label of a pod. */
const downwardFieldLabels: ReadonlySet<string> = new Set([
  ...envFieldPaths,
  ...volumeFieldPaths,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);

export function validateEnv(variables: readonly EnvVar[], volumeNames: ReadonlySet<string>, path: string): FieldError[] {
  return variables.flatMap((variable, i) => [
    ...validateRequiredText(variable.name, `${path}[${i}].name`, relaxedEnvVarName),
    ...(variable.valueFrom ? validateValueFrom(variable, variable.valueFrom, volumeNames, `${path}[${i}].valueFrom`) : []),
  ]);
}

function validateValueFrom(variable: EnvVar, source: EnvVarSource, volumeNames: ReadonlySet<string>, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (source.fieldRef) problems.push(...validateFieldRef(source.fieldRef, envFieldPaths, `${path}.fieldRef`));
  if (source.resourceFieldRef) problems.push(...validateResourceFieldRef(source.resourceFieldRef, `${path}.resourceFieldRef`));
  if (source.configMapKeyRef) problems.push(...validateKeyRef(source.configMapKeyRef, `${path}.configMapKeyRef`));
  if (source.secretKeyRef) problems.push(...validateKeyRef(source.secretKeyRef, `${path}.secretKeyRef`));
  if (source.fileKeyRef) problems.push(...validateFileKeyRef(source.fileKeyRef, volumeNames, `${path}.fileKeyRef`));
  const count = Object.values(source).filter((one) => one !== undefined && one !== null).length;
  if (count === 0) {
    const kinds = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    problems.push(invalid(path, '', `must specify one of: ${kinds}`));
  } else if (variable.value) problems.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) problems.push(invalid(path, '', 'may not have more than one field specified at a time'));
  return problems;
}

/** `metadata.labels['key']` is a path with a subscript. */
export function validateFieldRef(ref: ObjectFieldSelector, allowed: readonly string[], path: string): FieldError[] {
  if (!ref.apiVersion) return [required(`${path}.apiVersion`)];
  if (!ref.fieldPath) return [required(`${path}.fieldPath`)];
  const subscripted = /^([^[]+)\['(.+)'\]$/.exec(ref.fieldPath);
  const field = subscripted?.[1] ?? ref.fieldPath;
  if (ref.apiVersion !== 'v1') {
    return [invalid(`${path}.fieldPath`, ref.fieldPath, `error converting fieldPath: unsupported pod version: ${ref.apiVersion}`)];
  }
  const key = subscripted?.[2];
  if (key !== undefined) {
    if (field === 'metadata.annotations') return validateText(key.toLowerCase(), path, qualifiedName);
    if (field === 'metadata.labels') return validateText(key, path, qualifiedName);
    const detail = `error converting fieldPath: field label does not support subscript: ${ref.fieldPath}`;
    return [invalid(`${path}.fieldPath`, ref.fieldPath, detail)];
  }
  if (!downwardFieldLabels.has(field)) {
    return [invalid(`${path}.fieldPath`, field, `error converting fieldPath: field label not supported: ${field}`)];
  }
  return allowed.includes(field) ? [] : [notSupported(`${path}.fieldPath`, field, allowed)];
}

const resourceFields = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** `inVolume`: outside a container, its name must be said. */
export function validateResourceFieldRef(ref: ResourceFieldSelector, path: string, inVolume = false): FieldError[] {
  const hugePages = /^(requests|limits)\.hugepages-/.test(ref.resource ?? '');
  const problems: FieldError[] = [];
  if (inVolume && !ref.containerName) problems.push(required(`${path}.containerName`));
  else if (!ref.resource) problems.push(required(`${path}.resource`));
  else if (!resourceFields.includes(ref.resource) && !hugePages) {
    problems.push(notSupported(`${path}.resource`, ref.resource, resourceFields));
  }
  return [...problems, ...validateDivisor(ref, path)];
}

function validateDivisor(ref: ResourceFieldSelector, path: string): FieldError[] {
  const divisor = quantityFrom(ref.divisor);
  if (isZeroQuantity(divisor)) return [];
  const [, kind = ''] = /^(?:requests|limits)\.(cpu|memory|ephemeral-storage|hugepages)(?:$|-)/.exec(ref.resource ?? '') ?? [];
  if (kind === '') return [];
  const allowed = kind === 'cpu' ? ['1m', '1'] : byteDivisors;
  if (allowed.includes(quantityText(divisor))) return [];
  const named = kind === 'ephemeral-storage' ? 'local ephemeral storage' : kind;
  const values = kind === 'cpu' ? '1m and 1' : byteDivisors.join(', ');
  return [invalid(`${path}.divisor`, ref.resource, `only divisor's values ${values} are supported with the ${named} resource`)];
}

function validateKeyRef(ref: { readonly name?: string; readonly key: string }, path: string): FieldError[] {
  return [...validateText(ref.name ?? '', `${path}.name`, dns1123Subdomain), ...validateRequiredText(ref.key, `${path}.key`, configMapKey)];
}

function validateFileKeyRef(ref: FileKeySelector, volumeNames: ReadonlySet<string>, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!ref.volumeName) problems.push(required(`${path}.volumeName`));
  else if (!volumeNames.has(ref.volumeName)) {
    problems.push({ field: `${path}.volumeName`, type: 'FieldValueNotFound', value: ref.volumeName, detail: '' });
  }
  problems.push(...validatePresent(ref.path, `${path}.path`), ...validateLocalNonReservedPath(ref.path ?? '', `${path}.path`));
  return [...problems, ...validateRequiredText(ref.key, `${path}.key`, relaxedEnvVarName)];
}

export function validateEnvFrom(sources: readonly EnvFromSource[], path: string): FieldError[] {
  return sources.flatMap((source, i) => validateEnvFromSource(source, path, `${path}[${i}]`));
}

/** How many sources there are is told of the list, as upstream has it. */
function validateEnvFromSource(source: EnvFromSource, listPath: string, path: string): FieldError[] {
  const asPrefix = (text: string) => nameIsDns1123Subdomain(text, true);
  const problems = source.prefix ? validateText(source.prefix, `${path}.prefix`, relaxedEnvVarName) : [];
  if (source.configMapRef) problems.push(...validateRequiredText(source.configMapRef.name, `${path}.configMapRef.name`, asPrefix));
  if (source.secretRef) problems.push(...validateRequiredText(source.secretRef.name, `${path}.secretRef.name`, asPrefix));
  if (!source.configMapRef && !source.secretRef) {
    problems.push(invalid(listPath, '', 'must specify one of: `configMapRef` or `secretRef`'));
  } else if (source.configMapRef && source.secretRef) {
    problems.push(invalid(listPath, '', 'may not have more than one field specified at a time'));
  }
  return problems;
}
