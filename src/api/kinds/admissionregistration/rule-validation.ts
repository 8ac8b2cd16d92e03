import type { Draft } from '../../draft.ts';
import { invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { RuleWithOperations } from '../../generated/admissionregistration/v1.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];

export function defaultRules(rules: readonly Draft<RuleWithOperations>[] | undefined): void {
  for (const rule of rules ?? []) rule.scope ??= '*';
}

/** Which requests a webhook or policy is about. */
export const validateRules = (rules: readonly RuleWithOperations[] | undefined, path: string): FieldError[] =>
  (rules ?? []).flatMap((rule, index) => validateRule(rule, `${path}[${index}]`));

export function validateRule(rule: RuleWithOperations, path: string): FieldError[] {
  const { apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  return [
    ...validateList(rule.operations ?? [], 'operations', `${path}.operations`),
    ...(rule.operations ?? []).flatMap((operation, index) =>
      operations.includes(operation) ? [] : [notSupported(`${path}.operations[${index}]`, operation, operations)],
    ),
    ...validateList(apiGroups, 'API groups', `${path}.apiGroups`),
    ...validateList(apiVersions, 'API versions', `${path}.apiVersions`),
    ...apiVersions.flatMap((version, index) => (version === '' ? [required(`${path}.apiVersions[${index}]`)] : [])),
    ...validateResources(resources, `${path}.resources`),
    ...(scope === undefined || scopes.includes(scope) ? [] : [notSupported(`${path}.scope`, scope, scopes)]),
  ];
}

function validateList(items: readonly string[], what: string, path: string): FieldError[] {
  if (items.length === 0) return [required(path)];
  return items.length > 1 && items.includes('*') ? [invalid(path, items, `if '*' is present, must not specify other ${what}`)] : [];
}

/** `pods`, `pods/status`, `pods/*`, `*`+`/scale`, `*`: none may say again what another covers. */
function validateResources(resources: readonly string[], path: string): FieldError[] {
  const problems = resources.length === 0 ? [required(path)] : [];
  const allSubresourcesOf = new Set<string>();
  const allResourcesWith = new Set<string>();
  resources.forEach((text, index) => {
    if (text === '') problems.push(required(`${path}[${index}]`));
    const slash = text.indexOf('/');
    if (slash < 0) return;
    const resource = text.slice(0, slash);
    const subresource = text.slice(slash + 1);
    const covered = (by: string) => problems.push(invalid(`${path}[${index}]`, text, `if '${by}' is present, must not specify ${text}`));
    if (allSubresourcesOf.has(resource)) covered(`${resource}/*`);
    if (allResourcesWith.has(subresource)) covered(`*/${subresource}`);
    if (subresource === '*') allSubresourcesOf.add(resource);
    if (resource === '*') allResourcesWith.add(subresource);
  });
  if (resources.length > 1 && resources.includes('*/*'))
    problems.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && resources.some((text) => text !== '' && text !== '*' && !text.includes('/')))
    problems.push(invalid(path, resources, "if '*' is present, must not specify other resources without subresources"));
  return problems;
}
