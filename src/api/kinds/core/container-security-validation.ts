import type { AppArmorProfile, SeccompProfile, SecurityContext } from '../../generated/core/v1.ts';
import { invalid, notSupported, required, tooLong, type FieldError } from '../../field-error.ts';
import { groupId, userId } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { validateWindowsOptions } from './pod-windows-validation.ts';
import { validateLocalDescendingPath } from './volume-paths.ts';

const procMounts = ['Default', 'Unmasked'];

export function validateContainerSecurity(security: SecurityContext | undefined, hostUsers: boolean, path: string): FieldError[] {
  if (!security) return [];
  const { procMount } = security;
  const problems = [
    ...validateUserId(security.runAsUser, `${path}.runAsUser`),
    ...validateGroupId(security.runAsGroup, `${path}.runAsGroup`),
  ];
  if (procMount !== undefined) {
    if (!procMounts.includes(procMount)) problems.push(notSupported(`${path}.procMount`, procMount, procMounts));
    else if (hostUsers && procMount === 'Unmasked') {
      problems.push(invalid(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'));
    }
  }
  return [
    ...problems,
    ...validateSeccompProfile(security.seccompProfile, `${path}.seccompProfile`),
    ...validateEscalation(security, path),
    ...validateWindowsOptions(security.windowsOptions, `${path}.windowsOptions`),
    ...validateAppArmorProfile(security.appArmorProfile, `${path}.appArmorProfile`),
  ];
}

/** Whoever may not gain privileges cannot have them to begin with. */
function validateEscalation(security: SecurityContext, path: string): FieldError[] {
  if (security.allowPrivilegeEscalation !== false) return [];
  const problems: FieldError[] = [];
  if (security.privileged) {
    problems.push(invalid(path, security, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
  }
  for (const capability of security.capabilities?.add ?? []) {
    if (capability !== 'CAP_SYS_ADMIN') continue;
    problems.push(invalid(path, security, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
  }
  return problems;
}

export const validateUserId = (id: number | undefined, path: string): FieldError[] =>
  id === undefined ? [] : userId(id).map((detail) => invalid(path, id, detail));

export const validateGroupId = (id: number | undefined, path: string): FieldError[] =>
  id === undefined ? [] : groupId(id).map((detail) => invalid(path, id, detail));

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];

export function validateSeccompProfile(profile: SeccompProfile | undefined, path: string): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const problems: FieldError[] = [];
  if (!type) problems.push(required(`${path}.type`, 'type is required when seccompProfile is set'));
  else if (!profileTypes.includes(type)) problems.push(notSupported(`${path}.type`, type, profileTypes));
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return problems;
    return [...problems, invalid(`${path}.localhostProfile`, profile, 'can only be set when seccomp type is Localhost')];
  }
  if (localhostProfile === undefined) {
    return [...problems, required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost')];
  }
  return [...problems, ...validateLocalDescendingPath(localhostProfile, `${path}.localhostProfile`)];
}

/** PATH_MAX, less the closing zero. */
const maxProfileBytes = 4095;

export function validateAppArmorProfile(profile: AppArmorProfile | undefined, path: string): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  if (!type) return [required(`${path}.type`, 'type is required when appArmorProfile is set')];
  if (!profileTypes.includes(type)) return [notSupported(`${path}.type`, type, profileTypes)];
  const at = `${path}.localhostProfile`;
  if (type !== 'Localhost') {
    return localhostProfile === undefined ? [] : [invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost')];
  }
  if (localhostProfile === undefined) return [required(at, 'must be set when AppArmor type is Localhost')];
  const problems: FieldError[] = [];
  if (localhostProfile.trim() !== localhostProfile) problems.push(invalid(at, localhostProfile, 'must not be padded with whitespace'));
  else if (localhostProfile === '') problems.push(required(at, 'must be set when AppArmor type is Localhost'));
  if (utf8Length(localhostProfile) > maxProfileBytes) problems.push(tooLong(at, maxProfileBytes));
  return problems;
}
