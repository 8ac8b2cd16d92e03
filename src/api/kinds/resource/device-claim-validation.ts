import type { Draft } from '../../draft.ts';
import { duplicate, invalid, notSupported, required, tooLong, tooMany, type FieldError } from '../../field-error.ts';
import type {
  DeviceClaim,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  DeviceSubRequest,
  DeviceToleration,
  ExactDeviceRequest,
  OpaqueDeviceConfiguration,
} from '../../generated/resource/v1.ts';
import type { DeviceClaim as OldDeviceClaim } from '../../generated/resource/v1beta1.ts';
import { validateLabelName } from '../../validation/label-selector.ts';
import { labelValue } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { validateDriver, validateLabelText, validateFullyQualifiedName, validateSubdomainText } from './device-names.ts';
import { upgradeDeviceClaim } from './device-requests.ts';

const maxRequests = 32;
const maxSubRequests = 8;
const maxSelectors = 32;
const maxTolerations = 16;
const maxExpressionBytes = 10 * 1024;

/** Upstream's validateDeviceClaim, of claims and of templates for them. CEL is not compiled here. */
export function validateDeviceClaim(claim: DeviceClaim, path: string): FieldError[] {
  const { requests = [], constraints = [], config = [] } = claim;
  const names = new Set(
    requests.flatMap(({ name, firstAvailable }) => [name, ...(firstAvailable ?? []).map((sub) => `${name}/${sub.name}`)]),
  );
  return [
    ...limited(requests, maxRequests, `${path}.requests`),
    ...requests.flatMap((request, index) => [
      ...validateRequest(request, `${path}.requests[${index}]`),
      ...(requests.findIndex(({ name }) => name === request.name) < index ? [duplicate(`${path}.requests[${index}]`, request.name)] : []),
    ]),
    ...limited(constraints, maxRequests, `${path}.constraints`),
    ...constraints.flatMap((constraint, index) => validateConstraint(constraint, names, `${path}.constraints[${index}]`)),
    ...limited(config, maxRequests, `${path}.config`),
    ...config.flatMap(({ requests: wanted, opaque }, index) => [
      ...validateRequestNames(wanted ?? [], names, `${path}.config[${index}].requests`),
      ...validateConfiguration(opaque, `${path}.config[${index}]`),
    ]),
  ];
}

/** v1beta1 has the fields of an exact request in the request itself, so their paths are shorter. */
export function validateOldDeviceClaim(claim: OldDeviceClaim, path: string): FieldError[] {
  const upgraded = structuredClone(claim) as Draft<OldDeviceClaim>;
  upgradeDeviceClaim(upgraded);
  return validateDeviceClaim(upgraded as unknown as DeviceClaim, path).map((problem) => ({
    ...problem,
    field: problem.field.replace('.exactly', ''),
  }));
}

function validateRequest(request: DeviceRequest, path: string): FieldError[] {
  const { name, exactly, firstAvailable = [] } = request;
  const problems = validateLabelText(name, `${path}.name`);
  if (!exactly && firstAvailable.length === 0)
    return [...problems, required(path, 'exactly one of `exactly` or `firstAvailable` is required')];
  if (exactly && firstAvailable.length > 0)
    return [...problems, invalid(path, null, 'exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set')];
  if (exactly) return [...problems, ...validateExact(exactly, `${path}.exactly`)];
  return [
    ...problems,
    ...limited(firstAvailable, maxSubRequests, `${path}.firstAvailable`),
    ...firstAvailable.flatMap((sub, index) => [
      ...validateLabelText(sub.name, `${path}.firstAvailable[${index}].name`),
      ...(firstAvailable.findIndex((other) => other.name === sub.name) < index
        ? [duplicate(`${path}.firstAvailable[${index}]`, sub.name)]
        : []),
      ...validateExact(sub, `${path}.firstAvailable[${index}]`),
    ]),
  ];
}

