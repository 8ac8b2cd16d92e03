import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from '../../generated/flowcontrol/v1.ts';
import { dns1123Label, dns1123Subdomain } from '../../validation/names.ts';

const kinds = ['Group', 'ServiceAccount', 'User'];
const supportedVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const eachNamespace = "each member of this list must be '*' or a DNS-1123 label";

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

const bodies = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;

function validateSubject(subject: Subject, path: string): FieldError[] {
  const { kind } = subject;
  const own = bodies[kind as keyof typeof bodies];
  if (!own) return [notSupported(`${path}.kind`, kind ?? '', kinds)];
  const strangers = Object.entries(bodies).filter(([of, field]) => of !== kind && subject[field]);
  return [
    ...validateBody(subject, own, `${path}.${own}`),
    ...strangers.map(([of, field]) => forbidden(`${path}.${field}`, `${field} is forbidden when subject kind is not '${of}'`)),
  ];
}

function validateBody(subject: Subject, own: (typeof bodies)[keyof typeof bodies], path: string): FieldError[] {
  const body = subject[own];
  if (!body) return [required(path, `${own} is required when subject kind is '${subject.kind}'`)];
  if (own === 'serviceAccount') return validateServiceAccount(subject.serviceAccount!, path);
  return body.name ? [] : [required(`${path}.name`)];
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
    ...validateVerbs(rule.verbs, `${path}.verbs`),
    ...validateList(rule.apiGroups, 'apiGroups', 'resource rules must supply at least one api group', path),
    ...validateList(rule.resources, 'resources', 'resource rules must supply at least one resource', path),
  ];
  if (namespaces.length === 0 && !clusterScope)
    return [...problems, required(`${path}.namespaces`, 'resource rules that are not cluster scoped must supply at least one namespace')];
  if (namespaces.length > 1 && namespaces.includes('*'))
    return [...problems, invalid(`${path}.namespaces`, namespaces, "if '*' is present, must not specify other namespaces")];
  return problems.concat(
    namespaces.flatMap((namespace, index) =>
      namespace === '*'
        ? []
        : dns1123Label(namespace).map((problem) => invalid(`${path}.namespaces[${index}]`, namespace, `${eachNamespace}; ${problem}`)),
    ),
  );
}

function validateNonResourceRule({ verbs, nonResourceURLs }: NonResourcePolicyRule, path: string): FieldError[] {
  return [
    ...validateVerbs(verbs, `${path}.verbs`),
    ...validateList(nonResourceURLs, 'nonResourceURLs', 'nonResourceURLs must contain at least one value', path),
    ...(nonResourceURLs?.includes('*')
      ? []
      : (nonResourceURLs ?? []).flatMap((url, index) => validateUrl(url, `${path}.nonResourceURLs[${index}]`))),
  ];
}

function validateVerbs(verbs: readonly string[] | undefined, path: string): FieldError[] {
  if (!verbs?.length) return [required(path, 'verbs must contain at least one value')];
  if (verbs.includes('*')) return verbs.length > 1 ? [invalid(path, verbs, "if '*' is present, must not specify other verbs")] : [];
  return verbs.every((verb) => supportedVerbs.includes(verb)) ? [] : [notSupported(path, verbs, supportedVerbs)];
}

function validateUrl(url: string, path: string): FieldError[] {
  const wrong = (detail: string) => [invalid(path, url, detail)];
  if (url === '') return wrong('must not be empty');
  if (url === '/') return [];
  if (!url.startsWith('/')) return wrong('must start with slash');
  if (url.includes(' ')) return wrong('must not contain white-space');
  if (url.includes('//')) return wrong('must not contain double slash');
  const star = url.indexOf('*');
  return star < 0 || (star === url.length - 1 && url.endsWith('/*')) ? [] : wrong('wildcard can only do suffix matching');
}

function validateList(items: readonly string[] | undefined, name: string, none: string, path: string): FieldError[] {
  if (!items?.length) return [required(`${path}.${name}`, none)];
  if (items.length === 1 || !items.includes('*')) return [];
  const what = { apiGroups: 'api groups', nonResourceURLs: 'non-resource URLs' }[name] ?? name;
  return [invalid(`${path}.${name}`, items, `if '*' is present, must not specify other ${what}`)];
}
