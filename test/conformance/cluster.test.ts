import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Node } from '../../src/api/kinds/core/node.ts';
import { StorageVersionMigrationV1Beta1 } from '../../src/api/kinds/storagemigration/storageversionmigration.ts';
import { exercise } from './api-operations.ts';
import { conformance } from './bed.ts';

conformance(
  'cluster',
  (bed) => {
    test('[sig-architecture] Conformance Tests should have at least two untainted nodes [Conformance]', async () => {
      const { items } = await bed.client.list(Node);
      const untainted = items.filter(({ spec }) => !spec?.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute'));
      assert.ok(untainted.length >= 2, JSON.stringify(items.map(({ metadata, spec }) => [metadata.name, spec?.taints])));
    });

    test('StorageVersionMigration supports all operations in v1beta1, before it has a v1', async () => {
      const condition = (status: string) => ({
        conditions: [{ type: 'Running', status, reason: 'Test', message: 'Set by a test', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      });
      await exercise(bed, {
        kind: StorageVersionMigrationV1Beta1,
        make: () => ({ spec: { resource: { group: 'apps', resource: 'deployments' } } }),
        status: [condition('True'), condition('False')],
      });
    });
  },
  { workers: 2, runtimeConfig: { 'storagemigration.k8s.io/v1beta1': 'true' } },
);
