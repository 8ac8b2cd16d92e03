import type { Pod } from '../api/generated/core/v1.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { defaultSchedulerName, type ExtensionPoint, type KubeSchedulerProfile } from './config.ts';
import type { Handle, Plugin, PluginFactory } from './framework.ts';
import { chosenAt, pluginsOf } from './plugin-choice.ts';
import type { QueueRules } from './queue/scheduling-queue.ts';

/** A plugin that has this method. */
export type At<Point extends ExtensionPoint> = Plugin & Required<Pick<Plugin, Point>>;

export interface Scorer {
  readonly plugin: At<'score'>;
  readonly weight: number;
}

/** The plugins that schedule the pods of one scheduler name, by extension point and in order. */
export interface Profile extends QueueRules {
  readonly name: string;
  readonly events: EventRecorder;
  /** Of all nodes, how many to score; 0: by the cluster's size. */
  readonly percentageOfNodesToScore: number;
  readonly plugins: readonly Plugin[];
  readonly preFilter: readonly At<'preFilter'>[];
  readonly filter: readonly At<'filter'>[];
  readonly postFilter: readonly At<'postFilter'>[];
  readonly preScore: readonly At<'preScore'>[];
  readonly score: readonly Scorer[];
  readonly reserve: readonly At<'reserve'>[];
  readonly unreserve: readonly Plugin[];
  readonly permit: readonly At<'permit'>[];
  readonly preBind: readonly At<'preBind'>[];
  readonly bind: readonly At<'bind'>[];
  readonly postBind: readonly At<'postBind'>[];
}

export interface ProfileOptions {
  readonly config: KubeSchedulerProfile;
  readonly percentageOfNodesToScore: number;
  readonly factories: readonly PluginFactory[];
  /** What the profile's plugins are given; its `fits` and the like may be asked only once the profile is there. */
  readonly handle: Handle;
}

/** Throws for a configuration that names plugins which do not exist. */
export function makeProfile({ config, percentageOfNodesToScore, factories, handle }: ProfileOptions): Profile {
  const argsOf = (name: string) => config.pluginConfig?.find((one) => one.name === name)?.args;
  const made = new Map(pluginsOf(config, factories).map((factory) => [factory.name, factory.make(handle, argsOf(factory.name))]));
  const chosen = <Point extends ExtensionPoint>(point: Point) =>
    chosenAt(point, config, factories, (name) => made.get(name)?.[point] !== undefined).map(({ name, weight }) => ({
      plugin: made.get(name) as At<Point>,
      weight,
    }));
  const at = <Point extends ExtensionPoint>(point: Point): At<Point>[] => chosen(point).map(({ plugin }) => plugin);
  const points = {
    preFilter: at('preFilter'),
    filter: at('filter'),
    postFilter: at('postFilter'),
    preScore: at('preScore'),
    score: chosen('score'),
    reserve: at('reserve'),
    permit: at('permit'),
    preBind: at('preBind'),
    bind: at('bind'),
    postBind: at('postBind'),
  };
  const preEnqueue = at('preEnqueue');
  const { score, ...others } = points;
  const used = new Set<Plugin>([...preEnqueue, ...Object.values(others).flat(), ...score.map(({ plugin }) => plugin)]);
  return {
    ...points,
    name: config.schedulerName ?? defaultSchedulerName,
    events: handle.events,
    percentageOfNodesToScore: config.percentageOfNodesToScore ?? percentageOfNodesToScore,
    plugins: [...used],
    unreserve: [...points.reserve].reverse(),
    gate: (pod, first) => gatedBy(preEnqueue, pod, first),
    interests: new Map([...used].flatMap(({ name, events }) => (events ? [[name, events]] : []))),
  };
}

function gatedBy(plugins: readonly At<'preEnqueue'>[], pod: Pod, first: string | undefined): string | undefined {
  const refuses = (plugin: At<'preEnqueue'>): boolean => {
    try {
      return plugin.preEnqueue(pod) !== undefined;
    } catch {
      // As upstream: one that fails lets nobody in.
      return true;
    }
  };
  const before = first === undefined ? undefined : plugins.find(({ name }) => name === first);
  if (before && refuses(before)) return before.name;
  return plugins.find((plugin) => plugin !== before && refuses(plugin))?.name;
}
