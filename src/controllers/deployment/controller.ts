import { isNotFound } from '../../api/errors.ts';
import type { Deployment as DeploymentObject, DeploymentStatus, ReplicaSet as ReplicaSetObject } from '../../api/generated/apps/v1.ts';
import { Deployment } from '../../api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../api/kinds/apps/replicaset.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { matchesLabels, selectorOf } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/meta.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { defineController, watchOf, type After, type Context } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { claim } from '../../workloads/claim.ts';
import { controllerOf, withType } from '../../workloads/owner.ts';
import { condition, conditionOf, withPause, withStatusCondition } from './conditions.ts';
import { superfluous } from './history.ts';
import { isRollingUpdate, progressDeadlineSeconds } from './limits.ts';
import { makeReplicaSet } from './new-replica-set.ts';
import { oldPodsRun } from './recreate.ts';
import { familyOf, isInUse, sizeOf, withMember, type Family } from './replica-sets.ts';
import { currentAnnotations, nextRevision, revisionAnnotation, sizeAnnotations } from './revision.ts';
import { rollingStep } from './rolling.ts';
import { isScaled, sizesAfterScaling, type Sizing } from './scaling.ts';
import { isComplete, plainStatus, rolloutStatus, untilOverdueMs } from './status.ts';

/** Source: kube-controller-manager's deployment-controller. */
export const deploymentController = defineController({
  name: 'deployment-controller',
  for: Deployment,
  owns: [ReplicaSet],
  watches: [watchOf(ReplicaSet, suitors), watchOf(Pod, recreatorOf)],
  reconcile,
});

/** What a round has found and changed so far. The Deployment is written once, at the end. */
interface Round {
  readonly deployment: DeploymentObject;
  readonly family: Family;
}

async function reconcile(stored: DeploymentObject, context: Context): Promise<After> {
  const nowMs = context.env.clock.now();
  const round = await withRevision({ deployment: withPause(stored, nowMs), family: await familyIn(stored, context) }, context);
  const { deployment, family } = round;
  if (stored.metadata.deletionTimestamp !== undefined) return save(stored, deployment, plainStatus(deployment, family, nowMs), context);
  if (deployment.spec.paused || isScaled(deployment, family)) {
    const scaled = await resize(round, sizesAfterScaling(deployment, family), context);
    if (deployment.spec.paused) await cleanUp(scaled, context);
    return save(stored, deployment, plainStatus(deployment, scaled.family, nowMs), context);
  }
  const next = isRollingUpdate(deployment.spec) ? await roll(round, context) : await recreate(round, context);
  const status = rolloutStatus(next.deployment, next.family, nowMs);
  await save(stored, next.deployment, status, context);
  const leftMs = untilOverdueMs(next.deployment, status, nowMs);
  // A second more: times are told in whole seconds.
  return leftMs === undefined ? undefined : { requeueAfterMs: Math.max(0, leftMs) + 1000 };
}

async function familyIn(deployment: DeploymentObject, context: Context): Promise<Family> {
  const replicaSets = await claim(context, {
    kind: ReplicaSet,
    owner: deployment,
    ownerKind: Deployment,
    selector: selectorOf(deployment.spec.selector),
    objects: [...context.owned(ReplicaSet, deployment), ...context.orphans(ReplicaSet, deployment.metadata.namespace ?? '')],
  });
  return familyOf(deployment, replicaSets);
}

/** Tells the current ReplicaSet of the Deployment's annotations and its revision, and the Deployment of the latter. */
async function withRevision({ deployment, family }: Round, { client, env }: Context): Promise<Round> {
  const found = family.current;
  if (!found) return { deployment, family };
  const annotations = currentAnnotations(deployment, found.metadata.annotations, nextRevision(family.old));
  const { minReadySeconds = 0 } = deployment.spec;
  const known = semanticallyEqual(annotations, found.metadata.annotations) && (found.spec.minReadySeconds ?? 0) === minReadySeconds;
  const next = { ...found, metadata: { ...found.metadata, annotations }, spec: { ...found.spec, minReadySeconds } };
  const current = known ? found : await client.update(ReplicaSet, next);
  const marked = withRevisionOf(deployment, current);
  if (progressDeadlineSeconds(marked) === undefined || conditionOf(marked.status.conditions, 'Progressing')) {
    return { deployment: marked, family: { ...family, current } };
  }
  const message = `Found new replica set ${JSON.stringify(current.metadata.name)}`;
  const noticed = condition('Progressing', 'True', 'FoundNewReplicaSet', message, env.clock.now());
  return { deployment: withStatusCondition(marked, noticed), family: { ...family, current } };
}

