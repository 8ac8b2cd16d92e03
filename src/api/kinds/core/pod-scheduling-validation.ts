import type {
  Affinity,
  NodeAffinity,
  PodAffinity,
  PodAffinityTerm,
  PodSchedulingGate,
  Toleration,
  TopologySpreadConstraint,
} from '../../generated/core/v1.ts';
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { LabelSelector } from '../../meta.ts';
import { validateOptionalSupported, validateText } from '../../validation/field-checks.ts';
import { validateLabelName, validateLabelSelector } from '../../validation/label-selector.ts';
import { dns1123Label, labelValue, qualifiedName } from '../../validation/names.ts';
import { validateNodeSelector, validateNodeSelectorTerm } from './node-selector-validation.ts';

const mandatory = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(affinity: Affinity | undefined, path: string): FieldError[] {
  if (!affinity) return [];
  return [
    ...(affinity.nodeAffinity ? validateNodeAffinity(affinity.nodeAffinity, `${path}.nodeAffinity`) : []),
    ...(affinity.podAffinity ? validatePodAffinity(affinity.podAffinity, `${path}.podAffinity`) : []),
    ...(affinity.podAntiAffinity ? validatePodAffinity(affinity.podAntiAffinity, `${path}.podAntiAffinity`) : []),
  ];
}

function validateNodeAffinity(affinity: NodeAffinity, path: string): FieldError[] {
  return [
    ...(affinity[mandatory] ? validateNodeSelector(affinity[mandatory], `${path}.${mandatory}`) : []),
    ...(affinity[preferred] ?? []).flatMap(({ weight, preference }, i) => [
      ...validateWeight(weight, `${path}.${preferred}[${i}]`),
      ...validateNodeSelectorTerm(preference ?? {}, `${path}.${preferred}[${i}].preference`, { checkValues: false }),
    ]),
  ];
}

function validatePodAffinity(affinity: PodAffinity, path: string): FieldError[] {
  return [
    ...(affinity[mandatory] ?? []).flatMap((term, i) => validatePodAffinityTerm(term, `${path}.${mandatory}[${i}]`)),
    ...(affinity[preferred] ?? []).flatMap(({ weight, podAffinityTerm }, i) => [
      ...validateWeight(weight, `${path}.${preferred}[${i}]`),
      ...validatePodAffinityTerm(podAffinityTerm ?? {}, `${path}.${preferred}[${i}].podAffinityTerm`),
    ]),
  ];
}

const validateWeight = (weight: number, path: string): FieldError[] =>
  weight > 0 && weight <= 100 ? [] : [invalid(`${path}.weight`, weight ?? 0, 'must be in the range 1-100')];

function validatePodAffinityTerm(term: Partial<PodAffinityTerm>, path: string): FieldError[] {
  return [
    ...validateLabelSelector(term.labelSelector, {}, `${path}.labelSelector`),
    ...validateLabelSelector(term.namespaceSelector, {}, `${path}.namespaceSelector`),
    ...(term.namespaces ?? []).flatMap((name) => validateText(name, `${path}.namespace`, dns1123Label)),
    ...validateMatchLabelKeys(term, path),
    ...(term.topologyKey ? [] : [required(`${path}.topologyKey`, 'can not be empty')]),
    ...validateLabelName(term.topologyKey ?? '', `${path}.topologyKey`),
  ];
}

/**
 * Keys whose values are the incoming pod's own. By the time of validation the selector already has
 * the requirements made from them, so a key is the user's too when it stands there twice.
 */
