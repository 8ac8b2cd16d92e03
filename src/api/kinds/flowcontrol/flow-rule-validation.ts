import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from '../../generated/flowcontrol/v1.ts';
import { dns1123Label, dns1123Subdomain } from '../../validation/names.ts';

const kinds = ['Group', 'ServiceAccount', 'User'];

/** Which requests, of whom, a flow schema takes in. */
export const validateFlowRules = (rules: readonly PolicyRulesWithSubjects[], path: string): FieldError[] =>
  rules.flatMap((rule, index) => validateRule(rule, `${path}[${index}]`));

function validateRule({ subjects, resourceRules = [], nonResourceRules = [] }: PolicyRulesWithSubjects, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!subjects?.length) problems.push(required(`${path}.subjects`, 'subjects must contain at least one value'));
  else problems.push(...subjects.flatMap((subject, index) => validateSubject(subject, `${path}.subjects[${index}]`)));
  if (resourceRules.length + nonResourceRules.length === 0)
    problems.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  return [
    ...problems,
    ...resourceRules.flatMap((rule, index) => validateResourceRule(rule, `${path}.resourceRules[${index}]`)),
    ...nonResourceRules.flatMap((rule, index) => validateNonResourceRule(rule, `${path}.nonResourceRules[${index}]`)),
  ];
}

function validateSubject(subject: Subject, path: string): FieldError[] {
  const { kind, user, group, serviceAccount } = subject;
  if (!kinds.includes(kind)) return [notSupported(`${path}.kind`, kind ?? '', kinds)];
  const bodies = { User: ['user', user], Group: ['group', group], ServiceAccount: ['serviceAccount', serviceAccount] } as const;
  const problems: FieldError[] = [];
  for (const [of, [field, body]] of Object.entries(bodies)) {
    if (of === kind && !body) problems.push(required(`${path}.${field}`, `${field} is required when subject kind is '${kind}'`));
    if (of !== kind && body) problems.push(forbidden(`${path}.${field}`, `${field} is forbidden when subject kind is not '${of}'`));
  }
  if (kind === 'User' && user && !user.name) problems.push(required(`${path}.user.name`));
  if (kind === 'Group' && group && !group.name) problems.push(required(`${path}.group.name`));
  if (kind === 'ServiceAccount' && serviceAccount) problems.push(...validateServiceAccount(serviceAccount, `${path}.serviceAccount`));
  return problems;
}

function validateServiceAccount({ name, namespace }: NonNullable<Subject['serviceAccount']>, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!name) problems.push(required(`${path}.name`));
  else if (name !== '*') problems.push(...dns1123Subdomain(name).map((problem) => invalid(`${path}.name`, name, problem)));
  if (!namespace) return [...problems, required(`${path}.namespace`, 'must specify namespace for service account')];
  return [...problems, ...dns1123Label(namespace).map((problem) => invalid(`${path}.namespace`, namespace, problem))];
}

function validateResourceRule(rule: ResourcePolicyRule, path: string): FieldError[] {
  const { namespaces = [], clusterScope = false } = rule;
  const problems = [
    ...validateList(rule.verbs, 'verbs', 'verbs must contain at least one value', path),
    ...validateList(rule.apiGroups, 'apiGroups', 'resource rules must supply at least one api group', path),
    ...validateList(rule.resources, 'resources', 'resource rules must supply at least one resource', path),
  ];
  if (namespaces.length === 0 && !clusterScope)
    return [...problems, required(`${path}.namespaces`, 'resource rules that are not cluster scoped must supply at least one namespace')];
  if (namespaces.length > 1 && namespaces.includes('*'))
    return [...problems, invalid(`${path}.namespaces`, namespaces, "if '*' is present, must not specify other namespaces")];
  return problems.concat(
    namespaces.flatMap((namespace, index) =>
      namespace === '*' ? [] : dns1123Label(namespace).map((problem) => invalid(`${path}.namespaces[${index}]`, namespace, problem)),
    ),
  );
}

function validateNonResourceRule({ verbs, nonResourceURLs }: NonResourcePolicyRule, path: string): FieldError[] {
  return [
    ...validateList(verbs, 'verbs', 'verbs must contain at least one value', path),
    ...validateList(nonResourceURLs, 'nonResourceURLs', 'nonResourceURLs must contain at least one value', path),
    ...(nonResourceURLs ?? []).flatMap((url, index) => validateUrl(url, `${path}.nonResourceURLs[${index}]`)),
  ];
}

function validateUrl(url: string, path: string): FieldError[] {
  if (url === '*' || url === '/') return [];
  if (url === '') return [invalid(path, url, 'nonResourceURL must not be empty')];
  if (!url.startsWith('/')) return [invalid(path, url, "nonResourceURL must start with slash '/'")];
  if (url.includes(' ')) return [invalid(path, url, 'nonResourceURL must not contain white-space')];
  const star = url.indexOf('*');
  if (star >= 0 && (star !== url.length - 1 || !url.endsWith('/*'))) return [invalid(path, url, 'wildcard can only do suffix matching')];
  return url.includes('//') ? [invalid(path, url, "nonResourceURL must not contain double slash '//'")] : [];
}

function validateList(items: readonly string[] | undefined, name: string, none: string, path: string): FieldError[] {
  if (!items?.length) return [required(`${path}.${name}`, none)];
  if (items.length === 1 || !items.includes('*')) return [];
  const what = { apiGroups: 'api groups', nonResourceURLs: 'non-resource URLs' }[name] ?? name;
  return [invalid(`${path}.${name}`, items, `if '*' is present, must not specify other ${what}`)];
}
