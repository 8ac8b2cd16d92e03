import { isNotFound } from '../../api/errors.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import type { Context } from '../../client/controller.ts';
import { isTracked, trackingFinalizer } from './job-state.ts';

/** Lets the pod go as far as its job is concerned. One that is gone already is let go. */
export async function releasePod({ client }: Pick<Context, 'client'>, pod: PodObject): Promise<void> {
  if (!isTracked(pod)) return;
  const { namespace, name = '', uid } = pod.metadata;
  const patch = { metadata: { uid, '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] } };
  try {
    await client.patch(Pod, { namespace, name }, 'strategic', patch);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
