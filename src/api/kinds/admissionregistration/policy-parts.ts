import type { Draft } from '../../draft.ts';
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { MatchResources, ParamKind, ParamRef, Variable } from '../../generated/admissionregistration/v1.ts';
import { labelSelectorText, selectorOf } from '../../label-selector.ts';
import { parseApiVersion } from '../../meta.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { cIdentifier, dns1035Label, dns1123Subdomain } from '../../validation/names.ts';
import { defaultRules, validateRules } from './rule-validation.ts';

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
  const { matchPolicy } = match;
  return [
    ...(matchPolicy === undefined || ['Equivalent', 'Exact'].includes(matchPolicy)
      ? []
      : [notSupported(`${path}.matchPolicy`, matchPolicy, ['Equivalent', 'Exact'])]),
    ...validateLabelSelector(match.namespaceSelector, {}, `${path}.namespaceSelector`),
    ...validateLabelSelector(match.objectSelector, {}, `${path}.objectSelector`),
    ...validateRules(match.resourceRules, `${path}.resourceRules`),
    ...validateRules(match.excludeResourceRules, `${path}.excludeResourceRules`),
  ];
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
  const problems: FieldError[] = [];
  if (!apiVersion) problems.push(required(`${path}.apiVersion`));
  else {
    const parsed = parseApiVersion(apiVersion);
    if (!parsed) problems.push(invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
    const { group = '', version = '' } = parsed ?? {};
    if (group !== '') problems.push(...invalidIf(dns1123Subdomain(group), `${path}.apiVersion`, apiVersion));
    if (parsed) problems.push(...invalidIf(dns1035Label(version), `${path}.apiVersion`, apiVersion));
  }
  if (!kind) problems.push(required(`${path}.kind`));
  else
    problems.push(
      ...invalidIf(dns1035Label(kind.toLowerCase()), `${path}.kind`, kind, 'may have mixed case, but should otherwise match: '),
    );
  return problems;
}

const invalidIf = (details: readonly string[], path: string, value: string, prefix = '') =>
  details.length > 0 ? [invalid(path, value, prefix + details.join(','))] : [];

export function validateParamRef(ref: ParamRef, path: string): FieldError[] {
  const { name, selector, parameterNotFoundAction } = ref;
  const problems: FieldError[] = [];
  if (name) {
    if (selector) problems.push(forbidden(`${path}.name`, 'name and selector are mutually exclusive'));
  } else if (!selector) problems.push(required(path, 'one of name or selector must be specified'));
  problems.push(...validateLabelSelector(selector, {}, `${path}.selector`));
  if (!parameterNotFoundAction) problems.push(required(`${path}.parameterNotFoundAction`));
  else if (!['Deny', 'Allow'].includes(parameterNotFoundAction))
    problems.push(notSupported(`${path}.parameterNotFoundAction`, parameterNotFoundAction, ['Deny', 'Allow']));
  return problems;
}

export const validateVariables = (variables: readonly Variable[] | undefined, path: string): FieldError[] =>
  (variables ?? []).flatMap(({ name, expression }, index) => {
    const at = `${path}[${index}]`;
    const taken = variables!.findIndex((other) => other.name === name) < index;
    return [
      ...(name
        ? cIdentifier(name).map((problem) => invalid(`${at}.name`, name, `name is not a valid CEL identifier: ${problem}`))
        : [required(`${at}.name`, 'name is not specified')]),
      ...(taken ? [duplicate(`${at}.name`, name)] : []),
      ...(expression?.trim() ? [] : [required(`${at}.expression`, 'expression is not specified')]),
    ];
  });

export const paramKindText = (kind: ParamKind | undefined): string => (kind ? `${kind.apiVersion ?? ''}/${kind.kind ?? ''}` : '<unset>');

/** `namespace/name`; every namespace's where it says none. */
export function paramRefText(ref: ParamRef | undefined): string {
  if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`;
  return ref?.selector ? labelSelectorText(selectorOf(ref.selector)) : '<unset>';
}
