import { isNotFound } from '../../api/errors.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import type { Context } from '../../client/controller.ts';
import { isTracked, trackingFinalizer } from './job-state.ts';

/** Lets the pod go as far as its job is concerned. One that is gone already is let go. */
export const releasePod = (context: Pick<Context, 'client'>, pod: PodObject): Promise<void> => release(context, pod, {});

/** The same, if the pod is still as it was seen: it may have been adopted since, and then it counts. Rejects with a conflict where it is not. */
export const releaseUnchanged = (context: Pick<Context, 'client'>, pod: PodObject): Promise<void> =>
  release(context, pod, { resourceVersion: pod.metadata.resourceVersion });

async function release({ client }: Pick<Context, 'client'>, pod: PodObject, as: { readonly resourceVersion?: string }): Promise<void> {
  if (!isTracked(pod)) return;
  const { namespace, name = '', uid } = pod.metadata;
  const patch = { metadata: { uid, ...as, '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] } };
  try {
    await client.patch(Pod, { namespace, name }, 'strategic', patch);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
