/** The scheduler beside upstream's own benchmark and the rates it must not fall below: `npm run bench -- scheduler`. */
import { apart } from '../apart.ts';
import { keep, round, table } from '../report.ts';
import type { Measured } from './measure.ts';
import { workloads } from './workloads.ts';

const rows: string[][] = [['workload', 'pods', 'pods/s', 'upstream must reach', 'ratio', 'CPU ms a pod', 'peak MiB']];
for (const workload of workloads) {
  const { threshold, measured } = workload;
  const bounds = { seconds: workload.boundSeconds, heapMiB: 4096 };
  const result = await apart<Measured>('scheduler/measure.ts', workload, bounds).catch((error: Error) => error);
  if (result instanceof Error) {
    rows.push([workload.name, String(measured.count), result.message, '', '', '', '']);
    continue;
  }
  rows.push([
    workload.name,
    String(measured.count),
    round(result.podsPerSecond, 0),
    threshold === undefined ? 'none' : String(threshold),
    threshold === undefined ? '' : `${round(result.podsPerSecond / threshold)} ×`,
    round((result.cpuSeconds * 1000) / measured.count, 3),
    round(result.peakMiB, 0),
  ]);
}
keep(
  'scheduler',
  `${table(rows)}

Upstream's scheduler_perf (test/integration/scheduler_perf): the same nodes, pods and counts, against an API server in
the same process, without controllers and kubelets. The clock runs from the first create to the last binding seen by a
watch; the same one thread makes the pods, admits, stores, schedules, binds, writes an event for each and watches.
The rates of upstream are those below which its tests fail, on a machine of Kubernetes' CI.`,
);
