import { Pod } from '../../../api/kinds/core/pod.ts';
import type { PluginFactory, Verdict } from '../../framework.ts';
import type { Pod as PodType } from '../../../api/generated/core/v1.ts';
import { interest, isSamePod } from '../interest.ts';

/** Keeps a pod out of the queue while it has gates. Source: kube-scheduler's plugins/schedulinggates. */
export const schedulingGates: PluginFactory = {
  name: 'SchedulingGates',
  make: () => ({
    name: 'SchedulingGates',
    events: [interest(Pod, (pod, change) => isSamePod(pod, change) && isGated(change.old) && !isGated(change.now))],
    preEnqueue: waitsForGates,
  }),
};

export function waitsForGates({ spec }: PodType): Verdict {
  if (!spec.schedulingGates?.length) return undefined;
  // Go prints a list of strings so.
  const names = spec.schedulingGates.map(({ name }) => name).join(' ');
  return { code: 'UnschedulableAndUnresolvable', reasons: [`waiting for scheduling gates: [${names}]`] };
}

const isGated = (pod: PodType | undefined): boolean => (pod?.spec.schedulingGates?.length ?? 0) > 0;
