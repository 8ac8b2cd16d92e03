import type { Container, ContainerPort, ContainerResizePolicy, EphemeralContainer, PodSpec, Volume } from '../../generated/core/v1.ts';
import { duplicate, forbidden, invalid, notFoundValue, notSupported, required, type FieldError } from '../../field-error.ts';
import { validateRequiredSupported, validateRequiredText, validateText } from '../../validation/field-checks.ts';
import { validateLegacyIp } from '../../validation/ip.ts';
import { dns1123Label, portName, portNumber } from '../../validation/names.ts';
import { validateEnv, validateEnvFrom } from './container-env-validation.ts';
import { validateMountsAndDevices } from './container-mount-validation.ts';
import { validateLifecycle, validateLivenessProbe, validateReadinessProbe, validateStartupProbe } from './container-probe-validation.ts';
import { validateContainerResources } from './container-resources-validation.ts';
import { validateContainerRestart } from './container-restart-validation.ts';
import { validateContainerSecurity } from './container-security-validation.ts';
import { isRestartableInit } from './pod-resources.ts';

/** What a container's checks need to know of its pod. */
export interface ContainerContext {
  readonly spec: PodSpec;
  /** Those without problems of their own. */
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claimNames: ReadonlySet<string>;
}

export function validateContainers(context: ContainerContext, path: string): FieldError[] {
  const containers = context.spec.containers ?? [];
  if (containers.length === 0) return [required(path)];
  const names = new Set<string>();
  const problems = containers.flatMap((container, i) => {
    const at = `${path}[${i}]`;
    return [
      ...validateCommon(container, context, at),
      ...takeName(container.name, names, at),
      ...validateHooks(container, context, at),
      ...validateContainerRestart(container, at),
    ];
  });
  return [...problems, ...validateHostPorts(containers, path)];
}

export function validateInitContainers(context: ContainerContext, path: string): FieldError[] {
  const names = new Set((context.spec.containers ?? []).map(({ name }) => name));
  return (context.spec.initContainers ?? []).flatMap((container, i) => {
    const at = `${path}[${i}]`;
    return [
      ...validateCommon(container, context, at),
      ...validateContainerRestart(container, at),
      ...takeName(container.name, names, at),
      // They run one after the other, so ports clash only within one.
      ...validateHostPorts([container], path),
      ...(isRestartableInit(container) ? validateHooks(container, context, at) : validateNoHooks(container, at)),
    ];
  });
}

