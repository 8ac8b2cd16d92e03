import type { ContainerStatus, Pod, PodCondition } from '../../api/generated/core/v1.ts';
import { isSidecar } from '../pods/pod-view.ts';
import { hasStarted, type PodPhase } from './phase.ts';
import type { PodStatusInput } from './pod-status.ts';

/** The conditions that a kubelet writes; all others are somebody else's and stay. */
export const kubeletConditions: ReadonlySet<string> = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'PodResizePending',
  'PodResizeInProgress',
]);

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;
const yes: Verdict = { status: 'True' };
const no = (reason: string, message?: string): Verdict => ({ status: 'False', reason, ...(message !== undefined && { message }) });

export interface ConditionsInput {
  readonly pod: Pod;
  readonly phase: PodPhase;
  /** Init containers first. */
  readonly statuses: readonly ContainerStatus[];
  /** The sandbox is up and has its addresses. */
  readonly sandboxReady: boolean;
  /** Conditions that others wrote. */
  readonly others: readonly PodCondition[];
}

/** In the kubelet's order, without times. Source: pkg/kubelet/status/generate.go. */
export function podConditions(input: ConditionsInput): PodCondition[] {
  const { pod, sandboxReady, others } = input;
  const containersReady = containersReadyVerdict(input);
  const verdicts: readonly (readonly [string, Verdict])[] = [
    ['PodReadyToStartContainers', { status: sandboxReady ? 'True' : 'False' }],
    ['Initialized', initializedVerdict(input)],
    ['Ready', readyVerdict(pod, containersReady, others)],
    ['ContainersReady', containersReady],
    ['PodScheduled', yes],
  ];
  const { generation } = pod.metadata;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  return verdicts.map(([type, verdict]) => ({ type, ...observed, ...verdict }));
}

/** Source: pkg/kubelet determinePodResizeStatus. */
export function resizeConditions({ pendingResize, resizing }: Pick<PodStatusInput, 'pendingResize' | 'resizing'>): PodCondition[] {
  const conditions: PodCondition[] = [];
  if (pendingResize) {
    const { message, generation } = pendingResize;
    conditions.push({ type: 'PodResizePending', observedGeneration: generation, status: 'True', reason: 'Deferred', message });
  }
  if (resizing !== undefined) conditions.push({ type: 'PodResizeInProgress', observedGeneration: resizing, status: 'True' });
  return conditions;
}

function initializedVerdict({ pod, phase, statuses }: ConditionsInput): Verdict {
  const byName = new Map(statuses.map((status) => [status.name, status]));
  const containers = pod.spec.initContainers ?? [];
  const unknown = containers.filter(({ name }) => !byName.has(name)).map(({ name }) => name);
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'True', reason: 'PodCompleted' };
  if (hasStarted(pod.spec, byName)) return yes;
  const incomplete = containers
    .filter((container) => {
      const status = byName.get(container.name);
      return status && !(isSidecar(container) ? status.started : status.ready);
    })
    .map(({ name }) => name);
  const message = shortcomings(unknown, incomplete, 'incomplete');
  return message === '' ? yes : no('ContainersNotInitialized', message);
}

function containersReadyVerdict({ pod, phase, statuses }: ConditionsInput): Verdict {
  const byName = new Map(statuses.map((status) => [status.name, status]));
  const containers = [...(pod.spec.initContainers ?? []).filter(isSidecar), ...pod.spec.containers];
  const unknown = containers.filter(({ name }) => !byName.has(name)).map(({ name }) => name);
  if (phase === 'Succeeded' && unknown.length === 0) return no('PodCompleted');
  if (phase === 'Failed') return no('PodFailed');
  const unready = containers.filter(({ name }) => byName.get(name)?.ready === false).map(({ name }) => name);
  const message = shortcomings(unknown, unready, 'unready');
  return message === '' ? yes : no('ContainersNotReady', message);
}

function readyVerdict(pod: Pod, containersReady: Verdict, others: readonly PodCondition[]): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const missing: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const found = others.find(({ type }) => type === conditionType);
    if (!found) missing.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (found.status !== 'True')
      missing.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`);
  }
  return missing.length === 0 ? yes : no('ReadinessGatesNotReady', missing.join(', '));
}

function shortcomings(unknown: readonly string[], lacking: readonly string[], what: string): string {
  const parts: string[] = [];
  if (unknown.length > 0) parts.push(`containers with unknown status: [${unknown.join(' ')}]`);
  if (lacking.length > 0) parts.push(`containers with ${what} status: [${lacking.join(' ')}]`);
  return parts.join(', ');
}
