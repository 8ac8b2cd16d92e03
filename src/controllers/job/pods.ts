import { isNotFound } from '../../api/errors.ts';
import type { Job as JobObject } from '../../api/generated/batch/v1.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { isReady } from '../../api/pods/pod-state.ts';
import type { Context } from '../../client/controller.ts';
import { createPod, deletePod, isNamespaceTerminating } from '../../workloads/pod-control.ts';
import { slowStart } from '../../workloads/slow-start.ts';
import type { Census } from './census.ts';
import { indexedNamePrefix, indexedTemplate, trackedTemplate } from './pod-template.ts';
import type { Plan } from './plan.ts';
import { releasePod } from './tracking-finalizer.ts';

/** What has become of the numbers of pods. */
export interface Counts {
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
}

/** The numbers as they are now, and what went wrong, which must not keep the rest from being counted. */
export interface Outcome extends Counts {
  readonly failure?: { readonly error: unknown };
  readonly waitMs?: number;
  /** The namespace is going: no pod will ever be made there again. */
  readonly isAtAnEnd?: boolean;
}

export async function carryOut(plan: Plan, census: Census, context: Context): Promise<Outcome> {
  switch (plan.do) {
    case 'delete':
      return deletePods(plan.pods, census, context, 'uncounted');
    case 'create':
      return createPods(plan, census, context);
    case 'wait':
      return { ...countsOf(census), waitMs: plan.ms };
    case 'nothing':
      return countsOf(census);
  }
}

/** The job is over: what is still at work ends, and is counted as failed or not as the verdict says. */
export const endActivePods = (census: Census, context: Context): Promise<Outcome> => deletePods(census.active, census, context, 'counted');

export const countsOf = ({ active, ready, terminating }: Census): Counts => ({ active: active.length, ready, terminating });

/** Pods that are `uncounted` lose their finalizers first: that they end says nothing about the job. */
async function deletePods(pods: readonly PodObject[], census: Census, context: Context, as: 'counted' | 'uncounted'): Promise<Outcome> {
  const results = await Promise.allSettled(
    pods.map(async (pod) => {
      if (as === 'uncounted') await releasePod(context, pod);
      await deleteIfThere(pod, census.job, context);
      return pod;
    }),
  );
  const deleted = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  const { active, ready, terminating } = countsOf(census);
  return {
    active: active - deleted.length,
    ready: ready - deleted.filter(isReady).length,
    terminating: terminating + deleted.length,
    ...(failed && { failure: { error: failed.reason } }),
  };
}

async function deleteIfThere(pod: PodObject, job: JobObject, context: Context): Promise<void> {
  try {
    await deletePod(context, pod, job, Job);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function createPods({ count, indexes }: Extract<Plan, { do: 'create' }>, census: Census, context: Context): Promise<Outcome> {
  const { job } = census;
  const template = trackedTemplate(job);
  let refused = 0;
  const create = async (at: number) => {
    const index = indexes?.[at];
    try {
      if (index === undefined) await createPod(context, template, job, Job);
      else {
        const failed = census.indexes?.awaitingReplacement.get(index);
        await createPod(context, indexedTemplate(job, index, failed), job, Job, { generateName: indexedNamePrefix(job, index) });
      }
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
      // That is no fault, and no use trying again.
      refused++;
    }
  };
  const { succeeded, failure } = await slowStart(count, create);
  const counts = countsOf(census);
  return { ...counts, active: counts.active + succeeded - refused, isAtAnEnd: refused > 0, ...(failure && { failure }) };
}
