import type {
  HorizontalPodAutoscaler as Autoscaler,
  HorizontalPodAutoscalerStatus,
  MetricStatus,
} from '../../api/generated/autoscaling/v2.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { HorizontalPodAutoscaler } from '../../api/kinds/autoscaling/horizontalpodautoscaler.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { matchesLabels, parseLabelSelector } from '../../api/label-selector.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { timestampOf } from '../../api/timestamps.ts';
import type { Context } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { messageOf } from '../../workloads/error-message.ts';
import { withType } from '../../workloads/owner.ts';
import type { ControllerFlags } from '../flags.ts';
import { Conditions } from './conditions.ts';
import type { History } from './history.ts';
import { limit, limitByBehavior } from './limits.ts';
import { MetricError, proposeBy, toleranceOf, type MetricProposal } from './metric-proposals.ts';
import type { ResourceMetrics } from './resource-metrics.ts';
import { readTarget, resize, type ScaleTarget } from './scale-target.ts';
import type { Selections } from './selections.ts';

export interface AutoscalerOptions {
  readonly kinds: () => readonly Kind[];
  readonly metrics: ResourceMetrics;
  readonly flags: ControllerFlags;
}

/** Looks at the target once, and resizes it where that is called for. Rejects after the status has told what was wrong. */
export async function autoscale(
  autoscaler: Autoscaler,
  history: History,
  selections: Selections,
  context: Context,
  options: AutoscalerOptions,
): Promise<void> {
  const look = new Look(autoscaler, history, selections, context, options);
  let problem: unknown;
  try {
    await look.run();
  } catch (error) {
    problem = error;
  }
  await look.writeStatus();
  if (problem !== undefined) throw problem;
}

class Look {
  readonly #autoscaler: Autoscaler;
  readonly #history: History;
  readonly #selections: Selections;
  readonly #context: Context;
  readonly #options: AutoscalerOptions;
  readonly #conditions: Conditions;
  readonly #nowMs: number;
  #status: Omit<HorizontalPodAutoscalerStatus, 'conditions'>;

  constructor(autoscaler: Autoscaler, history: History, selections: Selections, context: Context, options: AutoscalerOptions) {
    const { conditions = [], ...status } = autoscaler.status ?? { desiredReplicas: 0 };
    this.#autoscaler = autoscaler;
    this.#history = history;
    this.#selections = selections;
    this.#context = context;
    this.#options = options;
    this.#nowMs = context.env.clock.now();
    this.#conditions = new Conditions(conditions, this.#nowMs);
    this.#status = status;
  }

  async run(): Promise<void> {
    const target = await this.#readTarget();
    const current = target.scale.spec.replicas ?? 0;
    this.#history.begin(current, this.#nowMs);
    const { min, max } = this.#bounds;
    if (current === 0 && min !== 0) {
      const message = 'scaling is disabled since the replica count of the target is zero';
      this.#conditions.set('ScalingActive', 'False', { reason: 'ScalingDisabled', message });
      this.#sized(current, current, []);
    } else if (current > max) await this.#resize(target, max, 'Current number of replicas above Spec.MaxReplicas', []);
    else if (current < min) await this.#resize(target, min, 'Current number of replicas below Spec.MinReplicas', []);
    else await this.#followMetrics(target, current);
  }

  async writeStatus(): Promise<void> {
    const status = { ...this.#status, conditions: this.#conditions.list };
    if (semanticallyEqual(this.#autoscaler.status, status)) return;
    try {
      await this.#context.client.updateStatus(HorizontalPodAutoscaler, { ...this.#autoscaler, status });
    } catch (error) {
      this.#tell('Warning', 'FailedUpdateStatus', messageOf(error));
      throw error;
    }
  }

  get #bounds(): { readonly min: number; readonly max: number } {
    const { minReplicas = 1, maxReplicas } = this.#autoscaler.spec;
    return { min: minReplicas, max: maxReplicas };
  }

  async #readTarget(): Promise<ScaleTarget> {
    try {
      const target = await readTarget(this.#autoscaler, this.#context.client, this.#options.kinds());
      const message = "the HPA controller was able to get the target's current scale";
      this.#conditions.set('AbleToScale', 'True', { reason: 'SucceededGetScale', message });
      return target;
    } catch (error) {
      this.#tell('Warning', 'FailedGetScale', messageOf(error));
      const message = `the HPA controller was unable to get the target's current scale: ${messageOf(error)}`;
      this.#conditions.set('AbleToScale', 'False', { reason: 'FailedGetScale', message });
      throw error;
    }
  }

  async #followMetrics(target: ScaleTarget, current: number): Promise<void> {
    const { spec } = this.#autoscaler;
    const { wanted, name, statuses } = await this.#consultMetrics(target, current);
    const { flags } = this.#options;
    const bounds = { ...this.#bounds, current };
    const windowMs = flags.autoscalerDownscaleStabilizationMs;
    const { replicas, ableToScale, scalingLimited } = spec.behavior
      ? limitByBehavior(wanted, bounds, spec.behavior, this.#history, windowMs, this.#nowMs)
      : limit(wanted, bounds, this.#history, windowMs, this.#nowMs);
    this.#conditions.set('AbleToScale', 'True', ableToScale);
    this.#conditions.set('ScalingLimited', scalingLimited.status, scalingLimited);
    if (replicas === current) this.#sized(current, current, statuses);
    else {
      const reason = wanted > current ? `${name} above target` : wanted < current ? 'All metrics below target' : '';
      await this.#resize(target, replicas, reason, statuses);
    }
  }

  /** The largest of what the metrics ask for. Those that fail are told of; when all do, or the rest would shrink the target, nothing is done. */
  async #consultMetrics(target: ScaleTarget, current: number): Promise<{ wanted: number; name: string; statuses: MetricStatus[] }> {
    const { metrics = [] } = this.#autoscaler.spec;
    const statuses: MetricStatus[] = metrics.map(() => ({ type: '' }));
    const errors: MetricError[] = [];
    let best: MetricProposal | undefined;
    try {
      const { labelSelector, pods } = this.#podsOf(target);
      for (const [at, metric] of metrics.entries()) {
        const proposal = await this.#propose(metric, labelSelector, pods, current).catch((error: unknown) => this.#failed(error, errors));
        if (!proposal) continue;
        statuses[at] = proposal.status;
        if (!best || proposal.replicas > best.replicas) best = proposal;
      }
      const [first] = errors;
      if (first && (!best || best.replicas < current)) {
        this.#conditions.set('ScalingActive', 'False', {
          reason: first.reason,
          message: `the HPA was unable to compute the replica count: ${first.detail}`,
        });
        throw new Error(`invalid metrics (${errors.length} invalid out of ${metrics.length}), first error is: ${first.message}`);
      }
    } catch (error) {
      this.#sized(current, this.#status.desiredReplicas, statuses);
      this.#tell('Warning', 'FailedComputeMetricsReplicas', messageOf(error));
      throw error;
    }
    const { replicas: wanted = current, name = '' } = best ?? {};
    const message = `the HPA was able to successfully calculate a replica count from ${name}`;
    this.#conditions.set('ScalingActive', 'True', { reason: 'ValidMetricFound', message });
    return { wanted, name, statuses };
  }

  #propose(metric: NonNullable<Autoscaler['spec']['metrics']>[number], labelSelector: string, pods: readonly PodObject[], current: number) {
    const { flags, metrics } = this.#options;
    return proposeBy(metric, {
      namespace: this.#autoscaler.metadata.namespace ?? '',
      labelSelector,
      pods,
      currentReplicas: current,
      tolerance: toleranceOf(this.#autoscaler, flags.autoscalerTolerance),
      rules: { cpuInitializationMs: flags.autoscalerCpuInitializationMs, initialReadinessMs: flags.autoscalerInitialReadinessMs },
      metrics,
      nowMs: this.#nowMs,
    });
  }

  #failed(error: unknown, errors: MetricError[]): undefined {
    if (!(error instanceof MetricError)) throw error;
    this.#tell('Warning', error.reason, error.detail);
    errors.push(error);
  }

