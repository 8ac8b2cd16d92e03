import type { PluginArgs } from './framework.ts';

/** `kubescheduler.config.k8s.io/v1`, as far as this scheduler reads it. Absent fields have upstream's defaults. */
export interface KubeSchedulerConfiguration {
  readonly apiVersion?: 'kubescheduler.config.k8s.io/v1';
  readonly kind?: 'KubeSchedulerConfiguration';
  /** Cycles run one after the other, each in one go: read, and of no effect. */
  readonly parallelism?: number;
  /** How many of all nodes are scored at most, when so many fit; 0: by the size of the cluster. */
  readonly percentageOfNodesToScore?: number;
  /** 1 when absent. */
  readonly podInitialBackoffSeconds?: number;
  /** 10 when absent. */
  readonly podMaxBackoffSeconds?: number;
  /** One of the name `default-scheduler` when absent. */
  readonly profiles?: readonly KubeSchedulerProfile[];
}

export interface KubeSchedulerProfile {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: Plugins;
  readonly pluginConfig?: readonly { readonly name: string; readonly args?: PluginArgs }[];
}

export type ExtensionPoint =
  | 'preEnqueue'
  | 'preFilter'
  | 'filter'
  | 'postFilter'
  | 'preScore'
  | 'score'
  | 'reserve'
  | 'permit'
  | 'preBind'
  | 'bind'
  | 'postBind';

/** `queueSort` may be named; the order is PrioritySort's. */
export type Plugins = { readonly [Point in ExtensionPoint | 'queueSort' | 'multiPoint']?: PluginSet };

export interface PluginSet {
  readonly enabled?: readonly { readonly name: string; readonly weight?: number }[];
  /** `*` for all. */
  readonly disabled?: readonly { readonly name: string }[];
}

export const defaultSchedulerName = 'default-scheduler';

/** Sentences about what is wrong, each with its path; none when all is well. Source: apis/config/validation. */
export function problemsOf(config: KubeSchedulerConfiguration): string[] {
  const { podInitialBackoffSeconds: initial = 1, podMaxBackoffSeconds: max = 10, profiles } = config;
  const problems = percentageProblems(config.percentageOfNodesToScore, 'percentageOfNodesToScore');
  if (initial <= 0) problems.push(`podInitialBackoffSeconds: Invalid value: ${initial}: must be greater than 0`);
  if (max < initial)
    problems.push(`podMaxBackoffSeconds: Invalid value: ${max}: must be greater than or equal to PodInitialBackoffSeconds`);
  if (profiles?.length === 0) problems.push('profiles: Required value');
  const names = new Set<string>();
  for (const [index, { schedulerName = defaultSchedulerName, percentageOfNodesToScore }] of (profiles ?? []).entries()) {
    if (schedulerName === '') problems.push(`profiles[${index}].schedulerName: Required value`);
    if (names.has(schedulerName)) problems.push(`profiles[${index}].schedulerName: Duplicate value: ${JSON.stringify(schedulerName)}`);
    names.add(schedulerName);
    problems.push(...percentageProblems(percentageOfNodesToScore, `profiles[${index}].percentageOfNodesToScore`));
  }
  return problems;
}

const percentageProblems = (percentage = 0, path: string): string[] =>
  percentage < 0 || percentage > 100 ? [`${path}: Invalid value: ${percentage}: not in valid range [0-100]`] : [];
