import { isAlreadyExists } from '../../api/errors.ts';
import type { StatefulSet as StatefulSetObject } from '../../api/generated/apps/v1.ts';
import type { PersistentVolumeClaim as ClaimObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { StatefulSet } from '../../api/kinds/apps/statefulset.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import type { Context } from '../../client/controller.ts';
import { messageOf } from '../../workloads/error-message.ts';
import { withType } from '../../workloads/owner.ts';
import { hasOtherController, isStale, retainedBy } from './claim-retention.ts';
import { ordinalOf } from './ordinals.ts';
import { claimsOf, hasItsIdentity, withItsIdentity } from './pod-identity.ts';

type Verb = 'create' | 'update' | 'delete';

/** The pod's claims come first, so that it finds them. Throws what the API answers, with an event. */
export async function createStatefulPod(set: StatefulSetObject, pod: PodObject, context: Context): Promise<void> {
  let made: PodObject;
  try {
    await createClaims(set, pod, context);
    made = await context.client.create(Pod, pod);
  } catch (error) {
    // The pod is one that the informer has not seen yet, or is another's; neither is news.
    if (!isAlreadyExists(error)) tell('create', set, pod, context, error);
    throw error;
  }
  tell('create', set, pod, context);
  await retainClaims(set, made, context);
}

export async function deleteStatefulPod(set: StatefulSetObject, pod: PodObject, context: Context): Promise<void> {
  try {
    await context.client.delete(Pod, { namespace: pod.metadata.namespace, name: pod.metadata.name! });
  } catch (error) {
    tell('delete', set, pod, context, error);
    throw error;
  }
  tell('delete', set, pod, context);
}

/** Gives the pod what a pod of this set has, where it was taken away. */
export async function repairStatefulPod(set: StatefulSetObject, pod: PodObject, context: Context): Promise<void> {
  await retainClaims(set, pod, context);
  if (hasItsIdentity(pod, set)) return;
  try {
    await createClaims(set, pod, context);
    await context.client.update(Pod, withItsIdentity(pod, set));
  } catch (error) {
    tell('update', set, pod, context, error);
    throw error;
  }
  tell('update', set, pod, context);
}

/** Claims that are missing, also those of a pod that waits for them. Throws while one of them is on its way out. */
export async function createClaims(set: StatefulSetObject, pod: PodObject, context: Context): Promise<void> {
  const problems: Error[] = [];
  for (const claim of claimsOf(set, ordinalOf(pod, set)!)) {
    const { namespace, name } = claim.metadata;
    const existing = context.get(PersistentVolumeClaim, `${namespace}/${name}`);
    if (existing?.metadata.deletionTimestamp !== undefined) problems.push(new Error(`pvc ${name} is being deleted`));
    if (existing) continue;
    try {
      await context.client.create(PersistentVolumeClaim, claim);
      tellClaim(set, pod, claim, context);
    } catch (error) {
      if (!isAlreadyExists(error)) tellClaim(set, pod, claim, context, error);
      problems.push(new Error(`failed to create PVC ${name}: ${messageOf(error)}`, { cause: error }));
    }
  }
  if (problems.length === 1) throw problems[0]!;
  if (problems.length > 1) throw new AggregateError(problems, `[${problems.map(messageOf).join(', ')}]`);
}

/** Puts into the claims whose end they share. */
export async function retainClaims(set: StatefulSetObject, pod: PodObject, context: Context): Promise<void> {
  for (const claim of existingClaims(set, pod, context)) {
    const ownerReferences = retainedBy(claim, set, pod);
    if (hasOtherController(claim, set, pod)) {
      const message = `PersistentVolumeClaim ${claim.metadata.name} has a conflicting OwnerReference that acts as a managing controller, the retention policy is ignored for this claim`;
      context.events.event(withType(set, StatefulSet), 'Warning', 'ConflictingController', message);
    }
    if (ownerReferences) {
      await context.client.update(PersistentVolumeClaim, { ...claim, metadata: { ...claim.metadata, ownerReferences } });
    }
  }
}

/** A claim of this name goes with an earlier pod: the new one has to wait for its end. */
export const hasStaleClaim = (set: StatefulSetObject, pod: PodObject, context: Context): boolean =>
  existingClaims(set, pod, context).some((claim) => isStale(claim, pod.metadata.name!, pod.metadata.uid));

const existingClaims = (set: StatefulSetObject, pod: PodObject, { get }: Context): ClaimObject[] =>
  claimsOf(set, ordinalOf(pod, set)!).flatMap(({ metadata }) => get(PersistentVolumeClaim, `${metadata.namespace}/${metadata.name}`) ?? []);

function tell(verb: Verb, set: StatefulSetObject, { metadata: { name } }: PodObject, { events }: Context, error?: unknown): void {
  const what = `${verb} Pod ${name} in StatefulSet ${set.metadata.name}`;
  const reason = verb[0]!.toUpperCase() + verb.slice(1);
  const about = withType(set, StatefulSet);
  if (error === undefined) events.event(about, 'Normal', `Successful${reason}`, `${what} successful`);
  else events.event(about, 'Warning', `Failed${reason}`, `${what} failed error: ${messageOf(error)}`);
}

function tellClaim(set: StatefulSetObject, pod: PodObject, claim: ClaimObject, { events }: Context, error?: unknown): void {
  const about = withType(set, StatefulSet);
  const [claimName, podName, setName] = [claim.metadata.name, pod.metadata.name, set.metadata.name];
  if (error === undefined) {
    events.event(about, 'Normal', 'SuccessfulCreate', `create Claim ${claimName} Pod ${podName} in StatefulSet ${setName} success`);
  } else {
    const message = `create Claim ${claimName} for Pod ${podName} in StatefulSet ${setName} failed error: ${messageOf(error)}`;
    events.event(about, 'Warning', 'FailedCreate', message);
  }
}
