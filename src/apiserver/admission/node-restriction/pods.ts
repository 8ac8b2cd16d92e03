import { notFound } from '../../../api/errors.ts';
import type { Node as NodeType, Pod as PodType } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { semanticallyEqual } from '../../../api/semantic-equality.ts';
import { podReferences } from '../../authz/node/references.ts';
import type { AdmissionRequest, ObjectReader } from '../../ports.ts';

const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** What a kubelet may not do to the pod; undefined when it may. */
export async function podProblem(reader: ObjectReader, node: string, request: AdmissionRequest): Promise<string | undefined> {
  switch (request.subresource ?? '') {
    case '':
      return mirrorPodProblem(reader, node, request);
    case 'status':
      return request.operation === 'UPDATE' ? statusProblem(node, request) : `unexpected operation ${JSON.stringify(request.operation)}`;
    case 'eviction':
      return evictionProblem(reader, node, request);
    default:
      return `unexpected pod subresource ${JSON.stringify(request.subresource)}, only 'status' and 'eviction' are allowed`;
  }
}

async function mirrorPodProblem(reader: ObjectReader, node: string, request: AdmissionRequest): Promise<string | undefined> {
  const who = `node ${JSON.stringify(node)}`;
  if (request.operation === 'CREATE') return newPodProblem(reader, node, request.object as PodType);
  if (request.operation !== 'DELETE') {
    return `unexpected operation ${JSON.stringify(request.operation)}, ${who} can only create and delete mirror pods`;
  }
  const existing = (request.old as PodType | undefined) ?? (await reader.get(Pod, request.namespace, request.name));
  if (!existing) throw notFound({ group: '', resource: 'pods' }, request.name);
  return existing.spec.nodeName === node ? undefined : `${who} can only delete pods with spec.nodeName set to itself`;
}

async function newPodProblem(reader: ObjectReader, node: string, pod: PodType): Promise<string | undefined> {
  const who = `node ${JSON.stringify(node)}`;
  if (pod.metadata.annotations?.[mirrorAnnotation] === undefined) {
    return `pod does not have ${JSON.stringify(mirrorAnnotation)} annotation, ${who} can only create mirror pods`;
  }
  if (pod.spec.nodeName !== node) return `${who} can only create pods with spec.nodeName set to itself`;
  const found = await reader.get(Node, undefined, node);
  if (!found) throw notFound({ group: '', resource: 'nodes' }, node);
  return ownerProblem(node, pod, found) ?? referenceProblem(who, pod);
}

function ownerProblem(node: string, { metadata: { ownerReferences = [] } }: PodType, found: NodeType): string | undefined {
  const who = `node ${JSON.stringify(node)}`;
  const [owner, ...others] = ownerReferences;
  if (others.length > 0) return `${who} can only create pods with a single owner reference set to itself`;
  if (!owner || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    return `${who} can only create pods with an owner reference set to itself`;
  }
  if (!owner.controller) return `${who} can only create pods with a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion) return `${who} must not set blockOwnerDeletion on an owner reference`;
  const uid = found.metadata.uid ?? '';
  return owner.uid === uid ? undefined : `node ${node} UID mismatch: expected ${owner.uid} got ${uid}`;
}

/** A pod that refers to something makes it known to its node: nodes must not widen their own rights. */
function referenceProblem(who: string, pod: PodType): string | undefined {
  if (pod.spec.serviceAccountName) return `${who} can not create pods that reference a service account`;
  const references = podReferences({ ...pod, metadata: { ...pod.metadata, annotations: {} } });
  const resource = ['secrets', 'configmaps', 'persistentvolumeclaims', 'resourceclaims'].find((one) =>
    references.some((reference) => reference.startsWith(`${one}/`)),
  );
  if (resource !== undefined) return `${who} can not create pods that reference ${resource}`;
  const projected = (pod.spec.volumes ?? []).flatMap((volume) => volume.projected?.sources ?? []);
  const hasBundle = projected.some(({ clusterTrustBundle }) => clusterTrustBundle);
  return hasBundle ? `${who} can not create pods that reference clustertrustbundles` : undefined;
}

function statusProblem(node: string, request: AdmissionRequest): string | undefined {
  const [next, old] = [request.object as PodType, request.old as PodType];
  const who = `node ${JSON.stringify(node)}`;
  if (old.spec.nodeName !== node) return `${who} can only update pod status for pods with spec.nodeName set to itself`;
  if (!semanticallyEqual(next.metadata.labels ?? {}, old.metadata.labels ?? {})) return `${who} cannot update labels through pod status`;
  const isSame = semanticallyEqual(next.status?.resourceClaimStatuses, old.status?.resourceClaimStatuses);
  // The misspelling is upstream's.
  return isSame ? undefined : `${who} cannot update resource claim statues`;
}

async function evictionProblem(reader: ObjectReader, node: string, request: AdmissionRequest): Promise<string | undefined> {
  if (request.operation !== 'CREATE') return `unexpected operation ${request.operation}`;
  const name = request.name || request.object?.metadata.name || '';
  const pod = await reader.get(Pod, request.namespace, name);
  if (!pod) throw notFound({ group: '', resource: 'pods' }, name);
  return pod.spec.nodeName !== node ? `node ${node} can only evict pods with spec.nodeName set to itself` : undefined;
}
