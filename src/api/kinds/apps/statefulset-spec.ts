import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type {
  RollingUpdateStatefulSetStrategy,
  StatefulSetPersistentVolumeClaimRetentionPolicy,
  StatefulSetSpec,
  StatefulSetUpdateStrategy,
} from '../../generated/apps/v1.ts';
import type { PodTemplateSpec, Volume } from '../../generated/core/v1.ts';
import { validateNonNegativeIntOrPercent, validateNotMoreThan100Percent } from '../../int-or-string.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { validateAnnotations, validateNonNegative } from '../../validation/metadata.ts';
import { validateLabels } from '../../validation/label-selector.ts';
import { validatePodTemplateSpec } from '../core/pod-template.ts';
import { readSelector, validateRequiredSelector, validateRestartsAlways, validateSelectorMatches } from './pod-template-rules.ts';
import { amount } from './rollout-amount.ts';

/** All but `serviceName` and the claim templates, which are checked at creation and then cannot change. */
export function validateStatefulSetSpec(spec: StatefulSetSpec): FieldError[] {
  const selector = readSelector(spec.selector);
  return [
    ...validatePodManagementPolicy(spec.podManagementPolicy ?? ''),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}, 'spec.updateStrategy'),
    ...validateRetentionPolicy(spec.persistentVolumeClaimRetentionPolicy, 'spec.persistentVolumeClaimRetentionPolicy'),
    ...validateNonNegative(spec.replicas ?? 0, 'spec.replicas'),
    ...validateNonNegative(spec.minReadySeconds ?? 0, 'spec.minReadySeconds'),
    ...validateNonNegative(spec.ordinals?.start ?? 0, 'spec.ordinals.start'),
    ...validateRequiredSelector(spec.selector, 'statefulset', 'spec.selector'),
    ...(selector
      ? [...validateSelectorMatches(selector, spec.template, 'spec.template'), ...validateTemplate(spec, 'spec.template')]
      : [invalid('spec.selector', spec.selector, '')]),
    ...validateRestartsAlways(spec.template, 'StatefulSet', 'spec.template'),
  ];
}

export function validateStatefulSetSpecUpdate(next: StatefulSetSpec, old: StatefulSetSpec): FieldError[] {
  const { replicas, template, updateStrategy, minReadySeconds, ordinals, revisionHistoryLimit, persistentVolumeClaimRetentionPolicy } = old;
  const changeable = {
    replicas,
    template,
    updateStrategy,
    minReadySeconds,
    ordinals,
    revisionHistoryLimit,
    persistentVolumeClaimRetentionPolicy,
  };
  const reverted = { ...next, ...changeable };
  if (semanticallyEqual(reverted, old)) return [];
  return [
    forbidden(
      'spec',
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  ];
}

function validatePodManagementPolicy(policy: string): FieldError[] {
  const path = 'spec.podManagementPolicy';
  if (policy === '') return [required(path)];
  if (policy === 'OrderedReady' || policy === 'Parallel') return [];
  return [invalid(path, policy, "must be 'OrderedReady' or 'Parallel'")];
}

function validateUpdateStrategy({ type, rollingUpdate }: StatefulSetUpdateStrategy, path: string): FieldError[] {
  switch (type) {
    case undefined:
      return [required(path)];
    case 'OnDelete':
      return rollingUpdate
        ? [invalid(`${path}.rollingUpdate`, inGo(rollingUpdate), "only allowed for updateStrategy 'RollingUpdate'")]
        : [];
    case 'RollingUpdate':
      return rollingUpdate ? validateRollingUpdate(rollingUpdate, `${path}.rollingUpdate`) : [];
    default:
      return [
        invalid(path, { Type: type, RollingUpdate: rollingUpdate ? inGo(rollingUpdate) : null }, "must be 'RollingUpdate' or 'OnDelete'"),
      ];
  }
}

/** With the names of Go's fields: the internal type has no others. */
const inGo = ({ partition = 0, maxUnavailable }: RollingUpdateStatefulSetStrategy) => ({
  Partition: partition,
  MaxUnavailable: maxUnavailable ?? null,
});

function validateRollingUpdate({ partition = 0, maxUnavailable }: RollingUpdateStatefulSetStrategy, path: string): FieldError[] {
  const problems = validateNonNegative(partition, `${path}.partition`);
  if (maxUnavailable === undefined) return problems;
  const at = `${path}.maxUnavailable`;
  problems.push(...validateNonNegativeIntOrPercent(maxUnavailable, at));
  if (amount(maxUnavailable) === 0) problems.push(invalid(at, maxUnavailable, 'cannot be 0'));
  return [...problems, ...validateNotMoreThan100Percent(maxUnavailable, at)];
}

function validateRetentionPolicy(policy: StatefulSetPersistentVolumeClaimRetentionPolicy | undefined, path: string): FieldError[] {
  if (!policy) return [];
  return (['whenDeleted', 'whenScaled'] as const)
    .filter((field) => policy[field] !== 'Retain' && policy[field] !== 'Delete')
    .map((field) => notSupported(`${path}.${field}`, policy[field] ?? '', ['Retain', 'Delete']));
}

function validateTemplate(spec: StatefulSetSpec, path: string): FieldError[] {
  const { metadata } = spec.template;
  return [
    ...validatePodTemplateSpec(asPodsWillHaveIt(spec), path),
    ...validateLabels(metadata?.labels, `${path}.labels`),
    ...validateAnnotations(metadata?.annotations, `${path}.annotations`),
  ];
}

/** Each pod gets a name, a subdomain and its claims' volumes from the controller, in place of the template's own. */
function asPodsWillHaveIt({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec {
  const podSpec = template.spec;
  if (!podSpec) return template;
  const claimed = volumeClaimTemplates.map(({ metadata }): Volume => {
    const name = metadata?.name ?? '';
    return { name, persistentVolumeClaim: { claimName: name } };
  });
  const names = new Set(claimed.map(({ name }) => name));
  const volumes = [...claimed, ...(podSpec.volumes ?? []).filter(({ name }) => !names.has(name))];
  return { ...template, spec: { ...podSpec, subdomain: undefined, hostname: undefined, volumes } };
}
