import { HorizontalPodAutoscaler } from '../../api/kinds/autoscaling/horizontalpodautoscaler.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { defineController, type Context, type Controller } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { autoscale, type AutoscalerOptions } from './autoscale.ts';
import { History } from './history.ts';
import { Selections } from './selections.ts';

/**
 * Sizes targets by what their pods use. Each autoscaler is looked at every sync period, and not in
 * between, whatever changes. Source: upstream's pkg/controller/podautoscaler.
 */
export function autoscalerController(options: AutoscalerOptions): Controller {
  const periodMs = options.flags.autoscalerSyncMs;
  const known = new Map<string, { readonly uid: string; readonly history: History; dueMs: number }>();
  const selections = new Selections();
  return defineController({
    // As the source of events.
    name: 'horizontal-pod-autoscaler',
    for: HorizontalPodAutoscaler,
    watches: [{ kind: Pod, toKeys: () => [] }],
    async reconcile(autoscaler, context) {
      const key = keyOf(autoscaler);
      const nowMs = context.env.clock.now();
      const uid = autoscaler.metadata.uid ?? '';
      let own = known.get(key);
      if (own?.uid !== uid) {
        own = { uid, history: new History(), dueMs: nowMs + periodMs };
        known.set(key, own);
      }
      if (nowMs < own.dueMs) return { requeueAfterMs: own.dueMs - nowMs };
      own.dueMs = nowMs + periodMs;
      await tryTo(context, key, () => autoscale(autoscaler, own.history, selections, context, options));
      return { requeueAfterMs: periodMs };
    },
    async gone(key) {
      known.delete(key);
      selections.forget(key);
    },
  });
}

/** The next period is the next try. */
async function tryTo({ env }: Context, key: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    env.log.error(error, 'an autoscaler fails', { key });
  }
}
