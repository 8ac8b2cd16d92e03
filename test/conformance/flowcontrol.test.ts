import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlowSchema } from '../../src/api/kinds/flowcontrol/flowschema.ts';
import { PriorityLevelConfiguration } from '../../src/api/kinds/flowcontrol/prioritylevelconfiguration.ts';
import { exercise } from './api-operations.ts';
import { conformance } from './bed.ts';

const condition = (status: string) => ({
  conditions: [{ type: 'Dangling', status, reason: 'Test', message: 'Set by a test', lastTransitionTime: '2026-01-01T00:00:00Z' }],
});

conformance('API priority and fairness', (bed) => {
  test('[sig-api-machinery] API priority and fairness should support FlowSchema API operations [Conformance]', async () => {
    await exercise(bed, {
      kind: FlowSchema,
      make: () => ({
        spec: {
          matchingPrecedence: 10000,
          priorityLevelConfiguration: { name: 'global-default' },
          distinguisherMethod: { type: 'ByUser' },
          rules: [
            {
              subjects: [{ kind: 'User', user: { name: 'example-e2e-non-existent-user' } }],
              nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
            },
          ],
        },
      }),
      change: (schema) => ({ ...schema, spec: { ...schema.spec, matchingPrecedence: 9999 } }),
      status: [condition('False'), condition('True')],
    });
  });

  test('[sig-api-machinery] API priority and fairness should support PriorityLevelConfiguration API operations [Conformance]', async () => {
    await exercise(bed, {
      kind: PriorityLevelConfiguration,
      make: () => ({
        spec: { type: 'Limited', limited: { nominalConcurrencyShares: 2, limitResponse: { type: 'Reject' } } },
      }),
      change: (level) => ({ ...level, spec: { ...level.spec, limited: { ...level.spec.limited, nominalConcurrencyShares: 4 } } }),
      status: [condition('False'), condition('True')],
    });
    const made = await bed.client.create(PriorityLevelConfiguration, {
      metadata: { name: 'with-defaults' },
      spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
    } as never);
    assert.deepEqual(made.spec.limited, { limitResponse: { type: 'Reject' }, nominalConcurrencyShares: 30, lendablePercent: 0 });
  });
});