  #podsOf({ scale }: ScaleTarget): { labelSelector: string; pods: PodObject[] } {
    const labelSelector = scale.status?.selector ?? '';
    if (labelSelector === '') {
      const message = "the HPA target's scale is missing a selector";
      throw this.#badSelector('SelectorRequired', 'selector is required', { reason: 'InvalidSelector', message });
    }
    const requirements = this.#parse(labelSelector);
    this.#selections.note(keyOf(this.#autoscaler), requirements);
    const namespace = this.#autoscaler.metadata.namespace ?? '';
    const pods = this.#context.list(Pod, namespace).filter(({ metadata }) => matchesLabels(requirements, metadata.labels));
    const rivals = this.#selections.rivals(namespace, pods);
    if (rivals.length > 1) {
      const keys = rivals.map((name) => `{${name} ${namespace}}`).join(' ');
      const message = `pods by selector ${labelSelector} are controlled by multiple HPAs: [${keys}]`;
      throw this.#badSelector('AmbiguousSelector', message, { reason: 'AmbiguousSelector', message });
    }
    return { labelSelector, pods };
  }

  #parse(labelSelector: string) {
    try {
      return parseLabelSelector(labelSelector);
    } catch (error) {
      const message = `couldn't convert selector into a corresponding internal selector object: ${messageOf(error)}`;
      throw this.#badSelector('InvalidSelector', message, { reason: 'InvalidSelector', message });
    }
  }

  #badSelector(event: string, message: string, condition: { readonly reason: string; readonly message: string }): Error {
    this.#tell('Warning', event, message);
    this.#conditions.set('ScalingActive', 'False', condition);
    return new Error(message);
  }

  async #resize(target: ScaleTarget, replicas: number, reason: string, statuses: readonly MetricStatus[]): Promise<void> {
    const current = target.scale.spec.replicas ?? 0;
    try {
      await resize(target, replicas, this.#context.client);
    } catch (error) {
      this.#tell('Warning', 'FailedRescale', `New size: ${replicas}; reason: ${reason}; error: ${messageOf(error)}`);
      const message = `the HPA controller was unable to update the target scale: ${messageOf(error)}`;
      this.#conditions.set('AbleToScale', 'False', { reason: 'FailedUpdateScale', message });
      this.#sized(current, this.#status.desiredReplicas, statuses);
      throw error;
    }
    const message = `the HPA controller was able to update the target scale to ${replicas}`;
    this.#conditions.set('AbleToScale', 'True', { reason: 'SucceededRescale', message });
    this.#tell('Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    // Only policies look back at it, and only from when there are some.
    if (this.#autoscaler.spec.behavior) this.#history.changed(replicas - current, this.#nowMs);
    this.#sized(current, replicas, statuses);
    this.#status = { ...this.#status, lastScaleTime: timestampOf(this.#nowMs) };
  }

  #sized(current: number, desired: number, statuses: readonly MetricStatus[]): void {
    const { lastScaleTime } = this.#status;
    this.#status = {
      ...(lastScaleTime !== undefined && { lastScaleTime }),
      currentReplicas: current,
      desiredReplicas: desired,
      ...(statuses.length > 0 && { currentMetrics: statuses }),
    };
  }

  #tell(severity: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.events.event(withType(this.#autoscaler, HorizontalPodAutoscaler), severity, reason, message);
  }
}
