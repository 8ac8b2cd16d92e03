import type { Pod } from '../../generated/core/v1.ts';
import { ageColumn, humanDuration, nameColumn, type Column } from '../../kind.ts';
import { summarizePod } from './pod-status.ts';

const none = '<none>';

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  {
    name: 'Ready',
    type: 'string',
    description: 'The aggregate readiness state of this pod for accepting traffic.',
    cell: (pod) => {
      const { ready, total } = summarizePod(pod);
      return `${ready}/${total}`;
    },
  },
  {
    name: 'Status',
    type: 'string',
    description: 'The aggregate status of the containers in this pod.',
    cell: (pod) => summarizePod(pod).status,
  },
  {
    name: 'Restarts',
    type: 'string',
    description:
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    cell: restartsText,
  },
  ageColumn,
  {
    name: 'IP',
    type: 'string',
    priority: 1,
    description: 'IP address allocated to the pod. Routable at least within the cluster.',
    cell: (pod) => pod.status?.podIPs?.[0]?.ip || none,
  },
  {
    name: 'Node',
    type: 'string',
    priority: 1,
    description: 'The node on which the pod is scheduled.',
    cell: (pod) => pod.spec.nodeName || none,
  },
  {
    name: 'Nominated Node',
    type: 'string',
    priority: 1,
    description: 'The node that was cleared of others for the pod, which may yet run elsewhere.',
    cell: (pod) => pod.status?.nominatedNodeName || none,
  },
  {
    name: 'Readiness Gates',
    type: 'string',
    priority: 1,
    description: 'How many of the conditions that the pod waits for are met.',
    cell: readinessGatesText,
  },
];

/** `3 (5m ago)`. */
function restartsText(pod: Pod, nowMs: number): string {
  const { restarts, lastRestartMs } = summarizePod(pod);
  if (restarts === 0 || lastRestartMs === undefined) return `${restarts}`;
  return `${restarts} (${humanDuration(nowMs - lastRestartMs)} ago)`;
}

function readinessGatesText({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return none;
  const met = gates.filter(({ conditionType }) =>
    (status?.conditions ?? []).some(({ type, status: state }) => type === conditionType && state === 'True'),
  );
  return `${met.length}/${gates.length}`;
}