export function validateEphemeralContainers(context: ContainerContext, path: string): FieldError[] {
  const others = new Set([...(context.spec.containers ?? []), ...(context.spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  return (context.spec.ephemeralContainers ?? []).flatMap((container, i) => {
    const at = `${path}[${i}]`;
    const target = container.targetContainerName;
    return [
      ...validateCommon(container, context, at),
      ...validateImageText(container, at),
      ...takeName(container.name, names, at),
      ...(target && !others.has(target) ? [notFoundValue(`${at}.targetContainerName`, target)] : []),
      ...validateEphemeralFields(container, at),
    ];
  });
}

/** Of pods only: templates that old releases accepted may have such an image. */
export function validateImageText({ image = '' }: Pick<Container, 'image'>, path: string): FieldError[] {
  return image === image.trim() ? [] : [invalid(`${path}.image`, image, 'must not have leading or trailing whitespace')];
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const messagePolicies = ['File', 'FallbackToLogsOnError'];

function validateCommon(container: Container | EphemeralContainer, context: ContainerContext, path: string): FieldError[] {
  const { spec, volumes, claimNames } = context;
  return [
    ...validateRequiredText(container.name, `${path}.name`, dns1123Label),
    ...(container.image ? [] : [required(`${path}.image`)]),
    ...validateRequiredSupported(container.terminationMessagePolicy, `${path}.terminationMessagePolicy`, messagePolicies),
    ...validatePorts(container.ports ?? [], `${path}.ports`),
    ...validateEnv(container.env ?? [], new Set(volumes.keys()), `${path}.env`),
    ...validateEnvFrom(container.envFrom ?? [], `${path}.envFrom`),
    ...validateMountsAndDevices(container, volumes, path),
    ...validateRequiredSupported(container.imagePullPolicy, `${path}.imagePullPolicy`, pullPolicies),
    ...validateContainerResources(container.resources ?? {}, claimNames, `${path}.resources`),
    ...validateResizePolicy(container.resizePolicy ?? [], spec.restartPolicy, `${path}.resizePolicy`),
    ...validateContainerSecurity(container.securityContext, spec.hostUsers ?? true, `${path}.securityContext`),
  ];
}

function takeName(name: string, taken: Set<string>, path: string): FieldError[] {
  if (taken.has(name)) return [duplicate(`${path}.name`, name)];
  if (name) taken.add(name);
  return [];
}

function validateHooks(container: Container, { spec }: ContainerContext, path: string): FieldError[] {
  return [
    ...validateLifecycle(container.lifecycle, spec.terminationGracePeriodSeconds, spec.os?.name, `${path}.lifecycle`),
    ...validateLivenessProbe(container.livenessProbe, `${path}.livenessProbe`),
    ...validateReadinessProbe(container.readinessProbe, `${path}.readinessProbe`),
    ...validateStartupProbe(container.startupProbe, `${path}.startupProbe`),
  ];
}

function validateNoHooks(container: Container, path: string): FieldError[] {
  return (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    .filter((field) => container[field])
    .map((field) => forbidden(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always'));
}

const noneForEphemeral = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
] as const;

/** Nothing that a pod could come to rely on. */
function validateEphemeralFields(container: EphemeralContainer, path: string): FieldError[] {
  const detail = 'cannot be set for an Ephemeral Container';
  const set = noneForEphemeral.filter((field) => !isUnset(container[field]));
  const mounts = container.volumeMounts ?? [];
  return [
    ...set.map((field) => forbidden(`${path}.${field}`, detail)),
    ...mounts.flatMap((mount, i) =>
      (['subPath', 'subPathExpr'] as const)
        .filter((field) => mount[field])
        .map((field) => forbidden(`${path}.volumeMounts[${i}].${field}`, detail)),
    ),
  ];
}

const isUnset = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

const protocols = ['SCTP', 'TCP', 'UDP'];

function validatePorts(ports: readonly ContainerPort[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, i) => [...validatePortName(port.name, names, `${path}[${i}].name`), ...validatePort(port, `${path}[${i}]`)]);
}

function validatePortName(name: string | undefined, taken: Set<string>, path: string): FieldError[] {
  if (!name) return [];
  const problems = validateText(name, path, portName);
  if (problems.length > 0) return problems;
  if (taken.has(name)) return [duplicate(path, name)];
  taken.add(name);
  return [];
}

function validatePort({ containerPort, hostPort, hostIP, protocol }: ContainerPort, path: string): FieldError[] {
  const numbered = (value: number, field: string) => portNumber(value).map((detail) => invalid(`${path}.${field}`, value, detail));
  return [
    ...(containerPort ? numbered(containerPort, 'containerPort') : [required(`${path}.containerPort`)]),
    ...(hostPort ? numbered(hostPort, 'hostPort') : []),
    ...(hostIP ? validateLegacyIp(hostIP, `${path}.hostIP`) : []),
    ...validateRequiredSupported(protocol, `${path}.protocol`, protocols),
  ];
}

/** No two containers of a pod take the same port of the host. */
function validateHostPorts(containers: readonly Container[], path: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap((container, i) =>
    (container.ports ?? []).flatMap(({ protocol, hostIP = '', hostPort }, j) => {
      if (!hostPort) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) return [duplicate(`${path}[${i}].ports[${j}].hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}

const resizableResources = ['cpu', 'memory'];
const resizePolicies = ['NotRequired', 'RestartContainer'];

/** All but duplicates are told of the list, as upstream has it. */
function validateResizePolicy(
  policies: readonly ContainerResizePolicy[],
  podRestartPolicy: string | undefined,
  path: string,
): FieldError[] {
  const seen = new Set<string>();
  return policies.flatMap(({ resourceName, restartPolicy }, i) => {
    const problems = seen.has(resourceName) ? [duplicate(`${path}[${i}]`, resourceName)] : [];
    seen.add(resourceName);
    problems.push(...validateRequiredSupported(resourceName, path, resizableResources));
    if (!restartPolicy) problems.push(required(path));
    else if (!resizePolicies.includes(restartPolicy)) problems.push(notSupported(path, restartPolicy, resizePolicies));
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      problems.push(invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
    return problems;
  });
}
