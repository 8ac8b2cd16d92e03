import type { Node as NodeType } from '../../generated/core/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { cidrWarnings } from '../../validation/ip.ts';
import { validateNode, validateNodeUpdate, validatePodCidrs } from './node-validation.ts';

const rolePrefix = 'node-role.kubernetes.io/';
const roleLabel = 'kubernetes.io/role';

export const Node = defineKind<NodeType>({
  ...generatedKind('', 'v1', 'Node'),
  shortNames: ['no'],
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', cell: statusText },
    { name: 'Roles', type: 'string', cell: rolesText },
    ageColumn,
    { name: 'Version', type: 'string', cell: ({ status }) => status.nodeInfo?.kubeletVersion ?? '' },
    { name: 'Internal-IP', type: 'string', priority: 1, cell: (node) => addressOf(node, 'InternalIP') },
    { name: 'External-IP', type: 'string', priority: 1, cell: (node) => addressOf(node, 'ExternalIP') },
    { name: 'OS-Image', type: 'string', priority: 1, cell: ({ status }) => status.nodeInfo?.osImage || '<unknown>' },
    { name: 'Kernel-Version', type: 'string', priority: 1, cell: ({ status }) => status.nodeInfo?.kernelVersion || '<unknown>' },
    {
      name: 'Container-Runtime',
      type: 'string',
      priority: 1,
      cell: ({ status }) => status.nodeInfo?.containerRuntimeVersion || '<unknown>',
    },
  ],
  strategy: {
    statusOnCreate: true,
    generationFields: [],
    defaults({ spec, status }) {
      if (status.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
      // The older, singular field is the first of the plural one; where they differ, it wins.
      if (spec.podCIDR && spec.podCIDR !== spec.podCIDRs?.[0]) spec.podCIDRs = [spec.podCIDR];
      else if (spec.podCIDRs?.length) spec.podCIDR = spec.podCIDRs[0]!;
    },
    prepareForCreate({ spec, status }) {
      delete spec.configSource;
      delete status.config;
    },
    prepareForUpdate({ spec }, old) {
      if (!old.spec.configSource) delete spec.configSource;
    },
    prepareForStatusUpdate({ status }, old) {
      if (!old.status.config) delete status.config;
    },
    validate: validateNode,
    validateCreate: validatePodCidrs,
    validateUpdate: validateNodeUpdate,
    validateStatusUpdate: (node, old) => [...validateNode(node), ...validateNodeUpdate(node, old)],
    warnings: nodeWarnings,
  },
});

function statusText({ spec, status }: NodeType): string {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const words = [!ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (spec.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

function rolesText({ metadata }: NodeType): string {
  const roles = Object.entries(metadata.labels ?? {}).map(([key, value]) => {
    if (key.startsWith(rolePrefix)) return key.slice(rolePrefix.length);
    return key === roleLabel ? value : '';
  });
  return [...new Set(roles.filter((role) => role !== ''))].sort().join(',') || '<none>';
}

const addressOf = ({ status }: NodeType, wanted: string): string =>
  status.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>';

function nodeWarnings({ spec }: NodeType): string[] {
  const warnings: string[] = [];
  if (spec.configSource) warnings.push('spec.configSource: the feature is removed');
  if (spec.externalID) warnings.push('spec.externalID: this field is deprecated, and is unused by Kubernetes');
  return [...warnings, ...(spec.podCIDRs ?? []).flatMap((cidr, i) => cidrWarnings(cidr, `spec.podCIDRs[${i}]`))];
}
