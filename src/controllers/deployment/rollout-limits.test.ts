import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng, type Rng } from '../../base/rng.ts';
import type { Credentials } from '../../api/call.ts';
import type { Deployment as DeploymentObject, DeploymentStrategy } from '../../api/generated/apps/v1.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Deployment } from '../../api/kinds/apps/deployment.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isActive, isAvailable, isFinished } from '../../api/pods/pod-state.ts';
import { runController } from '../../client/controller.ts';
import { faultyApi } from '../../client/fault-injection.ts';
import { Informers } from '../../client/informers.ts';
import { typedClient } from '../../client/typed-client.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { replicaSetController } from '../replicaset/controller.ts';
import { deploymentController } from './controller.ts';
import { limitsOf } from './limits.ts';
import { sizeOf } from './replica-sets.ts';
import { revisionAnnotation } from './revision.ts';
import { container, imageOf, namespace, trialDeployment, type Kubelet, type Plane } from './trial-deployment.ts';

/** One change of a pod or a Deployment, as the store had it, and when it was. */
interface Step {
  readonly revision: number;
  readonly nowMs: number;
  readonly gone: boolean;
  readonly object: { readonly pod: PodObject } | { readonly deployment: DeploymentObject };
}

function record({ client, clock }: Plane): Step[] {
  const steps: Step[] = [];
  const note = (type: string, revision: string | undefined, object: Step['object']) =>
    steps.push({ revision: Number(revision), nowMs: clock.now(), gone: type === 'DELETED', object });
  const end = () => undefined;
  client.watch(Pod, { namespace }, {}, { event: (type, pod) => note(type, pod.metadata.resourceVersion, { pod }), end });
  client.watch(
    Deployment,
    { namespace },
    {},
    { event: (type, deployment) => note(type, deployment.metadata.resourceVersion, { deployment }), end },
  );
  return steps;
}

interface Look {
  readonly deployment: DeploymentObject;
  readonly pods: readonly PodObject[];
  readonly nowMs: number;
}

/** Calls `look` at every revision at which there was a Deployment. */
function replay(steps: readonly Step[], look: (now: Look) => void): void {
  const pods = new Map<string, PodObject>();
  let deployment: DeploymentObject | undefined;
  for (const { object, gone, nowMs } of steps.toSorted((a, b) => a.revision - b.revision)) {
    if ('deployment' in object) deployment = object.deployment;
    else if (gone) pods.delete(object.pod.metadata.name!);
    else pods.set(object.pod.metadata.name!, object.pod);
    if (deployment) look({ deployment, pods: [...pods.values()], nowMs });
  }
}

const admin: Credentials = { by: 'identity', user: { name: 'admin', groups: ['system:masters'] } };

/** A control plane whose two controllers see it late, each in its own time, and do not always get through. */
async function startOverBadNetwork(rng: Rng): Promise<VirtualControlPlane> {
  const plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
  const { env, clock } = plane;
  const rates = { late: 0.3, frameLate: 0.3, latencyMs: 400, conflict: 0.05, refused: 0.03, answerLost: 0.03 };
  for (const controller of [deploymentController, replicaSetController()]) {
    const client = typedClient({ api: faultyApi({ api: plane.api.call, clock, rng, rates: () => rates }), credentials: admin });
    void runController(controller, client, new Informers(client, env), env);
  }
  return plane;
}

/** Some pods are slow, some never become ready; those of the first template all do. */
const moodyKubelet = (rng: Rng): Kubelet => ({
  readyAfterMs: (pod) => (imageOf(pod) !== 'v0' && rng.below(12) === 0 ? undefined : rng.below(6000)),
  goneAfterMs: () => rng.below(9000),
});

function anyStrategy(rng: Rng): DeploymentStrategy {
  const amount = () => (rng.below(2) === 0 ? rng.below(4) : `${rng.below(100)}%`);
  const [maxSurge, maxUnavailable] = [amount(), amount()];
  const both = parseInt(String(maxSurge)) + parseInt(String(maxUnavailable));
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge: both === 0 ? 1 : maxSurge, maxUnavailable } };
}

// With these, one test or another fails when a step does not wait for the one before.
for (const seed of [11, 14, 15]) {
  test(`seed ${seed}: however templates change, pods stay within surge, and as many are available as must be`, async () => {
    const rng = seededRng(seed);
    using plane = await startOverBadNetwork(rng);
    const web = await trialDeployment(plane, moodyKubelet(rng));
    const minReadySeconds = rng.below(2) * rng.below(5);
    await web.create({ replicas: 1 + rng.below(15), minReadySeconds, strategy: anyStrategy(rng) }, 'v0');
    await web.advance(60_000);
    const steps = record(plane);
    for (let change = 0; change < 6; change++) {
      const paused = rng.below(6) === 0;
      await web.patch({ paused, template: { spec: { containers: [container(`v${rng.below(4)}`)] } } });
      await web.advance(rng.below(20_000));
    }
    let looked = 0;
    replay(steps, ({ deployment, pods, nowMs }) => {
      const { desired, maxSurge, maxUnavailable } = limitsOf(deployment);
      const active = pods.filter(isActive);
      const available = active.filter((pod) => isAvailable(pod, minReadySeconds, nowMs)).length;
      // The watch brings what is there one by one before it brings changes.
      if (looked++ < desired + 1) return;
      assert.ok(active.length <= desired + maxSurge, `${active.length} pods, where ${desired} and ${maxSurge} more may be`);
      assert.ok(available >= desired - maxUnavailable, `${available} available, where of ${desired} ${maxUnavailable} may be missing`);
    });
    assert.ok(looked > limitsOf(await web.read()).desired + 1);
  });

  test(`seed ${seed}: a Recreate never has pods of two templates at once`, async () => {
    const rng = seededRng(seed);
    using plane = await startOverBadNetwork(rng);
    const web = await trialDeployment(plane, moodyKubelet(rng));
    const steps = record(plane);
    await web.create({ replicas: 3 + rng.below(10), strategy: { type: 'Recreate' } }, 'v0');
    for (let change = 0; change < 9; change++) {
      await web.advance(rng.below(3) * rng.below(12_000));
      await web.setImage(`v${rng.below(3)}`);
    }
    await web.advance(30_000);
    replay(steps, ({ pods }) => {
      const running = new Set(pods.filter((pod) => !isFinished(pod)).map(imageOf));
      assert.ok(running.size <= 1, `pods of ${[...running].join(' and ')}`);
    });
    assert.equal(new Set((await web.pods()).map(imageOf)).size, 1);
  });

  test(`seed ${seed}: scaling makes no revision, and every rollout ends in the size asked for`, async () => {
    const rng = seededRng(seed);
    using plane = await startOverBadNetwork(rng);
    const web = await trialDeployment(plane, { readyAfterMs: () => rng.below(4000), goneAfterMs: () => rng.below(4000) });
    await web.create({ replicas: 5, strategy: anyStrategy(rng) }, 'v0');
    await web.advance(5000);
    await web.setImage('v1');
    let replicas = 5;
    for (let change = 0; change < 8; change++) {
      await web.advance(rng.below(3000));
      replicas = rng.below(20);
      await web.patch({ replicas });
    }
    await web.advance(120_000);
    const { metadata, status } = await web.read();
    assert.equal(metadata.annotations?.[revisionAnnotation], '2');
    assert.deepEqual(new Set((await web.replicaSets()).map(sizeOf)), new Set([0, replicas]));
    assert.deepEqual([(await web.pods()).length, status.availableReplicas ?? 0], [replicas, replicas]);
  });
}
