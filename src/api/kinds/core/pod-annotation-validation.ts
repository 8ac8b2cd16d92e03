import type { PodSpec, Toleration } from '../../generated/core/v1.ts';
import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import { podContainers } from './pod-containers.ts';
import { validateTolerations } from './pod-scheduling-validation.ts';
import { validateLocalDescendingPath } from './volume-paths.ts';

export const mirrorPodAnnotation = 'kubernetes.io/config.mirror';
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const tolerationsAnnotation = 'scheduler.alpha.kubernetes.io/tolerations';
const podSeccomp = 'seccomp.security.alpha.kubernetes.io/pod';
const containerSeccomp = 'container.seccomp.security.alpha.kubernetes.io/';
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';

type Annotations = Readonly<Record<string, string>>;

/** The annotations that mean something to Kubernetes. `path` is the annotations'. */
export function validatePodAnnotations(annotations: Annotations, spec: PodSpec, path: string): FieldError[] {
  const problems: FieldError[] = [];
  const mirror = annotations[mirrorPodAnnotation];
  if (mirror !== undefined && !spec.nodeName) {
    problems.push(invalid(`${path}[${mirrorPodAnnotation}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set'));
  }
  if (annotations[tolerationsAnnotation]) problems.push(...validateTolerationsText(annotations[tolerationsAnnotation], path));
  const cost = annotations[deletionCost];
  if (cost !== undefined && !isInt32(cost)) problems.push(invalid(`${path}[${deletionCost}]`, cost, 'must be a 32bit integer'));
  for (const [name, value] of Object.entries(annotations)) {
    if (name === podSeccomp || name.startsWith(containerSeccomp)) problems.push(...validateSeccompText(value, `${path}.${name}`));
    if (name.startsWith(appArmorPrefix)) problems.push(...validateAppArmorText(name, value, spec, path));
  }
  return problems;
}

/** No plus sign and no leading zero. */
const isInt32 = (text: string): boolean => /^(0|-[0-9]+|[1-9][0-9]*)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;

function validateTolerationsText(text: string, path: string): FieldError[] {
  try {
    const tolerations: unknown = JSON.parse(text);
    return Array.isArray(tolerations) ? validateTolerations(tolerations as Toleration[], `${path}.${tolerationsAnnotation}`) : [];
  } catch (error) {
    return [invalid(path, tolerationsAnnotation, error instanceof Error ? error.message : String(error))];
  }
}

function validateSeccompText(profile: string, path: string): FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return [];
  if (profile.startsWith('localhost/')) return validateLocalDescendingPath(profile.slice('localhost/'.length), path);
  return [invalid(path, profile, 'must be a valid seccomp profile')];
}

function validateAppArmorText(annotation: string, profile: string, spec: PodSpec, path: string): FieldError[] {
  const containerName = annotation.slice(appArmorPrefix.length);
  const problems: FieldError[] = [];
  if (!podContainers(spec, '').some(({ container }) => container.name === containerName)) {
    problems.push(invalid(`${path}[${annotation}]`, containerName, 'container not found'));
  }
  if (!['', 'runtime/default', 'unconfined'].includes(profile) && !profile.startsWith('localhost/')) {
    problems.push(invalid(`${path}[${annotation}]`, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`));
  }
  return problems;
}

interface Profile {
  readonly type?: string;
  readonly localhostProfile?: string;
}

/** Where a profile stands in an annotation and in a field, they agree. `path` is the spec's. */
export function validateProfilesAgree(annotations: Annotations, spec: PodSpec, path: string): FieldError[] {
  const containers = podContainers(spec, path);
  const windows = spec.os?.name === 'windows';
  return [
    ...agree('seccomp', annotations[podSeccomp], spec.securityContext?.seccompProfile, `${path}.securityContext.seccompProfile`),
    ...containers.flatMap(({ container, at }) =>
      agree(
        'seccomp',
        annotations[containerSeccomp + container.name],
        container.securityContext?.seccompProfile,
        `${at}.securityContext.seccompProfile`,
      ),
    ),
    ...(windows ? [] : containers).flatMap(({ container, at }) =>
      agree(
        'apparmor',
        annotations[appArmorPrefix + container.name],
        container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile,
        `${at}.securityContext.appArmorProfile`,
      ),
    ),
  ];
}

function agree(what: 'seccomp' | 'apparmor', annotation: string | undefined, profile: Profile | undefined, path: string): FieldError[] {
  if (annotation === undefined || !profile) return [];
  const typesDiffer = [forbidden(`${path}.type`, `${what} type in annotation and field must match`)];
  switch (profile.type) {
    case 'Unconfined':
      return annotation === 'unconfined' ? [] : typesDiffer;
    case 'RuntimeDefault':
      return annotation === 'runtime/default' || (what === 'seccomp' && annotation === 'docker/default') ? [] : typesDiffer;
    case 'Localhost':
      if (!annotation.startsWith('localhost/')) return typesDiffer;
      if (annotation === `localhost/${profile.localhostProfile}`) return [];
      return [forbidden(`${path}.localhostProfile`, `${what} profile in annotation and field must match`)];
    default:
      return [];
  }
}

/** Which annotations an update may not touch. */
export function validatePodAnnotationChanges(next: Annotations, old: Annotations, path: string): FieldError[] {
  const problems: FieldError[] = [];
  for (const [name, value] of Object.entries(old)) {
    if (next[name] === value) continue;
    if (name.startsWith(appArmorPrefix)) problems.push(forbidden(`${path}[${name}]`, 'may not remove or update AppArmor annotations'));
    if (name === mirrorPodAnnotation) problems.push(forbidden(`${path}[${name}]`, 'may not remove or update mirror pod annotation'));
  }
  for (const name of Object.keys(next)) {
    if (name in old) continue;
    if (name.startsWith(appArmorPrefix)) problems.push(forbidden(`${path}[${name}]`, 'may not add AppArmor annotations'));
    if (name === mirrorPodAnnotation) problems.push(forbidden(`${path}[${name}]`, 'may not add mirror pod annotation'));
  }
  return problems;
}
