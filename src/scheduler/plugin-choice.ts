import type { ExtensionPoint, KubeSchedulerProfile, PluginSet } from './config.ts';
import type { PluginFactory } from './framework.ts';

export interface Chosen {
  readonly name: string;
  /** Of its scores. */
  readonly weight: number;
}

/** Which plugins of those at hand a profile makes. Throws for names that no plugin has. */
export function pluginsOf({ plugins = {} }: KubeSchedulerProfile, factories: readonly PluginFactory[]): PluginFactory[] {
  const named = new Set(Object.values(plugins).flatMap(({ enabled = [] }: PluginSet) => enabled.map(({ name }) => name)));
  for (const name of named) {
    if (name !== 'PrioritySort' && !factories.some((factory) => factory.name === name)) throw new RangeError(`${name} does not exist`);
  }
  return [...factories];
}

/**
 * The plugins at one extension point, in the order in which they are called: those that are on
 * everywhere and are named here too, with the weight given here; the others that are on everywhere;
 * those that are named here alone. Source: kube-scheduler's expandMultiPointPlugins.
 */
export function chosenAt(
  point: ExtensionPoint,
  { plugins = {} }: KubeSchedulerProfile,
  factories: readonly PluginFactory[],
  implementsPoint: (name: string) => boolean,
): Chosen[] {
  const weightOf = (name: string): number => factories.find((factory) => factory.name === name)?.weight ?? 1;
  const everywhere = everywhereOf(plugins.multiPoint, factories);
  const here = (plugins[point]?.enabled ?? []).map(({ name, weight }) => ({
    name,
    weight: weight || everywhere.get(name) || weightOf(name),
  }));
  const off = disabled(plugins[point]);
  const named = new Set(here.map(({ name }) => name));
  const rest = Array.from(everywhere, ([name, weight]) => ({ name, weight })).filter(({ name }) => !named.has(name) && !off(name));
  const all = [...here.filter(({ name }) => everywhere.has(name)), ...rest, ...here.filter(({ name }) => !everywhere.has(name))];
  return all.filter(({ name }) => implementsPoint(name));
}

/** Names to weights. Naming a default plugin under `multiPoint` changes its weight and leaves its place. */
function everywhereOf(multiPoint: PluginSet | undefined, factories: readonly PluginFactory[]): Map<string, number> {
  const off = disabled(multiPoint);
  const on = new Map(factories.filter(({ name }) => !off(name)).map(({ name, weight = 1 }) => [name, weight]));
  for (const { name, weight } of multiPoint?.enabled ?? []) {
    on.set(name, weight || on.get(name) || (factories.find((factory) => factory.name === name)?.weight ?? 1));
  }
  return on;
}

function disabled(set: PluginSet | undefined): (name: string) => boolean {
  const names = new Set((set?.disabled ?? []).map(({ name }) => name));
  return (name) => names.has('*') || names.has(name);
}
