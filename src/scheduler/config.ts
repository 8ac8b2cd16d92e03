import { duplicate, fieldErrorText, invalid, required, type FieldError } from '../api/field-error.ts';
import { semanticallyEqual } from '../api/semantic-equality.ts';
import type { PluginArgs } from './framework.ts';
import { argsProblems } from './plugin-args.ts';

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
  const { parallelism = 16, podInitialBackoffSeconds: initial = 1, podMaxBackoffSeconds: max = 10, profiles } = config;
  const problems: FieldError[] = [];
  if (parallelism <= 0) problems.push(invalid('parallelism', parallelism, 'should be an integer value greater than zero'));
  if (profiles) problems.push(...(profiles.length === 0 ? [required('profiles')] : profilesProblems(profiles)));
  problems.push(...percentageProblems(config.percentageOfNodesToScore, 'percentageOfNodesToScore'));
  if (initial <= 0) problems.push(invalid('podInitialBackoffSeconds', initial, 'must be greater than 0'));
  if (max < initial) problems.push(invalid('podMaxBackoffSeconds', max, 'must be greater than or equal to PodInitialBackoffSeconds'));
  return problems.map(fieldErrorText);
}

function profilesProblems(profiles: readonly KubeSchedulerProfile[]): FieldError[] {
  // A profile that stands alone need not have a name.
  const nameOf = ({ schedulerName }: KubeSchedulerProfile): string => schedulerName ?? (profiles.length === 1 ? defaultSchedulerName : '');
  const names = profiles.map(nameOf);
  const sorts = profiles.map(({ plugins }) => plugins?.queueSort);
  return [
    ...profiles.flatMap((profile, index) => {
      const path = `profiles[${index}]`;
      return [
        ...(names[index] === '' ? [required(`${path}.schedulerName`)] : []),
        ...percentageProblems(profile.percentageOfNodesToScore, `${path}.percentageOfNodesToScore`),
        ...removedProblems(profile, path),
        ...pluginConfigProblems(profile, path),
        ...(names.indexOf(names[index]!) < index ? [duplicate(`${path}.schedulerName`, names[index])] : []),
      ];
    }),
    ...((sorts[0]?.enabled?.length ?? 0) > 1
      ? [invalid('profiles[0].plugins.queueSort.Enabled', sorts[0]!.enabled!.length, 'only one queue sort plugin can be enabled')]
      : []),
    ...sorts.flatMap((sort, index) =>
      semanticallyEqual(sort, sorts[0]) ? [] : [invalid(`profiles[${index}].plugins.queueSort`, sort, 'must be the same for all profiles')],
    ),
  ];
}

/** Plugins of earlier versions. */
const removed: ReadonlySet<string> = new Set(['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits']);
const removedDetail =
  'was invalid in version "kubescheduler.config.k8s.io/v1" (KubeSchedulerConfiguration is version "kubescheduler.config.k8s.io/v1")';

const removedProblems = ({ plugins = {} }: KubeSchedulerProfile, path: string): FieldError[] =>
  Object.entries(plugins).flatMap(([point, { enabled = [] }]: [string, PluginSet]) =>
    enabled.flatMap(({ name }, index) =>
      removed.has(name) ? [invalid(`${path}.plugins.${point}.enabled[${index}]`, name, removedDetail)] : [],
    ),
  );

const pluginConfigProblems = ({ pluginConfig = [] }: KubeSchedulerProfile, path: string): FieldError[] =>
  pluginConfig.flatMap(({ name, args = {} }, index) => {
    const at = `${path}.pluginConfig[${index}]`;
    return [
      ...(pluginConfig.findIndex((one) => one.name === name) < index ? [duplicate(at, name)] : []),
      ...(removed.has(name) ? [invalid(at, name, removedDetail)] : argsProblems(name, args, `${at}.args`)),
    ];
  });

const percentageProblems = (percentage = 0, path: string): FieldError[] =>
  percentage < 0 || percentage > 100 ? [invalid(path, percentage, 'not in valid range [0-100]')] : [];
