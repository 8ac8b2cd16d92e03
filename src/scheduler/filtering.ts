import type { FailedFilter, NodeInfo, PodInfo, Rejection, Snapshot } from './framework.ts';
import type { Notes } from './cycle-state.ts';
import { MutableNode } from './node-info.ts';
import { priorityOf } from './pod-info.ts';
import type { Profile } from './profile.ts';
import type { Nominator } from './queue/nominator.ts';

/** A plugin failed, rather than turning the pod away. The message goes to the pod's condition. */
export class PluginError extends Error {
  override name = 'PluginError';
}

/** What `preFilter` plugins leave to be looked at. */
export interface PreFiltered {
  /** All when absent. */
  readonly nodes?: ReadonlySet<string>;
  /** Those that left nodes out. */
  readonly narrowedBy: readonly string[];
}

/** Runs `preFilter`, and notes which filters remain. */
export function runPreFilter(profile: Profile, notes: Notes, pod: PodInfo, snapshot: Snapshot): PreFiltered | FailedFilter {
  let nodes: ReadonlySet<string> | undefined;
  const narrowedBy: string[] = [];
  for (const plugin of profile.preFilter) {
    const answer = plugin.preFilter(notes, pod, snapshot);
    if (!answer) continue;
    if ('code' in answer) {
      if (answer.code === 'Error') throw new PluginError(`running PreFilter plugin ${JSON.stringify(plugin.name)}: ${textOf(answer)}`);
      if (answer.code !== 'Skip') return { plugin: plugin.name, rejection: answer };
      notes.skipped.add(plugin.name);
    } else if (answer.nodes) {
      narrowedBy.push(plugin.name);
      const named = answer.nodes;
      nodes = nodes ? new Set([...nodes].filter((name) => named.has(name))) : named;
      if (nodes.size === 0) return { plugin: plugin.name, rejection: noneLeft(narrowedBy) };
    }
  }
  notes.filters = notes.skipped.size === 0 ? profile.filter : profile.filter.filter(({ name }) => !notes.skipped.has(name));
  return { ...(nodes && { nodes }), narrowedBy };
}

/** Of nodes that `preFilter` left out. */
export const leftOut = (narrowedBy: readonly string[]): Rejection => ({
  code: 'UnschedulableAndUnresolvable',
  reasons: [`node(s) didn't satisfy plugin(s) [${[...narrowedBy].sort().join(' ')}]`],
});

function noneLeft(narrowedBy: readonly string[]): Rejection {
  if (narrowedBy.length > 1) return { ...leftOut(narrowedBy), reasons: [`${leftOut(narrowedBy).reasons[0]} simultaneously`] };
  return { code: 'UnschedulableAndUnresolvable', reasons: [`node(s) didn't satisfy plugin ${narrowedBy[0]}`] };
}

/**
 * Whether the pod fits the node, first with all pods that are nominated to it and no less important
 * counted as there, then without them: they may never come. Source: RunFilterPluginsWithNominatedPods.
 */
export function fits(profile: Profile, notes: Notes, pod: PodInfo, node: NodeInfo, nominator: Nominator): FailedFilter | undefined {
  if (nominator.size === 0) return passes(notes, pod, node);
  const expected = nominator.on(node.name).filter((other) => other.key !== pod.key && priorityOf(other.pod) >= priorityOf(pod.pod));
  if (expected.length === 0) return passes(notes, pod, node);
  const crowded = MutableNode.copyOf(node);
  const crowdedNotes = notes.clone();
  for (const other of expected) {
    crowded.add(other);
    podAdded(profile, crowdedNotes, pod, other, crowded);
  }
  return passes(crowdedNotes, pod, crowded) ?? passes(notes, pod, node);
}

export function podAdded(profile: Profile, notes: Notes, pod: PodInfo, added: PodInfo, node: NodeInfo): void {
  for (const plugin of profile.preFilter) if (!notes.skipped.has(plugin.name)) plugin.addPod?.(notes, pod, added, node);
}

export function podRemoved(profile: Profile, notes: Notes, pod: PodInfo, removed: PodInfo, node: NodeInfo): void {
  for (const plugin of profile.preFilter) if (!notes.skipped.has(plugin.name)) plugin.removePod?.(notes, pod, removed, node);
}

function passes(notes: Notes, pod: PodInfo, node: NodeInfo): FailedFilter | undefined {
  const { filters } = notes;
  for (let index = 0; index < filters.length; index++) {
    const plugin = filters[index]!;
    const rejection = plugin.filter(notes, pod, node);
    if (rejection === undefined) continue;
    if (rejection.code === 'Error') throw new PluginError(`running ${JSON.stringify(plugin.name)} filter plugin: ${textOf(rejection)}`);
    if (rejection.code !== 'Skip') return failedBy(plugin.name, rejection);
  }
  return undefined;
}

/** Plugins give the same rejection again and again: thousands of nodes share one. */
function failedBy(plugin: string, rejection: Rejection): FailedFilter {
  let failed = failures.get(rejection);
  if (failed?.plugin !== plugin) {
    failed = { plugin, rejection };
    failures.set(rejection, failed);
  }
  return failed;
}

const failures = new WeakMap<Rejection, FailedFilter>();

export const textOf = ({ reasons }: Rejection): string => reasons.join(', ');
