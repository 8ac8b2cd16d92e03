import type { Draft } from '../../draft.ts';
import { invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { ClusterRoleBinding, RoleBinding, RoleRef, Subject } from '../../generated/rbac/v1.ts';
import { ageColumn, nameColumn, type Column } from '../../kind.ts';
import { nameIsDns1123Subdomain, pathSegmentName } from '../../validation/names.ts';

/** What RoleBinding and ClusterRoleBinding have in common, which is nearly all. */
type AnyBinding = RoleBinding | ClusterRoleBinding;

const rbacGroup = 'rbac.authorization.k8s.io';

export const bindingColumns: readonly Column<AnyBinding>[] = [
  nameColumn,
  { name: 'Role', type: 'string', cell: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}` },
  ageColumn,
  { name: 'Users', type: 'string', priority: 1, cell: (binding) => named(binding, 'User') },
  { name: 'Groups', type: 'string', priority: 1, cell: (binding) => named(binding, 'Group') },
  { name: 'ServiceAccounts', type: 'string', priority: 1, cell: (binding) => named(binding, 'ServiceAccount') },
];

const named = ({ subjects = [] }: AnyBinding, kind: string) =>
  subjects
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace = '' }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name))
    .join(', ');

export function defaultBinding(binding: Draft<AnyBinding>): void {
  binding.roleRef ??= {} as Draft<RoleRef>;
  binding.roleRef.apiGroup ||= rbacGroup;
  for (const subject of binding.subjects ?? [])
    if (!subject.apiGroup) subject.apiGroup = subject.kind === 'User' || subject.kind === 'Group' ? rbacGroup : undefined;
}

/** `roleKinds`: what may be bound. Service accounts of a cluster-wide binding must say their namespace. */
export function validateBinding({ roleRef, subjects = [] }: AnyBinding, roleKinds: readonly string[], namespaced: boolean): FieldError[] {
  return [
    ...validateRoleRef(roleRef, roleKinds),
    ...subjects.flatMap((subject, index) => validateSubject(subject, namespaced, `subjects[${index}]`)),
  ];
}

export function validateBindingUpdate(next: AnyBinding, old: AnyBinding): FieldError[] {
  const { apiGroup = '', kind, name } = next.roleRef;
  if (apiGroup === old.roleRef.apiGroup && kind === old.roleRef.kind && name === old.roleRef.name) return [];
  return [invalid('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')];
}

function validateRoleRef({ apiGroup, kind, name }: RoleRef, roleKinds: readonly string[]): FieldError[] {
  const problems: FieldError[] = [];
  if (apiGroup !== rbacGroup) problems.push(notSupported('roleRef.apiGroup', apiGroup ?? '', [rbacGroup]));
  if (!roleKinds.includes(kind)) problems.push(notSupported('roleRef.kind', kind ?? '', roleKinds));
  if (!name) problems.push(required('roleRef.name'));
  else problems.push(...pathSegmentName(name).map((problem) => invalid('roleRef.name', name, problem)));
  return problems;
}

function validateSubject(subject: Subject, namespaced: boolean, path: string): FieldError[] {
  const { namespace = '', apiGroup = '' } = subject;
  const kind = subject.kind ?? '';
  const name = subject.name ?? '';
  const problems = name === '' ? [required(`${path}.name`)] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') problems.push(...nameIsDns1123Subdomain(name, false).map((problem) => invalid(`${path}.name`, name, problem)));
      if (apiGroup !== '') problems.push(notSupported(`${path}.apiGroup`, apiGroup, ['']));
      if (!namespaced && namespace === '') problems.push(required(`${path}.namespace`));
      return problems;
    case 'User':
    case 'Group':
      if (name === '') problems.push(invalid(`${path}.name`, name, `${kind.toLowerCase()} name cannot be empty`));
      if (apiGroup !== rbacGroup) problems.push(notSupported(`${path}.apiGroup`, apiGroup, [rbacGroup]));
      return problems;
    default:
      return [...problems, notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}
