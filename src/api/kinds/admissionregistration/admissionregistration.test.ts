import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, type Manifest } from '../trial.ts';
import { MutatingAdmissionPolicy, MutatingAdmissionPolicyV1Beta1 } from './mutatingadmissionpolicy.ts';
import { MutatingWebhookConfiguration } from './mutatingwebhookconfiguration.ts';
import { ValidatingAdmissionPolicy } from './validatingadmissionpolicy.ts';
import { ValidatingAdmissionPolicyBinding } from './validatingadmissionpolicybinding.ts';
import { ValidatingWebhookConfiguration } from './validatingwebhookconfiguration.ts';

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const webhook = (more: Manifest = {}): Manifest => ({
  name: 'pods.example.com',
  clientConfig: { service: { name: 'hook', namespace: 'hooks' } },
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  rules: [rule],
  ...more,
});
const configuration = (...webhooks: Manifest[]): Manifest => ({ metadata: { name: 'hooks' }, webhooks });

test('a webhook gets its defaults', () => {
  const { webhooks } = created(MutatingWebhookConfiguration, configuration(webhook()));
  const { failurePolicy, matchPolicy, timeoutSeconds, reinvocationPolicy, namespaceSelector, clientConfig, rules } = webhooks![0]!;
  assert.deepEqual([failurePolicy, matchPolicy, timeoutSeconds, reinvocationPolicy], ['Fail', 'Equivalent', 10, 'Never']);
  assert.deepEqual(namespaceSelector, {});
  assert.equal(clientConfig.service?.port, 443);
  assert.equal(rules?.[0]?.scope, '*');
});

const form = '; desired format: https://host[/path]';
const cases: readonly (readonly [what: string, webhook: Manifest, problems: readonly string[]])[] = [
  ['nothing wrong', webhook(), []],
  [
    'a short name',
    webhook({ name: 'pods' }),
    ['name: Invalid value: "pods": should be a domain with at least three segments separated by dots'],
  ],
  ['neither address', webhook({ clientConfig: {} }), ['clientConfig: Required value: exactly one of url or service is required']],
  [
    'an open address',
    webhook({ clientConfig: { url: 'http://me@host/x?y#z' } }),
    [
      `clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme${form}`,
      'clientConfig.url: Invalid value: "me": user information is not permitted in the URL',
      'clientConfig.url: Invalid value: "z": fragments are not permitted in the URL',
      'clientConfig.url: Invalid value: "y": query parameters are not permitted in the URL',
    ],
  ],
  [
    'a broken path',
    webhook({ clientConfig: { service: { name: 'hook', namespace: 'hooks', path: '/a//b' } } }),
    ['clientConfig.service.path: Invalid value: "/a//b": segment[1] may not be empty'],
  ],
  ['side effects', webhook({ sideEffects: 'Some' }), ['sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"']],
  [
    'no patience',
    webhook({ timeoutSeconds: 31 }),
    ['timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
  ],
  ['no version', webhook({ admissionReviewVersions: [] }), ['admissionReviewVersions: Required value: must specify one of v1, v1beta1']],
  [
    'a strange version',
    webhook({ admissionReviewVersions: ['v9'] }),
    ['admissionReviewVersions: Invalid value: ["v9"]: must include at least one of v1, v1beta1'],
  ],
  [
    'everything and more',
    webhook({ rules: [{ ...rule, operations: ['*', 'CREATE'], resources: ['pods/*', 'pods/status', '*', 'nodes'] }] }),
    [
      `rules[0].operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations`,
      `rules[0].resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status`,
      `rules[0].resources: Invalid value: ["pods/*","pods/status","*","nodes"]: if '*' is present, must not specify other resources without subresources`,
    ],
  ],
];
for (const [what, one, problems] of cases)
  test(`a webhook with ${what}`, () =>
    assert.deepEqual(
      createProblems(ValidatingWebhookConfiguration, configuration(one)),
      problems.map((problem) => `webhooks[0].${problem}`),
    ));

test('webhooks of one configuration have names of their own', () => {
  assert.deepEqual(createProblems(ValidatingWebhookConfiguration, configuration(webhook(), webhook())), [
    'webhooks[1].name: Duplicate value: "pods.example.com"',
  ]);
});

const policy = (spec: Manifest): Manifest => ({ metadata: { name: 'p' }, spec: { matchConstraints: { resourceRules: [rule] }, ...spec } });

test('a policy must check or note something', () => {
  assert.deepEqual(createProblems(ValidatingAdmissionPolicy, policy({})), [
    'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
    'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
  ]);
  assert.deepEqual(createProblems(ValidatingAdmissionPolicy, policy({ validations: [{ expression: 'true' }] })), []);
});

test('a binding either denies or warns', () => {
  const spec = { policyName: 'p', validationActions: ['Deny', 'Warn'], paramRef: { parameterNotFoundAction: 'Deny' } };
  assert.deepEqual(createProblems(ValidatingAdmissionPolicyBinding, { metadata: { name: 'b' }, spec }), [
    'spec.paramRef: Required value: one of name or selector must be specified',
    'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
  ]);
});

test('a mutating policy says how it mutates', () => {
  const mutations = [{ patchType: 'JSONPatch', applyConfiguration: { expression: 'x' } }];
  assert.deepEqual(createProblems(MutatingAdmissionPolicy, policy({ mutations, reinvocationPolicy: 'Never' })), [
    'spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch',
    'spec.mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch',
  ]);
  assert.equal(MutatingAdmissionPolicyV1Beta1.storage?.version, 'v1');
});

test('kubectl get validatingadmissionpolicies', () => {
  const object = created(
    ValidatingAdmissionPolicy,
    policy({ validations: [{ expression: 'true' }], paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }),
  );
  const { Validations, ParamKind } = row(ValidatingAdmissionPolicy, object);
  assert.deepEqual([Validations, ParamKind], [1, 'v1/ConfigMap']);
});

test('kubectl get validatingadmissionpolicybindings', () => {
  const cell = (paramRef: Manifest) =>
    row(
      ValidatingAdmissionPolicyBinding,
      created(ValidatingAdmissionPolicyBinding, { metadata: { name: 'b' }, spec: { policyName: 'p', paramRef } }),
    )['ParamRef'];
  assert.equal(cell({ name: 'x' }), '*/x');
  assert.equal(cell({ name: 'x', namespace: 'ns' }), 'ns/x');
  assert.equal(
    cell({ selector: { matchLabels: { a: 'b' } } }),
    '&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}',
  );
});