function validateExact(request: ExactDeviceRequest | DeviceSubRequest, path: string): FieldError[] {
  const { allocationMode, count = 0 } = request;
  const problems = [
    ...validateSubdomainText(request.deviceClassName, `${path}.deviceClassName`),
    ...validateSelectors(request.selectors ?? [], `${path}.selectors`),
  ];
  if (allocationMode === 'All') {
    if (count !== 0) problems.push(invalid(`${path}.count`, count, "must not be specified when allocationMode is 'All'"));
  } else if (allocationMode === 'ExactCount') {
    if (count <= 0) problems.push(invalid(`${path}.count`, count, 'must be greater than zero'));
  } else problems.push(notSupported(`${path}.allocationMode`, allocationMode ?? '', ['All', 'ExactCount']));
  const tolerations = request.tolerations ?? [];
  return [
    ...problems,
    ...limited(tolerations, maxTolerations, `${path}.tolerations`),
    ...tolerations.flatMap((toleration, index) => validateToleration(toleration, `${path}.tolerations[${index}]`)),
  ];
}

export function validateSelectors(selectors: readonly DeviceSelector[], path: string): FieldError[] {
  return [
    ...limited(selectors, maxSelectors, path),
    ...selectors.flatMap(({ cel }, index) => {
      if (!cel) return [required(`${path}[${index}].cel`)];
      const expression = cel.expression ?? '';
      const at = `${path}[${index}].cel.expression`;
      if (utf8Length(expression) > maxExpressionBytes) return [tooLong(at, maxExpressionBytes)];
      return expression === '' ? [required(at)] : [];
    }),
  ];
}

function validateConstraint(constraint: DeviceConstraint, names: ReadonlySet<string>, path: string): FieldError[] {
  const { matchAttribute, distinctAttribute, requests = [] } = constraint;
  const problems = validateRequestNames(requests, names, `${path}.requests`);
  if (matchAttribute !== undefined) return [...problems, ...validateFullyQualifiedName(matchAttribute, `${path}.matchAttribute`)];
  if (distinctAttribute !== undefined) return [...problems, ...validateFullyQualifiedName(distinctAttribute, `${path}.distinctAttribute`)];
  // The sentence's end is upstream's, though nothing is set.
  return [...problems, required(path, 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set')];
}

function validateRequestNames(wanted: readonly string[], names: ReadonlySet<string>, path: string): FieldError[] {
  return [
    ...limited(wanted, maxRequests, path),
    ...wanted.flatMap((name, index) => {
      const at = `${path}[${index}]`;
      if (wanted.indexOf(name) < index) return [duplicate(at, name)];
      return names.has(name)
        ? []
        : [invalid(at, name, "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'")];
    }),
  ];
}

export function validateConfiguration(opaque: OpaqueDeviceConfiguration | undefined, path: string): FieldError[] {
  if (!opaque) return [required(`${path}.opaque`)];
  const { driver, parameters } = opaque;
  const problems = validateDriver(driver, `${path}.opaque.driver`);
  if (parameters === undefined || parameters === null) return [...problems, required(`${path}.opaque.parameters`)];
  if (typeof parameters !== 'object' || Array.isArray(parameters))
    problems.push(invalid(`${path}.opaque.parameters`, '<value omitted>', 'parameters must be a valid JSON object'));
  return problems;
}

function validateToleration({ key = '', operator, value = '', effect }: DeviceToleration, path: string): FieldError[] {
  const problems = key === '' ? [] : validateLabelName(key, `${path}.key`);
  if (operator === 'Exists') {
    if (value !== '') problems.push(invalid(`${path}.value`, value, 'must be empty for operator `Exists`'));
  } else if (operator === 'Equal') {
    if (key === '') problems.push(required(`${path}.key`, 'must be specified for operator `Equal`'));
    problems.push(...labelValue(value).map((problem) => invalid(`${path}.value`, value, problem)));
  } else problems.push(notSupported(`${path}.operator`, operator ?? '', ['Equal', 'Exists']));
  if (effect !== undefined && !['NoExecute', 'NoSchedule', 'None'].includes(effect))
    problems.push(notSupported(`${path}.effect`, effect, ['NoExecute', 'NoSchedule', 'None']));
  return problems;
}

function limited(items: readonly unknown[], max: number, path: string): FieldError[] {
  return items.length > max ? [tooMany(path, items.length, max)] : [];
}
