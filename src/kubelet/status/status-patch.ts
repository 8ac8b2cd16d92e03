import type { PodStatus } from '../../api/generated/core/v1.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';

/** Fields of a pod's status that a kubelet writes; what others write beside it is left alone. */
const fields = [
  'phase',
  'reason',
  'message',
  'hostIP',
  'podIP',
  'startTime',
  'qosClass',
  'observedGeneration',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
] as const satisfies readonly (keyof PodStatus)[];

/**
 * A strategic merge patch that makes the one status of the other; undefined when nothing differs.
 * `uid` keeps it from another pod of the same name.
 */
export function statusPatch(uid: string, old: PodStatus, now: PodStatus): object | undefined {
  const status: Record<string, unknown> = {};
  for (const field of fields) if (!semanticallyEqual(old[field], now[field])) status[field] = now[field] ?? null;
  for (const field of ['hostIPs', 'podIPs'] as const) Object.assign(status, addressPatch(field, old[field], now[field]));
  const changed = (now.conditions ?? []).flatMap((condition) => {
    const before = withoutProbeTime(old.conditions?.find(({ type }) => type === condition.type));
    return semanticallyEqual(condition, before) ? [] : [{ ...cleared(before, condition), ...condition }];
  });
  const gone = (old.conditions ?? []).filter(({ type }) => !now.conditions?.some((one) => one.type === type));
  if (changed.length + gone.length > 0) {
    status['conditions'] = [...gone.map(({ type }) => ({ type, $patch: 'delete' })), ...changed];
    status['$setElementOrder/conditions'] = (now.conditions ?? []).map(({ type }) => ({ type }));
  }
  return Object.keys(status).length === 0 ? undefined : { metadata: { uid }, status };
}

/** Nothing in place of what is said no more: a merge would keep it. */
const cleared = (before: object | undefined, now: object): Record<string, null> =>
  Object.fromEntries(Object.keys(before ?? {}).flatMap((field) => (field in now ? [] : [[field, null]])));

function withoutProbeTime(condition: NonNullable<PodStatus['conditions']>[number] | undefined) {
  if (!condition) return undefined;
  const { lastProbeTime: _, ...rest } = condition;
  return rest;
}

/** Addresses merge by address, so those that are gone have to be taken away by name. */
function addressPatch(
  field: 'hostIPs' | 'podIPs',
  old: readonly { readonly ip: string }[] = [],
  now: readonly { readonly ip: string }[] = [],
): Record<string, unknown> {
  if (semanticallyEqual(old, now)) return {};
  const gone = old.filter(({ ip }) => !now.some((one) => one.ip === ip)).map(({ ip }) => ({ ip, $patch: 'delete' }));
  return { [field]: [...gone, ...now], ...(now.length > 0 && { [`$setElementOrder/${field}`]: now }) };
}