function withRevisionOf(deployment: DeploymentObject, { metadata: { annotations } }: ReplicaSetObject): DeploymentObject {
  const { metadata } = deployment;
  const revision = annotations?.[revisionAnnotation] ?? '';
  return { ...deployment, metadata: { ...metadata, annotations: { ...metadata.annotations, [revisionAnnotation]: revision } } };
}

async function roll(round: Round, context: Context): Promise<Round> {
  const ready = await withCurrent(round, context);
  const steps = rollingStep(ready.deployment, ready.family.current, ready.family);
  if (steps.length > 0) return resize(ready, steps, context);
  return cleanUp(ready, context);
}

async function recreate(round: Round, context: Context): Promise<Round> {
  const steps = round.family.old.filter(isInUse).map((replicaSet) => ({ replicaSet, size: 0 }));
  if (steps.length > 0) return resize(round, steps, context);
  if (oldPodsRun(round.family.old, (replicaSet) => context.owned(Pod, replicaSet))) return round;
  const ready = await withCurrent(round, context);
  const { replicas: size = 1 } = ready.deployment.spec;
  const replicaSet = ready.family.current;
  return cleanUp(await resize(ready, sizeOf(replicaSet) === size ? [] : [{ replicaSet, size }], context), context);
}

type Ready = Round & { readonly family: Family & { readonly current: ReplicaSetObject } };

async function withCurrent({ deployment, family }: Round, context: Context): Promise<Ready> {
  const { current } = family;
  if (current) return { deployment, family: { ...family, current } };
  const made = await makeReplicaSet(deployment, family, context);
  return { deployment: withRevisionOf(made.deployment, made.current), family: { ...family, current: made.current } };
}

/** Gives the ReplicaSets their sizes, one after the other, and tells of each that changes. */
async function resize({ deployment, family }: Round, steps: readonly Sizing[], { client, events }: Context): Promise<Round> {
  let next = family;
  const newest = (one: ReplicaSetObject) => [next.current, ...next.old].find((member) => member?.metadata.uid === one.metadata.uid) ?? one;
  for (const { replicaSet, size } of steps) {
    const before = newest(replicaSet);
    const annotations = { ...before.metadata.annotations, ...sizeAnnotations(deployment) };
    if (sizeOf(before) === size && semanticallyEqual(annotations, before.metadata.annotations)) continue;
    const wanted = { ...before, metadata: { ...before.metadata, annotations }, spec: { ...before.spec, replicas: size } };
    next = withMember(next, await client.update(ReplicaSet, wanted));
    if (sizeOf(before) === size) continue;
    const message = `Scaled ${sizeOf(before) < size ? 'up' : 'down'} replica set ${before.metadata.name} from ${sizeOf(before)} to ${size}`;
    events.event(withType(deployment, Deployment), 'Normal', 'ScalingReplicaSet', message);
  }
  return { deployment, family: next };
}

/** Old ReplicaSets go when a rollout is over, or paused. */
async function cleanUp(round: Round, { client }: Context): Promise<Round> {
  const { deployment, family } = round;
  if (!deployment.spec.paused && !isComplete(deployment, deployment.status)) return round;
  for (const { metadata } of superfluous(deployment, family.old)) {
    try {
      await client.delete(ReplicaSet, { namespace: metadata.namespace!, name: metadata.name! });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return round;
}

async function save(stored: DeploymentObject, deployment: DeploymentObject, status: DeploymentStatus, { client }: Context): Promise<void> {
  const known = semanticallyEqual(deployment.metadata, stored.metadata) && semanticallyEqual(status, stored.status);
  if (!known) await client.updateStatus(Deployment, { ...deployment, status });
}

/** Deployments that may want to adopt a ReplicaSet that nobody controls. */
function suitors(replicaSet: ReplicaSetObject, { list }: Context): string[] {
  if (controllerOf(replicaSet)) return [];
  const all = list(Deployment, replicaSet.metadata.namespace);
  return all.filter(({ spec }) => matchesLabels(selectorOf(spec.selector), replicaSet.metadata.labels)).map(keyOf);
}

/** Of a pod's Deployment, if it waits for old pods to be gone. For others what ReplicaSets tell is enough. */
function recreatorOf(pod: KubeObject, { get }: Context): string[] {
  const { namespace } = pod.metadata;
  const parent = controllerOf(pod);
  const replicaSet = parent?.kind === 'ReplicaSet' ? get(ReplicaSet, `${namespace}/${parent.name}`) : undefined;
  const grandparent = replicaSet && controllerOf(replicaSet);
  const deployment = grandparent?.kind === 'Deployment' ? get(Deployment, `${namespace}/${grandparent.name}`) : undefined;
  return deployment && !isRollingUpdate(deployment.spec) ? [keyOf(deployment)] : [];
}