function validateMatchLabelKeys(
  { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector }: Partial<PodAffinityTerm>,
  path: string,
): FieldError[] {
  const problems = [
    ...validateLabelKeys(matchLabelKeys, labelSelector, `${path}.matchLabelKeys`),
    ...validateLabelKeys(mismatchLabelKeys, labelSelector, `${path}.mismatchLabelKeys`),
  ];
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const i = matchLabelKeys.indexOf(key);
    if (i >= 0 && seen.has(key)) problems.push(invalid(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    seen.add(key);
  }
  matchLabelKeys.forEach((key, i) => {
    if (!mismatchLabelKeys.includes(key)) return;
    problems.push(invalid(`${path}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
  return problems;
}

function validateLabelKeys(keys: readonly string[], selector: LabelSelector | undefined, path: string): FieldError[] {
  if (keys.length === 0) return [];
  if (!selector) return [forbidden(path, 'must not be specified when labelSelector is not set')];
  return keys.flatMap((key, i) => validateLabelName(key, `${path}[${i}]`));
}

const operators = ['Equal', 'Exists'];
const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validateTolerations(tolerations: readonly Toleration[], path: string): FieldError[] {
  return tolerations.flatMap((toleration, i) => validateToleration(toleration, `${path}[${i}]`));
}

function validateToleration(toleration: Toleration, path: string): FieldError[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const problems = key === '' ? [] : validateLabelName(key, `${path}.key`);
  if (key === '' && operator !== 'Exists') {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    problems.push(invalid(`${path}.operator`, operator, detail));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    problems.push(invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  }
  if (operator === 'Exists') {
    if (value !== '') problems.push(invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'"));
  } else if (operator === '' || operator === 'Equal') {
    const details = labelValue(value);
    if (details.length > 0) problems.push(invalid(`${path}.operator`, value, details.join(';')));
  } else problems.push(notSupported(`${path}.operator`, operator, operators));
  if (effect !== '' && !effects.includes(effect)) problems.push(notSupported(`${path}.effect`, effect, effects));
  return problems;
}

export function validateSchedulingGates(gates: readonly PodSchedulingGate[], path: string): FieldError[] {
  const seen = new Set<string>();
  return gates.flatMap(({ name }, i) => {
    const problems = validateText(name ?? '', `${path}[${i}]`, qualifiedName);
    if (seen.has(name)) problems.push(duplicate(`${path}[${i}]`, name));
    seen.add(name);
    return problems;
  });
}

const unsatisfiableActions = ['DoNotSchedule', 'ScheduleAnyway'];
const inclusionPolicies = ['Honor', 'Ignore'];

/** `isPod`: the selectors already have the requirements made from `matchLabelKeys`. */
export function validateTopologySpread(
  constraints: readonly TopologySpreadConstraint[],
  { isPod }: { readonly isPod: boolean },
  path: string,
): FieldError[] {
  return constraints.flatMap((constraint, i) => {
    const at = `${path}[${i}]`;
    const { topologyKey, whenUnsatisfiable } = constraint;
    const repeats = constraints.slice(i + 1).some((one) => one.topologyKey === topologyKey && one.whenUnsatisfiable === whenUnsatisfiable);
    return [
      ...(constraint.maxSkew > 0 ? [] : [invalid(`${at}.maxSkew`, constraint.maxSkew ?? 0, 'must be greater than zero')]),
      ...(topologyKey ? [] : [required(`${at}.topologyKey`, 'can not be empty')]),
      ...validateOptionalSupported(whenUnsatisfiable ?? '', `${at}.whenUnsatisfiable`, unsatisfiableActions),
      ...(repeats ? [duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)] : []),
      ...validateMinDomains(constraint, `${at}.minDomains`),
      ...validateOptionalSupported(constraint.nodeAffinityPolicy, `${at}.nodeAffinityPolicy`, inclusionPolicies),
      ...validateOptionalSupported(constraint.nodeTaintsPolicy, `${at}.nodeTaintsPolicy`, inclusionPolicies),
      ...validateSpreadLabelKeys(constraint, isPod ? 1 : 0, `${at}.matchLabelKeys`),
      ...validateLabelSelector(constraint.labelSelector, {}, `${at}.labelSelector`),
    ];
  });
}

function validateMinDomains({ minDomains, whenUnsatisfiable }: TopologySpreadConstraint, path: string): FieldError[] {
  if (minDomains === undefined) return [];
  const problems = minDomains > 0 ? [] : [invalid(path, minDomains, 'must be greater than zero')];
  if (whenUnsatisfiable !== 'DoNotSchedule') {
    const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
    problems.push(invalid(path, minDomains, detail));
  }
  return problems;
}

/** `merged`: how often a key may stand in the selector without the user having written it there. */
function validateSpreadLabelKeys(
  { matchLabelKeys = [], labelSelector }: TopologySpreadConstraint,
  merged: number,
  path: string,
): FieldError[] {
  if (matchLabelKeys.length === 0) return [];
  const problems = labelSelector ? [] : [forbidden(path, 'must not be specified when labelSelector is not set')];
  const used = [...Object.keys(labelSelector?.matchLabels ?? {}), ...(labelSelector?.matchExpressions ?? []).map(({ key }) => key)];
  for (const [i, key] of matchLabelKeys.entries()) {
    problems.push(...validateLabelName(key, `${path}[${i}]`));
    if (used.filter((one) => one === key).length > merged) {
      problems.push(invalid(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    }
  }
  return problems;
}
