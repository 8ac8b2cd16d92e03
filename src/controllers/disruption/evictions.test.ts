import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { ApiError } from '../../api/errors.ts';
import type { PodDisruptionBudget as Budget } from '../../api/generated/policy/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { PodDisruptionBudget } from '../../api/kinds/policy/poddisruptionbudget.ts';
import { startVirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { isHealthy } from './guard.ts';

const namespace = 'default';
const labels = { app: 'web' };

test('however evictions come, they never leave fewer healthy pods than the budget asks for', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    using plane = await startVirtualControlPlane({ controllers: ['disruption-controller', 'serviceaccount-controller'] });
    const rng = seededRng(seed);
    const { client, clock } = plane;
    const least = 2 + rng.below(3);
    await client.create<Budget>(PodDisruptionBudget, {
      metadata: { name: 'web', namespace },
      spec: { minAvailable: least, selector: { matchLabels: labels } },
      status: {},
    });
    const pods = async () => (await client.list(Pod, { namespace })).items;
    const evict = (name: string) =>
      client
        .createSub(
          { group: '', version: 'v1', resource: 'pods', subresource: 'eviction', namespace, name },
          { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
        )
        .then(
          () => 1,
          (error: unknown) => (error instanceof ApiError && [404, 429].includes(error.code) ? 0 : assert.fail(String(error))),
        );
    let evicted = 0;
    for (let n = 0; n < 40; n++) {
      const metadata = { name: `p${n}`, namespace, labels };
      await client.create(Pod, { metadata, spec: { containers: [{ name: 'c', image: 'i' }] }, status: {} });
      const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }];
      await client.patch(
        Pod,
        { namespace, name: metadata.name },
        'merge',
        { status: { phase: 'Running', conditions } },
        { subresource: 'status' },
      );
      if (n < least) continue;
      if (rng.below(2) === 0) await clock.advance(rng.below(3));
      const there = (await pods()).map((pod) => pod.metadata.name!);
      const tries = await Promise.all(Array.from({ length: 1 + rng.below(4) }, () => evict(there[rng.below(there.length)]!)));
      evicted += tries.reduce<number>((sum, done) => sum + done, 0);
      const healthy = (await pods()).filter(isHealthy).length;
      assert.ok(healthy >= least, `seed ${seed}: ${healthy} of ${least} are left`);
    }
    assert.ok(evicted > 0);
  }
});
