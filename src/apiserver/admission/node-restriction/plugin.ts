import { notFound } from '../../../api/errors.ts';
import type { TokenRequest } from '../../../api/generated/authentication/v1.ts';
import type { Node, Pod as PodType } from '../../../api/generated/core/v1.ts';
import type { ResourceSlice } from '../../../api/generated/resource/v1.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { semanticallyEqual } from '../../../api/semantic-equality.ts';
import { nodeNameOf } from '../../authz/node/identity.ts';
import type { AdmissionPlugin, AdmissionRequest, ObjectReader } from '../../ports.ts';
import { refused } from '../request.ts';
import { forbiddenLabels } from './labels.ts';
import { podProblem } from './pods.ts';

/** A kubelet writes what is its own: its Node, its pods' status, its lease. Source: Kubernetes' plugin/pkg/admission/noderestriction. */
export const nodeRestriction = (reader: ObjectReader): AdmissionPlugin => ({
  name: 'NodeRestriction',
  async validate(request) {
    const node = nodeNameOf(request.user);
    if (node === undefined) return;
    const check = checks[request.kind.group === '' ? request.kind.plural : `${request.kind.plural}.${request.kind.group}`];
    if (!check) return;
    const problem =
      node === '' ? `could not determine node from user ${JSON.stringify(request.user.name)}` : await check(reader, node, request);
    if (problem !== undefined) throw refused(request, problem);
  },
});

type Check = (reader: ObjectReader, node: string, request: AdmissionRequest) => Promise<string | undefined> | string | undefined;

const checks: Readonly<Record<string, Check>> = {
  pods: podProblem,
  nodes: (_reader, node, request) => nodeProblem(node, request),
  serviceaccounts: tokenProblem,
  'leases.coordination.k8s.io': (_reader, node, request) => leaseProblem(node, request),
  'csinodes.storage.k8s.io': (_reader, node, request) =>
    subjectName(request) === node ? undefined : 'can only access CSINode with the same name as the requesting node',
  'resourceslices.resource.k8s.io': (_reader, node, request) => sliceProblem(node, request),
  persistentvolumeclaims: (_reader, node, request) =>
    request.subresource === 'status' ? claimStatusProblem(node, request) : 'may only update PVC status',
};

const subjectName = ({ operation, name, object }: AdmissionRequest): string =>
  operation === 'CREATE' ? (object?.metadata.name ?? name) : name;

function nodeProblem(node: string, request: AdmissionRequest): string | undefined {
  const who = `node ${JSON.stringify(node)}`;
  const name = subjectName(request);
  if (name !== node) return `${who} is not allowed to modify node ${JSON.stringify(name)}`;
  const next = request.object as Node | undefined;
  const old = request.old as Node | undefined;
  if (request.operation === 'CREATE' && next) {
    const labels = forbiddenLabels(next.metadata.labels);
    return labels.length > 0 ? `${who} is not allowed to set the following labels: ${labels.join(', ')}` : undefined;
  }
  if (request.operation !== 'UPDATE' || !next || !old) return undefined;
  if (!semanticallyEqual(next.metadata.ownerReferences, old.metadata.ownerReferences)) {
    return `${who} is not allowed to modify ownerReferences`;
  }
  if (!semanticallyEqual(next.spec?.taints, old.spec?.taints)) return `${who} is not allowed to modify taints`;
  const labels = forbiddenLabels(next.metadata.labels, old.metadata.labels);
  return labels.length > 0 ? `is not allowed to modify labels: ${labels.join(', ')}` : undefined;
}

function leaseProblem(node: string, request: AdmissionRequest): string | undefined {
  if (request.namespace !== 'kube-node-lease') return 'can only access leases in the "kube-node-lease" system namespace';
  return subjectName(request) === node ? undefined : 'can only access node lease with the same name as the requesting node';
}

function sliceProblem(node: string, request: AdmissionRequest): string | undefined {
  if (request.operation === 'CREATE') {
    const { nodeName } = (request.object as ResourceSlice).spec;
    return nodeName === node ? undefined : 'can only create ResourceSlice with the same NodeName as the requesting node';
  }
  if (request.operation !== 'DELETE' || !request.old) return undefined;
  const { nodeName } = (request.old as ResourceSlice).spec;
  return nodeName === node ? undefined : 'can only delete ResourceSlice with the same NodeName as the requesting node';
}

/** How large the volume is and how far a resize has come is the node's to say, and nothing else of the claim is. */
function claimStatusProblem(node: string, { operation, object, old }: AdmissionRequest): string | undefined {
  if (operation !== 'UPDATE') return `unexpected operation ${JSON.stringify(operation)}`;
  if (semanticallyEqual(withoutNodesPart(object), withoutNodesPart(old))) return undefined;
  return `node ${JSON.stringify(node)} is not allowed to update fields other than status.capacity and status.conditions`;
}

function withoutNodesPart(claim: unknown): object {
  const { metadata, status, ...rest } = claim as Record<'metadata' | 'status', Record<string, unknown>>;
  const { managedFields: _fields, resourceVersion: _version, ...kept } = metadata;
  const {
    capacity: _capacity,
    conditions: _conditions,
    allocatedResources: _resources,
    allocatedResourceStatuses: _statuses,
    ...other
  } = status;
  return { ...rest, metadata: kept, status: other };
}

/** A kubelet asks for the tokens of pods that run with it, bound to those. */
async function tokenProblem(reader: ObjectReader, node: string, request: AdmissionRequest): Promise<string | undefined> {
  if (request.operation !== 'CREATE' || request.subresource !== 'token') return undefined;
  const ref = (request.object as unknown as TokenRequest).spec.boundObjectRef;
  if (!ref || ref.apiVersion !== 'v1' || ref.kind !== 'Pod' || !ref.name) return 'node requested token not bound to a pod';
  if (!ref.uid) return 'node requested token with a pod binding without a uid';
  const pod: PodType | undefined = await reader.get(Pod, request.namespace, ref.name);
  if (!pod) throw notFound({ group: '', resource: 'pods' }, ref.name);
  if (pod.metadata.uid !== ref.uid) {
    const gone = 'The object might have been deleted and then recreated';
    return `the UID in the bound object reference (${ref.uid}) does not match the UID in record. ${gone}`;
  }
  return pod.spec.nodeName === node ? undefined : 'node requested token bound to a pod scheduled on a different node';
}
