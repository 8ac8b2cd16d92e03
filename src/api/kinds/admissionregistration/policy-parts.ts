import type { Draft } from '../../draft.ts';
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { MatchResources, NamedRuleWithOperations, ParamKind, ParamRef, Variable } from '../../generated/admissionregistration/v1.ts';
import { parseApiVersion, type LabelSelector } from '../../meta.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { cIdentifier, dns1035Label, dns1123Subdomain, pathSegmentName } from '../../validation/names.ts';
import { defaultRules, validateRule } from './rule-validation.ts';

/** What validating and mutating admission policies, and the bindings of both, are made of. */
export function defaultMatchResources(match: Draft<MatchResources> | undefined): void {
  if (!match) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  defaultRules(match.resourceRules);
  defaultRules(match.excludeResourceRules);
}

export function validateMatchResources(match: MatchResources, path: string): FieldError[] {
  const { matchPolicy, resourceRules = [], excludeResourceRules = [] } = match;
  return [
    ...(matchPolicy === undefined || ['Equivalent', 'Exact'].includes(matchPolicy)
      ? []
      : [notSupported(`${path}.matchPolicy`, matchPolicy, ['Equivalent', 'Exact'])]),
    ...validateLabelSelector(match.namespaceSelector, {}, `${path}.namespaceSelector`),
    ...validateLabelSelector(match.objectSelector, {}, `${path}.objectSelector`),
    ...resourceRules.flatMap((rule, index) => validateNamedRule(rule, `${path}.resourceRules[${index}]`)),
    ...excludeResourceRules.flatMap((rule, index) => validateNamedRule(rule, `${path}.excludeResourceRules[${index}]`)),
  ];
}

function validateNamedRule(rule: NamedRuleWithOperations, path: string): FieldError[] {
  const { resourceNames = [] } = rule;
  const names = resourceNames.flatMap((name, index) => {
    const at = `${path}.resourceNames[${index}]`;
    const problems = pathSegmentName(name).map((problem) => invalid(at, name, problem));
    return resourceNames.indexOf(name) < index ? [...problems, duplicate(at, name)] : problems;
  });
  return [...names, ...validateRule(rule, path)];
}

/** Only what is created or updated can be mutated. The path says no index, as upstream's does. */
export function validateMutableOperations(match: MatchResources | undefined, path: string): FieldError[] {
  const operations = (match?.resourceRules ?? []).flatMap((rule) => rule.operations ?? []);
  return operations
    .filter((operation) => operation !== 'CREATE' && operation !== 'UPDATE')
    .map((operation) => notSupported(`${path}.resourceRules.operations`, operation, ['CREATE', 'UPDATE']));
}

/** Of a policy: there must be something that it is about. */
export function validateMatchConstraints(match: MatchResources | undefined, path: string): FieldError[] {
  if (!match) return [required(path)];
  const problems = validateMatchResources(match, path);
  return match.resourceRules?.length ? problems : [...problems, required(`${path}.resourceRules`)];
}

export function validateFailurePolicy(policy: string | undefined, path: string): FieldError[] {
  if (!policy) return [required(path)];
  return ['Fail', 'Ignore'].includes(policy) ? [] : [notSupported(path, policy, ['Fail', 'Ignore'])];
}

export function validateParamKind({ apiVersion, kind }: ParamKind, path: string): FieldError[] {
  const problems = apiVersion ? validateApiVersion(apiVersion, `${path}.apiVersion`) : [required(`${path}.apiVersion`)];
  if (!kind) return [...problems, required(`${path}.kind`)];
  const mixedCase = 'may have mixed case, but should otherwise match: ';
  return [...problems, ...invalidIf(dns1035Label(kind.toLowerCase()), `${path}.kind`, kind, mixedCase)];
}

function validateApiVersion(apiVersion: string, path: string): FieldError[] {
  const parsed = parseApiVersion(apiVersion);
  if (!parsed) return [invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
  const { group, version } = parsed;
  const problems = group === '' ? [] : invalidIf(dns1123Subdomain(group), path, group);
  if (version === '') return [...problems, invalid(path, apiVersion, 'version must be specified')];
  return [...problems, ...invalidIf(dns1035Label(version), path, version)];
}

const invalidIf = (details: readonly string[], path: string, value: string, prefix = '') =>
  details.length > 0 ? [invalid(path, value, prefix + details.join(','))] : [];

export function validateParamRef(ref: ParamRef, path: string): FieldError[] {
  const { name, selector, parameterNotFoundAction: action } = ref;
  const exclusive = 'name and selector are mutually exclusive';
  const actions = ['Deny', 'Allow'];
  const problems: FieldError[] = [];
  if (name) problems.push(...pathSegmentName(name).map((problem) => invalid(`${path}.name`, name, problem)));
  if (name && selector) problems.push(forbidden(`${path}.name`, exclusive));
  problems.push(...validateLabelSelector(selector, {}, `${path}.selector`));
  if (name && selector) problems.push(forbidden(`${path}.selector`, exclusive));
  if (!name && !selector) problems.push(required(path, 'one of name or selector must be specified'));
  if (!action) problems.push(required(`${path}.parameterNotFoundAction`));
  else if (!actions.includes(action)) problems.push(notSupported(`${path}.parameterNotFoundAction`, action, actions));
  return problems;
}

export const validateVariables = (variables: readonly Variable[] | undefined, path: string): FieldError[] =>
  (variables ?? []).flatMap(({ name, expression }, index) => {
    const problems: FieldError[] = [];
    if (!name?.trim()) problems.push(required(`${path}[${index}].name`, 'name is not specified'));
    else if (cIdentifier(name).length > 0) problems.push(invalid(`${path}[${index}].name`, name, 'name is not a valid CEL identifier'));
    if (!expression?.trim()) problems.push(required(`${path}[${index}].expression`, 'expression is not specified'));
    return problems;
  });

export const paramKindText = (kind: ParamKind | undefined): string => (kind ? `${kind.apiVersion ?? ''}/${kind.kind ?? ''}` : '<unset>');

/** `namespace/name`; every namespace's where it says none. A selector as Go prints it. */
export function paramRefText(ref: ParamRef | undefined): string {
  if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`;
  return ref?.selector ? goText(ref.selector) : '<unset>';
}

function goText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}: ${value},`);
  const requirements = matchExpressions.map(
    ({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.sort().join('')}},MatchExpressions:[]LabelSelectorRequirement{${requirements.join('')}},}`;
}
