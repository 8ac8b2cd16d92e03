/** The objects of admissionregistration.k8s.io; nothing here needs them to be obeyed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MutatingAdmissionPolicy } from '../../src/api/kinds/admissionregistration/mutatingadmissionpolicy.ts';
import { MutatingAdmissionPolicyBinding } from '../../src/api/kinds/admissionregistration/mutatingadmissionpolicybinding.ts';
import { MutatingWebhookConfiguration } from '../../src/api/kinds/admissionregistration/mutatingwebhookconfiguration.ts';
import { ValidatingAdmissionPolicy } from '../../src/api/kinds/admissionregistration/validatingadmissionpolicy.ts';
import { ValidatingAdmissionPolicyBinding } from '../../src/api/kinds/admissionregistration/validatingadmissionpolicybinding.ts';
import { ValidatingWebhookConfiguration } from '../../src/api/kinds/admissionregistration/validatingwebhookconfiguration.ts';
import { exercise, findInDiscovery } from './api-operations.ts';
import { conformance } from './bed.ts';

const matchConstraints = {
  resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }],
  // Nothing that other tests make.
  namespaceSelector: { matchLabels: { none: 'none' } },
};
const condition = (status: string) => ({
  conditions: [
    { type: 'StatusUpdated', status, reason: 'E2E', message: 'Set from an e2e test', lastTransitionTime: '2026-01-01T00:00:00Z' },
  ],
});

conformance('admission registration', (bed) => {
  test('[sig-api-machinery] ValidatingAdmissionPolicy [Privileged:ClusterAdmin] should support ValidatingAdmissionPolicy API operations [Conformance]', async () => {
    await exercise(bed, {
      kind: ValidatingAdmissionPolicy,
      make: () =>
        ({
          spec: {
            failurePolicy: 'Ignore',
            matchConstraints,
            validations: [{ expression: 'object.spec.replicas <= 100', messageExpression: '"too many"' }],
          },
        }) as never,
      change: (policy) => ({ ...policy, spec: { ...policy.spec, failurePolicy: 'Fail' as const } }),
      status: [condition('True'), condition('False')],
    });
  });

  test('[sig-api-machinery] ValidatingAdmissionPolicy [Privileged:ClusterAdmin] should support ValidatingAdmissionPolicyBinding API operations [Conformance]', async () => {
    await exercise(bed, {
      kind: ValidatingAdmissionPolicyBinding,
      make: () => ({ spec: { policyName: 'replicalimit-policy.example.com', validationActions: ['Deny'] } }) as never,
      change: (binding) => ({ ...binding, spec: { ...binding.spec, validationActions: ['Warn' as const] } }),
    });
  });

  test('[sig-api-machinery] MutatingAdmissionPolicy [Privileged:ClusterAdmin] should support MutatingAdmissionPolicy API operations [Conformance]', async () => {
    const expression = 'Object{spec: Object.spec{replicas: 1}}';
    await exercise(bed, {
      kind: MutatingAdmissionPolicy,
      make: () =>
        ({
          spec: {
            failurePolicy: 'Ignore',
            reinvocationPolicy: 'Never',
            matchConstraints,
            mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
          },
        }) as never,
      change: (policy) => ({ ...policy, spec: { ...policy.spec, failurePolicy: 'Fail' as const } }),
    });
  });

  test('[sig-api-machinery] MutatingAdmissionPolicy [Privileged:ClusterAdmin] should support MutatingAdmissionPolicyBinding API operations [Conformance]', async () => {
    await exercise(bed, { kind: MutatingAdmissionPolicyBinding, make: () => ({ spec: { policyName: 'mutate.example.com' } }) });
  });

  test('[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin] should include webhook resources in discovery documents [Conformance]', async () => {
    await findInDiscovery(bed, MutatingWebhookConfiguration, false);
    await findInDiscovery(bed, ValidatingWebhookConfiguration, false);
  });

  const webhook = (conditions: readonly string[]) => ({
    name: 'skip.example.com',
    clientConfig: { url: 'https://127.0.0.1:1/none' },
    sideEffects: 'None' as const,
    admissionReviewVersions: ['v1'],
    namespaceSelector: { matchLabels: { none: 'none' } },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE' as const], resources: ['configmaps'] }],
    matchConditions: conditions.map((expression, i) => ({ name: `condition-${i}`, expression })),
  });

  for (const [kind, title] of [
    [
      MutatingWebhookConfiguration,
      '[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin] should be able to create and update mutating webhook configurations with match conditions [Conformance]',
    ],
    [
      ValidatingWebhookConfiguration,
      '[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin] should be able to create and update validating webhook configurations with match conditions [Conformance]',
    ],
  ] as const)
    test(title, async () => {
      await exercise(bed, {
        kind,
        make: () => ({ webhooks: [webhook(["object.metadata.name != 'skip-me'"])] }),
        change: (one) => ({ ...one, webhooks: [webhook(["object.metadata.name != 'skip-me'", 'true'])] }),
      });
      const metadata = { name: 'read' };
      const made = await bed.client.create(kind, { metadata, webhooks: [webhook(['true', 'false'])] });
      const { failurePolicy, matchPolicy, timeoutSeconds, matchConditions } = made.webhooks![0]!;
      assert.deepEqual([failurePolicy, matchPolicy, timeoutSeconds], ['Fail', 'Equivalent', 10]);
      assert.deepEqual(
        matchConditions?.map(({ expression }) => expression),
        ['true', 'false'],
      );
    });
});
