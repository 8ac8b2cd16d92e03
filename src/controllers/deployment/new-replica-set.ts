import type { Deployment as DeploymentObject, ReplicaSet as ReplicaSetObject } from '../../api/generated/apps/v1.ts';
import { Deployment } from '../../api/kinds/apps/deployment.ts';
import { isAlreadyExists } from '../../api/errors.ts';
import { ReplicaSet } from '../../api/kinds/apps/replicaset.ts';
import { Terminal, type Context } from '../../client/controller.ts';
import { messageOf } from '../../workloads/error-message.ts';
import { controllerReference, isControlledBy, withType } from '../../workloads/owner.ts';
import { isNamespaceTerminating } from '../../workloads/pod-control.ts';
import { templateHash } from '../../workloads/template-hash.ts';
import { condition, withStatusCondition } from './conditions.ts';
import { progressDeadlineSeconds } from './limits.ts';
import { hashLabel, sameTemplate, sizeOf, type Family } from './replica-sets.ts';
import { currentAnnotations, nextRevision, sizeAnnotations } from './revision.ts';
import { sizeOfCurrent } from './rolling.ts';

/** The ReplicaSet of the Deployment's template, as large as the rollout allows to begin with. */
export function newReplicaSet(deployment: DeploymentObject, family: Family): ReplicaSetObject {
  const { metadata, spec, status } = deployment;
  const hash = templateHash(spec.template, status.collisionCount);
  const labels = { ...spec.template.metadata?.labels, [hashLabel]: hash };
  return {
    metadata: {
      name: `${(metadata.name ?? '').slice(0, maxNameLength - 1 - hash.length)}-${hash}`,
      namespace: metadata.namespace,
      labels,
      annotations: { ...currentAnnotations(deployment, {}, nextRevision(family.old)), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment, Deployment)],
    },
    spec: {
      replicas: sizeOfCurrent(deployment, 0, family),
      ...(spec.minReadySeconds !== undefined && { minReadySeconds: spec.minReadySeconds }),
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [hashLabel]: hash } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
}

const maxNameLength = 253;

/** What came of making it: the ReplicaSet, and the Deployment with what is to be said of it. */
export interface Made {
  readonly deployment: DeploymentObject;
  readonly current: ReplicaSetObject;
}

/**
 * Makes the ReplicaSet. One that is there already may be ours, made in an earlier round; if it is not,
 * the names have collided, and the next round tries another. Throws what the API answers, after the
 * Deployment's status tells of it. Source: getNewReplicaSet in pkg/controller/deployment/sync.go.
 */
export async function makeReplicaSet(deployment: DeploymentObject, family: Family, context: Context): Promise<Made> {
  const { client, events, env } = context;
  const wanted = newReplicaSet(deployment, family);
  try {
    const current = await client.create(ReplicaSet, wanted);
    const { name } = current.metadata;
    if (sizeOf(current) > 0) {
      const message = `Scaled up replica set ${name} from 0 to ${sizeOf(current)}`;
      events.event(withType(deployment, Deployment), 'Normal', 'ScalingReplicaSet', message);
    }
    if (progressDeadlineSeconds(deployment) === undefined) return { deployment, current };
    const message = `Created new replica set ${JSON.stringify(name)}`;
    const created = condition('Progressing', 'True', 'NewReplicaSetCreated', message, env.clock.now());
    return { deployment: withStatusCondition(deployment, created), current };
  } catch (error) {
    if (isAlreadyExists(error)) return { deployment, current: await existing(deployment, wanted, error, context) };
    if (isNamespaceTerminating(error)) throw new Terminal(messageOf(error), { cause: error });
    await tellFailure(deployment, wanted, error, context);
    throw error;
  }
}

async function existing(deployment: DeploymentObject, { metadata }: ReplicaSetObject, error: Error, { client }: Context) {
  const found = await client.get(ReplicaSet, { namespace: metadata.namespace!, name: metadata.name! });
  if (isControlledBy(found, deployment) && sameTemplate(found.spec.template ?? {}, deployment.spec.template)) return found;
  const { status } = deployment;
  await client.updateStatus(Deployment, { ...deployment, status: { ...status, collisionCount: (status.collisionCount ?? 0) + 1 } });
  throw error;
}

async function tellFailure(deployment: DeploymentObject, { metadata }: ReplicaSetObject, error: unknown, context: Context): Promise<void> {
  const { client, events, env } = context;
  const message = `Failed to create new replica set ${JSON.stringify(metadata.name)}: ${messageOf(error)}`;
  if (progressDeadlineSeconds(deployment) !== undefined) {
    const failed = condition('Progressing', 'False', 'ReplicaSetCreateError', message, env.clock.now());
    await client.updateStatus(Deployment, withStatusCondition(deployment, failed));
  }
  events.event(withType(deployment, Deployment), 'Warning', 'ReplicaSetCreateError', message);
}
