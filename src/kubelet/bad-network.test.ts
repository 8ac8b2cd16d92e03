import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../base/rng.ts';
import type { Pod as PodType } from '../api/generated/core/v1.ts';
import { Node } from '../api/kinds/core/node.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { isFinished, isReady } from '../api/pods/pod-state.ts';
import { faultyApi, type FaultRates } from '../client/fault-injection.ts';
import { typedClient } from '../client/typed-client.ts';
import { startVirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import { scripted, TrialKubelet } from './trial.ts';

const bad: FaultRates = {
  refused: 0.1,
  answerLost: 0.1,
  conflict: 0.1,
  late: 0.3,
  latencyMs: 500,
  watchBroken: 0.05,
  watchExpired: 0.1,
  frameLate: 0.2,
  frameTwice: 0.1,
};

for (let seed = 1; seed <= 6; seed++) {
  test(`over a bad network, and started again now and then, a kubelet runs what it should and nothing else, seed ${seed}`, async () => {
    using plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
    const rng = seededRng(seed);
    let rates: FaultRates | undefined = bad;
    const client = typedClient({
      api: faultyApi({ api: plane.api.call, clock: plane.clock, rng, rates: () => rates }),
      credentials: { by: 'identity', user: { name: 'system:node:node01', groups: ['system:nodes', 'system:authenticated'] } },
    });
    const node = new TrialKubelet(client, plane.env);
    const makes = new TrialKubelet(plane.client, plane.env);
    await node.component.start(plane.env).then((running) => node.adopt(running));
    const deleted = new Set<string>();
    for (let step = 0; step < 20; step++) {
      const name = `pod-${step}`;
      const ends = step % 3 === 0 ? scripted({ 'exit-code': '0', 'exit-after': '20s' }) : {};
      await makes.run(name, { restartPolicy: step % 3 === 0 ? 'Never' : 'Always', containers: [{ name: 'main', image: 'nginx' }] }, ends);
      await plane.clock.advance(rng.below(8000));
      const victim = `pod-${rng.below(step + 1)}`;
      if (rng.below(3) === 0 && !deleted.has(victim)) {
        deleted.add(victim);
        await plane.client.delete(Pod, { namespace: 'default', name: victim }, rng.below(2) === 0 ? {} : { gracePeriodSeconds: 0 });
      }
      if (rng.below(6) === 0) {
        await node.stop();
        await plane.clock.advance(rng.below(20_000));
        await node.component.start(plane.env).then((running) => node.adopt(running));
      }
    }
    rates = undefined;
    await plane.clock.advance(120_000);
    const { items } = await plane.client.list<PodType>(Pod);
    assert.equal(items.length, 20 - deleted.size);
    for (const pod of items) {
      const { name = '' } = pod.metadata;
      const is = isReady(pod) ? 'ready' : pod.status.phase;
      assert.equal(is, Number(name.slice(4)) % 3 === 0 ? 'Succeeded' : 'ready', name);
      assert.equal(pod.status.containerStatuses?.[0]?.restartCount, 0, name);
    }
    const sandboxes = await node.runtime.listPodSandbox();
    const known = new Set(items.map(({ metadata }) => metadata.uid));
    assert.deepEqual(
      sandboxes.filter(({ metadata }) => !known.has(metadata.uid)),
      [],
    );
    const alive = sandboxes.filter(({ state }) => state === 'Ready').length;
    assert.equal(alive, items.filter((pod) => !isFinished(pod)).length);
    const ready = (await plane.client.get(Node, { name: 'node01' })).status.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready?.status, 'True');
  });
}
