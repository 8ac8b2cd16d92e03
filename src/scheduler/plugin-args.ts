import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../api/field-error.ts';
import { validateLabelName } from '../api/validation/label-selector.ts';
import type { PluginArgs } from './framework.ts';

/** What is wrong with the arguments of a plugin; nothing is with those of plugins that have none. Source: validation_pluginargs.go. */
export function argsProblems(plugin: string, args: PluginArgs, path: string): FieldError[] {
  return Object.hasOwn(validations, plugin) ? validations[plugin]!(args, path) : [];
}

type Validation = (args: PluginArgs, path: string) => FieldError[];

const validations: Readonly<Record<string, Validation>> = {
  DefaultPreemption(args, path) {
    const { minCandidateNodesPercentage: percentage = 10, minCandidateNodesAbsolute: absolute = 100 } = args as Numbers;
    const [ofPercentage, ofAbsolute] = [`${path}.minCandidateNodesPercentage`, `${path}.minCandidateNodesAbsolute`];
    return [
      ...(percentage < 0 || percentage > 100 ? [invalid(ofPercentage, percentage, 'not in valid range [0, 100]')] : []),
      ...(absolute < 0 ? [invalid(ofAbsolute, absolute, 'not in valid range [0, inf)')] : []),
      ...(percentage === 0 && absolute === 0
        ? [
            invalid(ofPercentage, percentage, 'cannot be zero at the same time as minCandidateNodesAbsolute'),
            invalid(ofAbsolute, absolute, 'cannot be zero at the same time as minCandidateNodesPercentage'),
          ]
        : []),
    ];
  },
  InterPodAffinity(args, path) {
    const { hardPodAffinityWeight: weight = 1 } = args as Numbers;
    return weight < 0 || weight > 100 ? [invalid(`${path}.hardPodAffinityWeight`, weight, 'not in valid range [0, 100]')] : [];
  },
  NodeResourcesBalancedAllocation(args, path) {
    const resources = (args['resources'] ?? []) as readonly Resource[];
    return resources.flatMap(({ name, weight }, index) => [
      ...(resources.findIndex((one) => one.name === name) < index ? [duplicate(`${path}.resources[${index}].name`, name)] : []),
      ...(weight && weight !== 1 ? [invalid(`${path}.resources[${index}].weight`, weight, 'must be 1')] : []),
    ]);
  },
  NodeResourcesFit(args, path) {
    const names = (args['ignoredResources'] ?? []) as readonly string[];
    const groups = (args['ignoredResourceGroups'] ?? []) as readonly string[];
    return [
      ...names.flatMap((name, index) => validateLabelName(name, `${path}.ignoredResources[${index}]`)),
      ...groups.flatMap((group, index) => {
        const at = `${path}.ignoredResourceGroups[${index}]`;
        return [
          ...(group.includes('/') ? [invalid(at, group, "resource group name can't contain '/'")] : []),
          ...validateLabelName(group, at),
        ];
      }),
      ...strategyProblems(args['scoringStrategy'] ?? {}, `${path}.scoringStrategy`),
    ];
  },
  PodTopologySpread(args, path) {
    const constraints = (args['defaultConstraints'] ?? []) as readonly Constraint[];
    const type = args['defaultingType'] || 'System';
    return [...defaultingProblems(type, constraints, path), ...constraintProblems(constraints, `${path}.defaultConstraints`)];
  },
  VolumeBinding(args, path) {
    const { bindTimeoutSeconds: seconds = 600 } = args as Numbers;
    return [
      ...(seconds < 0
        ? [invalid(`${path}.bindTimeoutSeconds`, seconds, 'invalid BindTimeoutSeconds, should not be a negative value')]
        : []),
      ...(args['shape'] === undefined
        ? []
        : [
            invalid(
              `${path}.shape`,
              args['shape'],
              'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring',
            ),
          ]),
    ];
  },
};

