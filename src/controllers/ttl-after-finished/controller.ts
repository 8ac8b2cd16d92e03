import { isNotFound } from '../../api/errors.ts';
import type { Job as JobObject } from '../../api/generated/batch/v1.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { defineController, type Context } from '../../client/controller.ts';

/** Deletes jobs `ttlSecondsAfterFinished` after their end, their pods first. Source: upstream's pkg/controller/ttlafterfinished. */
export const ttlAfterFinishedController = defineController({
  name: 'ttl-after-finished-controller',
  for: Job,
  async reconcile(known, context) {
    const { clock } = context.env;
    const leftMs = msToLive(known, clock.now());
    if (leftMs === undefined) return;
    if (leftMs > 0) return { requeueAfterMs: leftMs };
    // The time to live may have been changed a moment ago, and deletion cannot be taken back.
    const job = await newest(known, context);
    const freshLeftMs = job && msToLive(job, clock.now());
    if (!job || freshLeftMs === undefined || freshLeftMs > 0) return;
    const { namespace, name, uid } = job.metadata;
    await context.client.delete(
      Job,
      { namespace, name: name! },
      { propagationPolicy: 'Foreground', preconditions: { ...(uid && { uid }) } },
    );
  },
});

/** How long the job still stays, 0 or less when its time is over; undefined when it stays anyway. */
export function msToLive({ metadata, spec, status }: JobObject, nowMs: number): number | undefined {
  const { ttlSecondsAfterFinished } = spec;
  if (metadata.deletionTimestamp || ttlSecondsAfterFinished === undefined) return undefined;
  const finished = status?.conditions?.find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');
  if (!finished?.lastTransitionTime) return undefined;
  return Date.parse(finished.lastTransitionTime) + ttlSecondsAfterFinished * 1000 - nowMs;
}

async function newest({ metadata: { namespace, name } }: JobObject, { client }: Context): Promise<JobObject | undefined> {
  try {
    return await client.get(Job, { namespace, name: name! });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
