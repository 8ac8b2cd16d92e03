import type { NodeStatus } from '../../api/generated/core/v1.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';

/** A strategic merge patch of what differs. Conditions always go along, for their heartbeats. Source: component-helpers/node/util PatchNodeStatus. */
export function statusPatch(old: NodeStatus, now: NodeStatus): object {
  const status: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(now)) if (!semanticallyEqual(old[field as keyof NodeStatus], value)) status[field] = value;
  // Addresses merge by type, of which there may be two: they are replaced.
  if (status['addresses']) status['addresses'] = [{ $patch: 'replace' }, ...(now.addresses ?? [])];
  return { status: { ...status, conditions: now.conditions ?? [] } };
}