type Numbers = Readonly<Record<string, number | undefined>>;
interface Resource {
  readonly name?: string;
  readonly weight?: number;
}
interface Point {
  readonly utilization?: number;
  readonly score?: number;
}
interface Strategy {
  readonly type?: string;
  readonly resources?: readonly Resource[];
  readonly requestedToCapacityRatio?: { readonly shape?: readonly Point[] };
}
interface Constraint {
  readonly maxSkew?: number;
  readonly topologyKey?: string;
  readonly whenUnsatisfiable?: string;
  readonly labelSelector?: unknown;
}

const strategies = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];

function strategyProblems({ type, resources = [], requestedToCapacityRatio: ratio }: Strategy, path: string): FieldError[] {
  const at = `${path}.requestedToCapacityRatio`;
  const isRatio = type === 'RequestedToCapacityRatio';
  return [
    ...(type === undefined || strategies.includes(type) ? [] : [notSupported(`${path}.type`, type, strategies)]),
    ...resources.flatMap(({ name = '', weight }, index) =>
      weight && (weight < 0 || weight > 100)
        ? [invalid(`${path}.resources[${index}].weight`, weight, `resource weight of ${name} not in valid range (0, 100]`)]
        : [],
    ),
    ...(isRatio && !ratio ? [required(at, 'must be specified when type is RequestedToCapacityRatio')] : []),
    ...(isRatio && ratio ? shapeProblems(ratio.shape ?? [], `${at}.shape`) : []),
    ...(!isRatio && ratio ? [forbidden(at, 'must be nil when type is not RequestedToCapacityRatio')] : []),
  ];
}

function shapeProblems(shape: readonly Point[], path: string): FieldError[] {
  if (shape.length === 0) return [required(path, 'at least one point must be specified')];
  const utilization = (index: number): number => shape[index]?.utilization ?? 0;
  const unsorted = shape.findIndex((_, index) => index > 0 && utilization(index - 1) >= utilization(index));
  const outside = (value: number, most: number): boolean => value < 0 || value > most;
  return [
    ...(unsorted > 0
      ? [invalid(`${path}[${unsorted}].utilization`, utilization(unsorted), 'values must be sorted in increasing order')]
      : []),
    ...shape.flatMap(({ score = 0 }, index) => [
      ...(outside(utilization(index), 100)
        ? [invalid(`${path}[${index}].utilization`, utilization(index), 'not in valid range [0, 100]')]
        : []),
      ...(outside(score, 10) ? [invalid(`${path}[${index}].score`, score, 'not in valid range [0, 10]')] : []),
    ]),
  ];
}

function defaultingProblems(type: unknown, constraints: readonly Constraint[], path: string): FieldError[] {
  const at = `${path}.defaultingType`;
  if (type !== 'System' && type !== 'List') return [notSupported(at, type, ['System', 'List'])];
  return type === 'System' && constraints.length > 0 ? [invalid(at, type, 'when .defaultConstraints are not empty')] : [];
}

const actions = ['DoNotSchedule', 'ScheduleAnyway'];

function constraintProblems(constraints: readonly Constraint[], path: string): FieldError[] {
  return constraints.flatMap(({ maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', labelSelector }, index) => {
    const at = `${path}[${index}]`;
    const same = (one: Constraint): boolean => one.topologyKey === topologyKey && one.whenUnsatisfiable === whenUnsatisfiable;
    return [
      ...(maxSkew <= 0 ? [invalid(`${at}.maxSkew`, maxSkew, 'not in valid range (0, inf)')] : []),
      ...(topologyKey === '' ? [required(`${at}.topologyKey`, 'can not be empty')] : validateLabelName(topologyKey, `${at}.topologyKey`)),
      ...(whenUnsatisfiable === '' ? [required(`${at}.whenUnsatisfiable`, 'can not be empty')] : []),
      ...(whenUnsatisfiable !== '' && !actions.includes(whenUnsatisfiable)
        ? [notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, actions)]
        : []),
      ...(labelSelector === undefined || labelSelector === null
        ? []
        : [forbidden(`${at}.labelSelector`, 'constraint must not define a selector, as they deduced for each pod')]),
      ...(constraints.slice(0, index).some(same) ? [duplicate(at, `{${topologyKey}, ${whenUnsatisfiable}}`)] : []),
    ];
  });
}
