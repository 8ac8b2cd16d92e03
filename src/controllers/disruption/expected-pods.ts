import { ApiError, isNotFound } from '../../api/errors.ts';
import type {
  Deployment as DeploymentObject,
  ReplicaSet as ReplicaSetObject,
  StatefulSet as StatefulSetObject,
} from '../../api/generated/apps/v1.ts';
import type { Scale } from '../../api/generated/autoscaling/v1.ts';
import type { ReplicationController as ReplicationControllerObject } from '../../api/generated/core/v1.ts';
import type { PodDisruptionBudgetSpec } from '../../api/generated/policy/v1.ts';
import { scaledIntOrPercent } from '../../api/int-or-string.ts';
import type { Kind } from '../../api/kind.ts';
import { Deployment } from '../../api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../api/kinds/apps/replicaset.ts';
import { StatefulSet } from '../../api/kinds/apps/statefulset.ts';
import { ReplicationController } from '../../api/kinds/core/replicationcontroller.ts';
import { groupResourceText, parseApiVersion, type OwnerReference } from '../../api/meta.ts';
import type { Context } from '../../client/controller.ts';
import { controllerOf } from '../../workloads/owner.ts';
import type { GuardedPods, OwnedPods } from './guard.ts';

/** What a budget asks for. */
export interface Expectation {
  /** How many pods there should be. */
  readonly expected: number;
  /** How many of them must be healthy. */
  readonly desired: number;
  /** Pods without a controller, where their number had to be known and cannot be. */
  readonly unmanaged: readonly string[];
}

/** What the budget asks for, given how many pods there are and, for percentages and `maxUnavailable`, how many their controllers want. */
export async function expectationOf(
  { minAvailable, maxUnavailable }: PodDisruptionBudgetSpec,
  { total, unmanaged }: Pick<GuardedPods, 'total' | 'unmanaged'>,
  scaleOfOwners: () => Promise<number>,
): Promise<Expectation> {
  if (maxUnavailable !== undefined) {
    const expected = await scaleOfOwners();
    return { expected, desired: Math.max(0, expected - scaledIntOrPercent(maxUnavailable, expected, 'up')), unmanaged };
  }
  if (minAvailable === undefined) return { expected: 0, desired: 0, unmanaged: [] };
  if (typeof minAvailable === 'number') return { expected: total, desired: minAvailable, unmanaged: [] };
  const expected = await scaleOfOwners();
  return { expected, desired: scaledIntOrPercent(minAvailable, expected, 'up'), unmanaged };
}

/** What the pods' controllers are scaled to, together. Rejects where one cannot be found or has no scale. */
export async function scaleOfOwners(
  owners: readonly OwnedPods[],
  namespace: string,
  context: Context,
  kinds: () => readonly Kind[],
): Promise<number> {
  // Replica sets of one deployment count once, as the deployment.
  const scales = new Map<string, number>();
  for (const { owner, names } of owners) {
    const found = builtInScale(owner, namespace, context) ?? (await scaleByApi(owner, namespace, context, kinds));
    if (!found) throw new Error(`found no controllers for pod ${JSON.stringify([...names][0])}`);
    scales.set(found.uid, found.replicas);
  }
  return Array.from(scales.values()).reduce((sum, replicas) => sum + replicas, 0);
}

interface ScaledOwner {
  readonly uid: string;
  readonly replicas: number;
}

type Replicated = DeploymentObject | ReplicaSetObject | StatefulSetObject | ReplicationControllerObject;

/** Kinds that are watched need not be asked for. A replica set's pods count for its deployment. */
function builtInScale(owner: OwnerReference, namespace: string, { get }: Pick<Context, 'get'>): ScaledOwner | undefined {
  const kind = watchedKinds.find((one) => one.kind === owner.kind && one.group === parseApiVersion(owner.apiVersion)?.group);
  const object = kind && get(kind, `${namespace}/${owner.name}`);
  if (!object || object.metadata.uid !== owner.uid) return undefined;
  const deployment = kind.kind === 'ReplicaSet' ? controllerOf(object) : undefined;
  if (deployment?.kind === 'Deployment') return builtInScale(deployment, namespace, { get });
  return { uid: owner.uid, replicas: object.spec.replicas ?? 1 };
}

const watchedKinds = [ReplicaSet, Deployment, StatefulSet, ReplicationController] as unknown as readonly Kind<Replicated>[];

async function scaleByApi(
  owner: OwnerReference,
  namespace: string,
  { client }: Context,
  kinds: () => readonly Kind[],
): Promise<ScaledOwner | undefined> {
  const { group = '', version = '' } = parseApiVersion(owner.apiVersion) ?? {};
  const kind = kinds().find((one) => one.kind === owner.kind && one.group === group);
  if (!kind) throw new Error(`no matches for kind ${JSON.stringify(owner.kind)} in version ${JSON.stringify(owner.apiVersion)}`);
  try {
    const scale = await client.getSub<Scale>({ group, version, resource: kind.plural, subresource: 'scale', namespace, name: owner.name });
    return scale.metadata.uid === owner.uid ? { uid: owner.uid, replicas: scale.spec?.replicas ?? 0 } : undefined;
  } catch (error) {
    if (!isNotFound(error) && !(error instanceof ApiError && error.code === 405)) throw error;
    if (kind.subresources.scale) return undefined;
    throw new Error(`${groupResourceText({ group, resource: kind.plural })} does not implement the scale subresource`, { cause: error });
  }
}
