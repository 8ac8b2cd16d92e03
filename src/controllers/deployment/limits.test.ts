import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, RollingUpdateDeployment } from '../../api/generated/apps/v1.ts';
import { limitsOf } from './limits.ts';

const deployment = (replicas: number, rollingUpdate?: RollingUpdateDeployment): Deployment => ({
  metadata: {},
  spec: {
    replicas,
    selector: {},
    template: {},
    strategy: rollingUpdate ? { type: 'RollingUpdate', rollingUpdate } : { type: 'Recreate' },
  },
  status: {},
});

test('surge is rounded up and unavailability down; when both come to nothing, one may be unavailable', () => {
  const rows: [replicas: number, surge: number | string, unavailable: number | string, ...expected: [number, number]][] = [
    [4, '25%', '25%', 1, 1],
    [10, '25%', '25%', 3, 2],
    [2, '0%', '1%', 0, 1],
    [1, '1%', '25%', 1, 0],
    [2, 3, 0, 3, 0],
    [0, '25%', '25%', 0, 0],
    [3, 0, 9, 0, 3],
    [10, '150%', 0, 15, 0],
  ];
  for (const [replicas, maxSurge, maxUnavailable, ...expected] of rows) {
    const limits = limitsOf(deployment(replicas, { maxSurge, maxUnavailable }));
    assert.deepEqual([limits.maxSurge, limits.maxUnavailable], expected, JSON.stringify({ replicas, maxSurge, maxUnavailable }));
  }
});

test('Recreate has neither', () => assert.deepEqual(limitsOf(deployment(5)), { desired: 5, maxSurge: 0, maxUnavailable: 0 }));
