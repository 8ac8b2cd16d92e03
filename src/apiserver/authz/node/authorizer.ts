import { componentRoles } from '../bootstrap/component-roles.ts';
import { ruleAllows } from '../rules.ts';
import type { Attributes, Authorizer, Decision } from '../../ports.ts';
import type { NodeGraph } from './graph.ts';
import { nodeNameOf } from './identity.ts';

/**
 * Lets kubelets read what their own pods need, and write what is theirs. What they write is looked
 * at by the admission plugin NodeRestriction. Source: Kubernetes' plugin/pkg/auth/authorizer/node.
 */
export function nodeAuthorizer(graph: NodeGraph): Authorizer {
  return {
    name: 'Node',
    authorize(attributes) {
      const node = nodeNameOf(attributes.user);
      if (node === undefined) return noOpinion('');
      if (node === '') return noOpinion(`unknown node for user ${JSON.stringify(attributes.user.name)}`);
      return decide({ graph, node, attributes });
    },
  };
}

const allow: Decision = { verdict: 'allow', reason: '' };
const noOpinion = (reason: string): Decision => ({ verdict: 'no-opinion', reason });

interface Question {
  readonly graph: NodeGraph;
  readonly node: string;
  readonly attributes: Attributes;
}

type Target = NonNullable<Attributes['resource']>;

function decide(question: Question): Decision {
  const { resource } = question.attributes;
  const special = resource && deciders[resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`];
  return special ? special(question, resource) : byRole(question);
}

/** All nodes may do alike what is not told apart by node. */
const nodeRules = componentRoles.find(({ metadata }) => metadata.name === 'system:node')?.rules ?? [];
const byRole = ({ attributes }: Question) => (nodeRules.some((rule) => ruleAllows(rule, attributes)) ? allow : noOpinion(''));

const deciders: Readonly<Record<string, (question: Question, target: Target) => Decision>> = {
  secrets: readNamespaced,
  configmaps: readNamespaced,
  persistentvolumeclaims: (question, target) =>
    target.subresource === 'status' ? updateStatus(question, target) : getOne(question, target),
  persistentvolumes: getOne,
  'resourceclaims.resource.k8s.io': getOne,
  'volumeattachments.storage.k8s.io': getOne,
  serviceaccounts: serviceAccount,
  'leases.coordination.k8s.io': lease,
  'csinodes.storage.k8s.io': csiNode,
  'resourceslices.resource.k8s.io': resourceSlice,
  nodes: nodeItself,
  pods: pod,
  // PodCertificateRequest is off by default in 1.36.
  'podcertificaterequests.certificates.k8s.io': () => noOpinion(''),
};

const isOneOf = (verb: string, ...verbs: readonly string[]) => verbs.includes(verb);

function concerns({ graph, node }: Question, { resource, namespace = '', name = '' }: Target): Decision {
  if (name === '') return noOpinion('No Object name found');
  return graph.concerns(node, resource, namespace, name)
    ? allow
    : noOpinion(`no relationship found between node '${node}' and this object`);
}

function readNamespaced(question: Question, target: Target): Decision {
  if (!isOneOf(question.attributes.verb, 'get', 'list', 'watch')) return noOpinion('can only read resources of this type');
  if (target.subresource) return noOpinion('cannot read subresource');
  return target.namespace ? concerns(question, target) : noOpinion('can only read namespaced object of this type');
}

function getOne(question: Question, target: Target): Decision {
  if (question.attributes.verb !== 'get') return noOpinion('can only get individual resources of this type');
  return target.subresource ? noOpinion('cannot get subresource') : concerns(question, target);
}

function updateStatus(question: Question, target: Target): Decision {
  const isAllowed = isOneOf(question.attributes.verb, 'update', 'patch');
  return isAllowed ? concerns(question, target) : noOpinion('can only get/update/patch this type');
}

function serviceAccount(question: Question, target: Target): Decision {
  const { verb } = question.attributes;
  if (verb === 'get' && !target.subresource) return readNamespaced(question, target);
  if (verb !== 'create' || !target.name) return noOpinion('can only create tokens for individual service accounts');
  return target.subresource === 'token' ? concerns(question, target) : noOpinion('can only create token subresource of serviceaccount');
}

/** The name of what is to be created is not known here. */
const isOwnName = ({ node, attributes: { verb } }: Question, { name }: Target) => verb === 'create' || name === node;

function lease(question: Question, target: Target): Decision {
  if (!isOneOf(question.attributes.verb, 'get', 'create', 'update', 'patch', 'delete')) {
    return noOpinion('can only get, create, update, patch, or delete a node lease');
  }
  if (target.namespace !== 'kube-node-lease') return noOpinion('can only access leases in the "kube-node-lease" system namespace');
  return isOwnName(question, target) ? allow : noOpinion('can only access node lease with the same name as the requesting node');
}

function csiNode(question: Question, target: Target): Decision {
  if (!isOneOf(question.attributes.verb, 'get', 'create', 'update', 'patch', 'delete')) {
    return noOpinion('can only get, create, update, patch, or delete a CSINode');
  }
  if (target.subresource) return noOpinion('cannot authorize CSINode subresources');
  return isOwnName(question, target) ? allow : noOpinion('can only access CSINode with the same name as the requesting node');
}

function resourceSlice(question: Question, target: Target): Decision {
  const { verb } = question.attributes;
  if (target.subresource) return noOpinion('cannot authorize ResourceSlice subresources');
  if (verb === 'create') return allow;
  if (isOneOf(verb, 'get', 'update', 'patch', 'delete')) return concerns(question, target);
  if (!isOneOf(verb, 'watch', 'list', 'deletecollection')) {
    const verbs = 'get, watch, list, create, update, patch, delete, deletecollection';
    return noOpinion(`only the following verbs are allowed for a ResourceSlice: ${verbs}`);
  }
  return selectsOwn(question, 'spec.nodeName')
    ? allow
    : noOpinion('can only list/watch/deletecollection resourceslices with nodeName field selector');
}

const selectsOwn = ({ node, attributes: { fieldSelector = [] } }: Question, field: string) =>
  fieldSelector.some((requirement) => requirement.field === field && requirement.operator === '=' && requirement.value === node);

function nodeItself({ node, attributes: { verb } }: Question, { subresource = '', name = '' }: Target): Decision {
  if (subresource === 'status') return isOneOf(verb, 'update', 'patch') ? allow : noOpinion('');
  if (subresource !== '') return noOpinion('');
  if (isOneOf(verb, 'create', 'update', 'patch')) return allow;
  if (!isOneOf(verb, 'get', 'list', 'watch')) return noOpinion('');
  if (name === node) return allow;
  return noOpinion(
    name === ''
      ? `node '${node}' cannot read all nodes, only its own Node object`
      : `node '${node}' cannot read '${name}', only its own Node object`,
  );
}

function pod(question: Question, target: Target): Decision {
  const { verb } = question.attributes;
  if (target.subresource === 'status') return isOneOf(verb, 'update', 'patch') ? allow : noOpinion('');
  if (target.subresource === 'eviction') return verb === 'create' ? allow : noOpinion('');
  if (target.subresource) return noOpinion('');
  if (isOneOf(verb, 'create', 'delete')) return allow;
  if (verb === 'get') return concerns(question, target);
  if (!isOneOf(verb, 'list', 'watch')) return noOpinion('');
  if (selectsOwn(question, 'spec.nodeName')) return allow;
  return target.name ? concerns(question, target) : noOpinion('can only list/watch pods with spec.nodeName field selector');
}
