import type { PodSpec, WindowsSecurityContextOptions } from '../../generated/core/v1.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import { validateText } from '../../validation/field-checks.ts';
import { dns1123Subdomain } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { podContainers } from './pod-containers.ts';

const maxCredentialSpecKiB = 64;
const maxDomainBytes = 256;
const maxUserBytes = 104;
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsName = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

export function validateWindowsOptions(options: WindowsSecurityContextOptions | undefined, path: string): FieldError[] {
  if (!options) return [];
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options;
  const problems =
    gmsaCredentialSpecName === undefined ? [] : validateText(gmsaCredentialSpecName, `${path}.gmsaCredentialSpecName`, dns1123Subdomain);
  if (gmsaCredentialSpec === '') {
    problems.push(invalid(`${path}.gmsaCredentialSpec`, '', 'gmsaCredentialSpec cannot be an empty string'));
  } else if (gmsaCredentialSpec && utf8Length(gmsaCredentialSpec) > maxCredentialSpecKiB * 1024) {
    const detail = `gmsaCredentialSpec size must be under ${maxCredentialSpecKiB} KiB`;
    problems.push(invalid(`${path}.gmsaCredentialSpec`, gmsaCredentialSpec, detail));
  }
  if (runAsUserName === undefined) return problems;
  return [...problems, ...userNameProblems(runAsUserName).map((detail) => invalid(`${path}.runAsUserName`, runAsUserName, detail))];
}

/** `[DOMAIN\]user`. */
function userNameProblems(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (/\p{Cc}/u.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1)!;
  const domain = parts.length === 2 ? parts[0]! : undefined;
  const problems: string[] = [];
  if (utf8Length(domain ?? '') >= maxDomainBytes) {
    problems.push(`runAsUserName's Domain length must be under ${maxDomainBytes} characters`);
  }
  if (domain !== undefined && !netBiosName.test(domain) && !dnsName.test(domain)) {
    problems.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') problems.push("runAsUserName's User cannot be empty");
  else if (utf8Length(user) > maxUserBytes) {
    problems.push(`runAsUserName's User length must not be longer than ${maxUserBytes} characters`);
  }
  if (/^[. ]+$/.test(user)) problems.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    problems.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
  return problems;
}

/** All containers of a pod share the host's process space, or none does. */
export function validateHostProcess(spec: PodSpec, path: string): FieldError[] {
  const podWide = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = podContainers(spec, path);
  const problems: FieldError[] = [];
  let count = 0;
  for (const { container, at } of containers) {
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (own ?? podWide) count++;
    if (own === undefined || podWide === undefined || own === podWide) continue;
    const detail = `pod hostProcess value must be identical if both are specified, was ${podWide}`;
    problems.push(invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, detail));
  }
  if (count === 0) return problems;
  if (count !== containers.length) {
    problems.push(invalid(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  }
  if (!spec.hostNetwork) {
    problems.push(invalid(`${path}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers'));
  }
  return problems;
}

const systems = ['linux', 'windows'];

/** `spec.os`, and what a pod of that system may not have. */
export function validateOs(spec: PodSpec, path: string): FieldError[] {
  if (!spec.os) return [];
  const { name } = spec.os;
  if (!name) return [required(`${path}.os.name`, 'cannot be empty')];
  if (!systems.includes(name)) return [notSupported(`${path}.os`, name, systems)];
  return name === 'linux' ? validateLinux(spec, path) : validateWindows(spec, path);
}

function validateLinux(spec: PodSpec, path: string): FieldError[] {
  const holders = [{ at: path, container: spec }, ...podContainers(spec, path)];
  return holders
    .filter(({ container }) => container.securityContext?.windowsOptions)
    .map(({ at }) => forbidden(`${at}.securityContext.windowsOptions`, 'windows options cannot be set for a linux pod'));
}

const linuxOnlyOfPod = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  'securityContext.supplementalGroups',
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
];
const linuxOnlyOfContainer = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
].map((field) => `securityContext.${field}`);

function validateWindows(spec: PodSpec, path: string): FieldError[] {
  const refuse = (holder: unknown, fields: readonly string[], at: string) =>
    fields.filter((field) => isSet(holder, field)).map((field) => forbidden(`${at}.${field}`, 'cannot be set for a windows pod'));
  return [
    ...refuse(spec, linuxOnlyOfPod, path),
    ...podContainers(spec, path).flatMap(({ container, at }) => refuse(container, linuxOnlyOfContainer, at)),
  ];
}

/** Booleans of the pod itself are not set when false; an empty list is not set either. */
function isSet(holder: unknown, field: string): boolean {
  let value = holder;
  for (const part of field.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  if (field === 'hostPID' || field === 'hostIPC') return value === true;
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
