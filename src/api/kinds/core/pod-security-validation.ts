import type { PodSecurityContext, PodSpec } from '../../generated/core/v1.ts';
import { duplicate, forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import { validateOptionalSupported } from '../../validation/field-checks.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { validateAppArmorProfile, validateGroupId, validateSeccompProfile, validateUserId } from './container-security-validation.ts';
import { validateWindowsOptions } from './pod-windows-validation.ts';

/** `path` is the spec's: some of what upstream holds in the security context stands beside it. */
export function validatePodSecurity(spec: PodSpec, path: string): FieldError[] {
  const { securityContext: security } = spec;
  if (!security) return [];
  const at = `${path}.securityContext`;
  const problems = [
    ...validateGroupId(security.fsGroup, `${at}.fsGroup`),
    ...validateUserId(security.runAsUser, `${at}.runAsUser`),
    ...validateGroupId(security.runAsGroup, `${at}.runAsGroup`),
    ...(security.supplementalGroups ?? []).flatMap((group, i) => validateGroupId(group, `${at}.supplementalGroups[${i}]`)),
  ];
  if (spec.shareProcessNamespace && spec.hostPID) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled';
    problems.push(invalid(`${at}.shareProcessNamespace`, true, detail));
  }
  return [
    ...problems,
    ...validateSysctls(security.sysctls ?? [], spec, `${at}.sysctls`),
    ...validateOptionalSupported(security.fsGroupChangePolicy, `${at}.fsGroupChangePolicy`, ['Always', 'OnRootMismatch']),
    ...validateSeccompProfile(security.seccompProfile, `${at}.seccompProfile`),
    ...validateWindowsOptions(security.windowsOptions, `${at}.windowsOptions`),
    ...validateAppArmorProfile(security.appArmorProfile, `${at}.appArmorProfile`),
    ...validateOptionalSupported(security.supplementalGroupsPolicy, `${at}.supplementalGroupsPolicy`, ['Merge', 'Strict']),
    ...validateOptionalSupported(security.seLinuxChangePolicy, `${at}.seLinuxChangePolicy`, ['MountOption', 'Recursive']),
  ];
}

const sysctlName = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const maxSysctlBytes = 253;

function validateSysctls(sysctls: NonNullable<PodSecurityContext['sysctls']>, spec: PodSpec, path: string): FieldError[] {
  const seen = new Set<string>();
  return sysctls.flatMap((sysctl, i) => {
    const name = sysctl.name ?? '';
    const at = `${path}[${i}].name`;
    const problems: FieldError[] = [];
    if (name === '') problems.push(required(at));
    else if (utf8Length(name) > maxSysctlBytes || !new RegExp(sysctlName).test(name)) {
      problems.push(invalid(at, name, `must have at most ${maxSysctlBytes} characters and match regex ${sysctlName}`));
    } else if (seen.has(name)) problems.push(duplicate(at, name));
    seen.add(name);
    const namespace = sysctlNamespace(name);
    if (spec.hostNetwork && namespace === 'net') problems.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (spec.hostIPC && namespace === 'ipc') problems.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    return problems;
  });
}

const ipcSysctls = ['kernel.sem', 'kernel.shm', 'kernel.msg', 'fs.mqueue.'];

/** Which of the kernel's namespaces keeps a setting apart. Slashes may stand for dots. */
function sysctlNamespace(name: string): 'net' | 'ipc' | undefined {
  const dotted = dottedSysctl(name);
  if (dotted.startsWith('net.')) return 'net';
  return ipcSysctls.some((prefix) => dotted.startsWith(prefix)) ? 'ipc' : undefined;
}

/** The first separator decides what separates: after a slash, dots are part of names. */
function dottedSysctl(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  if (first !== '/') return name;
  return name.replace(/[./]/g, (mark) => (mark === '/' ? '.' : '/'));
}

/** A pod with users of its own cannot have the host's other namespaces. Upstream's capitals are kept. */
export function validateHostUsers(spec: PodSpec, path: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const detail = 'when `pod.Spec.HostUsers` is false';
  return [
    ...(spec.hostNetwork ? [forbidden(`${path}.hostNetwork`, detail)] : []),
    ...(spec.hostPID ? [forbidden(`${path}.HostPID`, detail)] : []),
    ...(spec.hostIPC ? [forbidden(`${path}.HostIPC`, detail)] : []),
  ];
}
