import type { CronJob as CronJobObject, Job as JobObject } from '../../api/generated/batch/v1.ts';
import { CronJob } from '../../api/kinds/batch/cronjob.ts';
import { timestampOf } from '../../api/timestamps.ts';
import { zoneOffsetMs } from '../../codec/time-zone.ts';
import { controllerReference } from '../../workloads/owner.ts';

/** The job for the time. Its name says the minute, so that nobody can make it twice. */
export function jobOf(cronJob: CronJobObject, scheduledMs: number): JobObject {
  const { metadata = {}, spec } = cronJob.spec.jobTemplate;
  const scheduled = localTimestamp(scheduledMs, cronJob.spec.timeZone ?? 'UTC');
  return {
    metadata: {
      name: jobName(cronJob, scheduledMs),
      namespace: cronJob.metadata.namespace,
      ...(metadata.labels && { labels: metadata.labels }),
      annotations: { ...metadata.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': scheduled },
      ownerReferences: [controllerReference(cronJob, CronJob)],
    },
    spec: spec!,
    status: {},
  };
}

export const jobName = ({ metadata }: CronJobObject, scheduledMs: number): string => `${metadata.name}-${Math.floor(scheduledMs / 60_000)}`;

/** RFC 3339 with the zone's offset at the time. */
export function localTimestamp(ms: number, timeZone: string): string {
  const offsetMinutes = zoneOffsetMs(timeZone, ms) / 60_000;
  if (offsetMinutes === 0) return timestampOf(ms);
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const offset = [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':');
  return `${timestampOf(ms + offsetMinutes * 60_000).slice(0, -1)}${offsetMinutes < 0 ? '-' : '+'}${offset}`;
}

/** Go's RFC1123Z, in UTC: `Thu, 01 Jan 2026 00:05:00 +0000`. */
export const mailTimestamp = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');
