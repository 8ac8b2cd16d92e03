/** What is known of a node's kubelet, and what is said of a node whose kubelet has fallen silent. */
import type { Lease } from '../../api/generated/coordination/v1.ts';
import type { Node, NodeCondition } from '../../api/generated/core/v1.ts';

export interface NodeHealth {
  /** When a sign of life was last noticed, by this controller's own clock: nodes' clocks may be off. */
  readonly heardAtMs: number;
  /** The heartbeat of the Ready condition as it was then; absent while the node had none. */
  readonly heartbeat?: string;
  readonly renewTime?: string;
}

export const nodeCondition = ({ status }: Node, type: string): NodeCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

export const isNodeReady = (node: Node): boolean => nodeCondition(node, 'Ready')?.status === 'True';

/**
 * A renewed lease or another heartbeat in the status are signs of life. A node that never had a
 * status is counted from its creation. Source: node_lifecycle_controller.go, tryUpdateNodeHealth.
 */
export function observeHealth(before: NodeHealth | undefined, node: Node, lease: Lease | undefined, nowMs: number): NodeHealth {
  const ready = nodeCondition(node, 'Ready');
  const heartbeat = ready && (ready.lastHeartbeatTime ?? '');
  const renewTime = lease?.spec?.renewTime;
  const renewed = lease !== undefined && (before?.renewTime === undefined || (renewTime ?? '') > before.renewTime);
  const seen = { ...(heartbeat !== undefined && { heartbeat }), ...(renewTime !== undefined && { renewTime }) };
  if (renewed) return { ...seen, heardAtMs: nowMs };
  if (!before && !ready) return { ...seen, heardAtMs: Date.parse(node.metadata.creationTimestamp ?? '') };
  if (!before || before.heartbeat !== heartbeat) return { ...seen, heardAtMs: nowMs };
  return before;
}

export interface GracePeriods {
  readonly nodeMonitorGracePeriodMs: number;
  readonly nodeStartupGracePeriodMs: number;
}

/** Has it been silent for longer than it may? One that never had a status may take longer. */
export function isSilent(health: NodeHealth, node: Node, grace: GracePeriods, nowMs: number): boolean {
  const graceMs = nodeCondition(node, 'Ready') ? grace.nodeMonitorGracePeriodMs : grace.nodeStartupGracePeriodMs;
  return nowMs > health.heardAtMs + graceMs;
}

/** NetworkUnavailable is not among them: others than the kubelet say it. */
const kubeletConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** The node's conditions once its kubelet is silent; undefined when Ready says so already. `now` is RFC 3339. */
export function conditionsInSilence(node: Node, now: string): readonly NodeCondition[] | undefined {
  if (nodeCondition(node, 'Ready')?.status === 'Unknown') return undefined;
  const known = node.status?.conditions ?? [];
  const unknown = { status: 'Unknown', lastTransitionTime: now } as const;
  const silenced = known.map((condition) =>
    kubeletConditions.includes(condition.type) && condition.status !== 'Unknown'
      ? { ...condition, ...unknown, reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }
      : condition,
  );
  const never = kubeletConditions
    .filter((type) => !known.some((condition) => condition.type === type))
    .map((type) => ({
      ...unknown,
      type,
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: node.metadata.creationTimestamp ?? now,
    }));
  return [...silenced, ...never];
}
