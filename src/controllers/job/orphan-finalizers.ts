import { isNotFound } from '../../api/errors.ts';
import type { Job as JobObject } from '../../api/generated/batch/v1.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { defineController, watchOf, type Context } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { controllerOf } from '../../workloads/owner.ts';
import { isFinished, isManagedElsewhere, isTracked } from './job-state.ts';
import { releaseUnchanged } from './tracking-finalizer.ts';

/** Takes the tracking finalizer off pods that no job will ever count: theirs is gone, or over. */
export const orphanFinalizersController = defineController({
  name: 'job-controller',
  for: Pod,
  watches: [watchOf(Job, leftBehindBy)],
  async reconcile(pod, context) {
    if (isTracked(pod) && (await isLeftBehind(pod, context))) await releaseUnchanged(context, pod);
  },
});

/** Of a job that is over or gone; one that is at work releases its pods itself. */
function leftBehindBy(job: JobObject, { get, owned }: Context): string[] {
  const current = get(Job, keyOf(job));
  const isThere = current?.metadata.uid === job.metadata.uid;
  return isThere && !isFinished(current!) ? [] : owned(Pod, job).filter(isTracked).map(keyOf);
}

async function isLeftBehind(pod: PodObject, context: Context): Promise<boolean> {
  const owner = controllerOf(pod);
  if (!owner) return true;
  if (owner.kind !== 'Job' || owner.apiVersion !== 'batch/v1') return false;
  const job = await jobNow(`${pod.metadata.namespace}/${owner.name}`, owner.uid, context);
  return job === undefined || (isFinished(job) && !isManagedElsewhere(job));
}

/** A pod may be seen before its job is: that there is none, the API server has to say. */
async function jobNow(key: string, uid: string, { get, client }: Context): Promise<JobObject | undefined> {
  const known = get(Job, key);
  if (known?.metadata.uid === uid) return known;
  const [namespace, name = ''] = key.split('/');
  try {
    const job = await client.get(Job, { namespace: namespace!, name });
    return job.metadata.uid === uid ? job : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
