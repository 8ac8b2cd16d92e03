import type { Deployment as DeploymentType, ReplicaSet as ReplicaSetType } from '../../../src/api/generated/apps/v1.ts';
import { ReplicaSet } from '../../../src/api/kinds/apps/replicaset.ts';
import type { Session } from '../session.ts';

export const revisionKey = 'deployment.kubernetes.io/revision';

/** A deployment's replica sets with their revisions, the oldest first. */
export async function revisionsOf({ client }: Session, { metadata }: DeploymentType): Promise<{ revision: number; set: ReplicaSetType }[]> {
  const { items } = await client.list<ReplicaSetType>(ReplicaSet, { namespace: metadata.namespace ?? '' });
  return items
    .filter(({ metadata: { ownerReferences } }) => ownerReferences?.some(({ uid }) => uid === metadata.uid))
    .map((set) => ({ revision: Number(set.metadata.annotations?.[revisionKey]), set }))
    .toSorted((a, b) => a.revision - b.revision);
}
