import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, updateProblems, type Manifest } from '../trial.ts';
import { ClusterRole } from './clusterrole.ts';
import { ClusterRoleBinding } from './clusterrolebinding.ts';
import { Role } from './role.ts';
import { RoleBinding } from './rolebinding.ts';

const withRule = (rule: Manifest): Manifest => ({ metadata: { name: 'r' }, rules: [rule] });
const bind = (more: Manifest = {}): Manifest => ({ metadata: { name: 'b' }, roleRef: { kind: 'ClusterRole', name: 'view' }, ...more });

test('rules must say what may be done with what', () => {
  assert.deepEqual(createProblems(Role, withRule({})), [
    'rules[0].verbs: Required value: verbs must contain at least one value',
    'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
    'rules[0].resources: Required value: resource rules must supply at least one resource',
  ]);
  assert.deepEqual(createProblems(Role, withRule({ verbs: ['get'], apiGroups: [''], resources: ['pods', 'pods/log'] })), []);
});

test('only a ClusterRole has non-resource URLs, and nothing beside them', () => {
  const urls = { verbs: ['get'], nonResourceURLs: ['/healthz'] };
  assert.deepEqual(createProblems(ClusterRole, withRule(urls)), []);
  assert.deepEqual(createProblems(Role, withRule({ ...urls, resources: ['pods'] })), [
    'rules[0].nonResourceURLs: Invalid value: ["/healthz"]: namespaced rules cannot apply to non-resource URLs',
    'rules[0].nonResourceURLs: Invalid value: ["/healthz"]: rules cannot apply to both regular resources and non-resource URLs',
  ]);
});

test('an aggregated ClusterRole must select something', () => {
  assert.deepEqual(createProblems(ClusterRole, { metadata: { name: 'r' }, aggregationRule: {} }), [
    'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
  ]);
});

test('bindings fill in the API group', () => {
  const binding = created(
    RoleBinding,
    bind({
      subjects: [
        { kind: 'User', name: 'ada' },
        { kind: 'ServiceAccount', name: 'bot', namespace: 'ci' },
      ],
    }),
  );
  assert.equal(binding.roleRef.apiGroup, 'rbac.authorization.k8s.io');
  assert.deepEqual(
    binding.subjects?.map(({ apiGroup }) => apiGroup),
    ['rbac.authorization.k8s.io', undefined],
  );
});

const subjects: readonly (readonly [what: string, subject: Manifest, problems: readonly string[]])[] = [
  ['of no kind', { name: 'x' }, ['subjects[0].kind: Unsupported value: "": supported values: "ServiceAccount", "User", "Group"']],
  [
    'without a name',
    { kind: 'User' },
    ['subjects[0].name: Required value', 'subjects[0].name: Invalid value: "": user name cannot be empty'],
  ],
  ['from nowhere', { kind: 'ServiceAccount', name: 'bot' }, ['subjects[0].namespace: Required value']],
  [
    'with a group it has not',
    { kind: 'ServiceAccount', name: 'bot', namespace: 'ci', apiGroup: 'apps' },
    ['subjects[0].apiGroup: Unsupported value: "apps": supported values: ""'],
  ],
];
for (const [what, subject, problems] of subjects)
  test(`a ClusterRoleBinding of a subject ${what}`, () =>
    assert.deepEqual(createProblems(ClusterRoleBinding, bind({ subjects: [subject] })), problems));

test('a ClusterRoleBinding binds no Role', () => {
  assert.deepEqual(createProblems(ClusterRoleBinding, bind({ roleRef: { kind: 'Role', name: '' } })), [
    'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
    'roleRef.name: Required value',
  ]);
});

test('what is bound never changes', () => {
  assert.deepEqual(
    updateProblems(RoleBinding, bind(), ({ roleRef }) => (roleRef.name = 'admin')),
    ['roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"admin"}: cannot change roleRef'],
  );
});

test('kubectl get rolebindings -o wide', () => {
  const subjects = [
    { kind: 'User', name: 'ada' },
    { kind: 'User', name: 'bob' },
    { kind: 'Group', name: 'dev' },
    { kind: 'ServiceAccount', name: 'bot', namespace: 'ci' },
  ];
  const { Role: role, Users, Groups, ServiceAccounts } = row(RoleBinding, created(RoleBinding, bind({ subjects })));
  assert.deepEqual([role, Users, Groups, ServiceAccounts], ['ClusterRole/view', 'ada, bob', 'dev', 'ci/bot']);
});
