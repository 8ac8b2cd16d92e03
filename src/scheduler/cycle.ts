import type { Rng } from '../base/rng.ts';
import type { SchedulerCache } from './cache.ts';
import { Notes } from './cycle-state.ts';
import type { FailedFilter, FailedNodes, NodeInfo, PodInfo, PostFilterResult, Rejection } from './framework.ts';
import { leftOut, PluginError, runPreFilter, textOf } from './filtering.ts';
import { fitFailureMessage, noNodesMessage } from './messages.ts';
import { NodeSearch } from './node-search.ts';
import type { Profile } from './profile.ts';
import type { Nominator } from './queue/nominator.ts';
import { Scoring } from './scoring.ts';

/** A node is chosen; the pod counts as being there, and what plugins had to reserve is reserved. */
export interface Chosen {
  readonly nodeName: string;
  readonly pod: PodInfo;
  readonly notes: Notes;
}

export interface Failure {
  /** Of the pod's condition. */
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
  /** Plugins that turned the pod away, and those of them that wait for something. None: it is tried again after a while. */
  readonly plugins: ReadonlySet<string>;
  readonly pendingPlugins: ReadonlySet<string>;
  /** The node on which room is made for it; '' for none any more, absent to leave that as it was. */
  readonly nominated?: string;
}

export type Outcome = { readonly chosen: Chosen } | { readonly failure: Failure };

/** Why nodes were turned away in one cycle. */
interface Diagnosis extends FailedNodes {
  readonly named: Map<string, FailedFilter>;
  others: FailedFilter | undefined;
  preFilterMessage: string;
  /** Plugins that only left nodes out. */
  readonly narrowedBy: string[];
}

export interface CycleOptions {
  readonly cache: SchedulerCache;
  readonly nominator: Nominator;
  readonly rng: Rng;
}

/**
 * One pod's way to a node: filter, score, assume, reserve, permit. It runs in one go; binding goes on
 * beside it while the next pod has its cycle. Source: kube-scheduler's schedulingCycle.
 */
export class SchedulingCycle {
  readonly #cache: SchedulerCache;
  readonly #nominator: Nominator;
  readonly #search: NodeSearch;
  readonly #scoring: Scoring;

  constructor({ cache, nominator, rng }: CycleOptions) {
    this.#cache = cache;
    this.#nominator = nominator;
    this.#search = new NodeSearch(nominator);
    this.#scoring = new Scoring(rng);
  }

  /** Never throws: what plugins throw is a failure. */
  run(profile: Profile, pod: PodInfo): Outcome {
    try {
      return this.#run(profile, pod);
    } catch (error) {
      return { failure: errorFailure(error instanceof Error ? error.message : String(error)) };
    }
  }

  #run(profile: Profile, pod: PodInfo): Outcome {
    if (this.#cache.nodes.length === 0) return { failure: { ...errorFailure(noNodesMessage), reason: 'Unschedulable' } };
    const notes = new Notes();
    const diagnosis: Diagnosis = { named: new Map(), others: undefined, preFilterMessage: '', narrowedBy: [] };
    const found = this.#find(profile, notes, pod, diagnosis);
    if (found.length === 0) return { failure: this.#postFilter(profile, notes, pod, diagnosis) };
    const node = found.length === 1 ? found[0]! : this.#scoring.best(profile, notes, pod, found);
    return this.#reserve(profile, notes, pod, node.name);
  }

  #find(profile: Profile, notes: Notes, pod: PodInfo, diagnosis: Diagnosis): readonly NodeInfo[] {
    const left = runPreFilter(profile, notes, pod, this.#cache);
    if ('rejection' in left) {
      diagnosis.others = left;
      diagnosis.preFilterMessage = textOf(left.rejection);
      return [];
    }
    const nominated = this.#nominatedNode(pod);
    if (nominated) {
      const found = this.#search.find(profile, notes, pod, [nominated], diagnosis.named);
      if (found.length > 0) return found;
    }
    const all = this.#cache.nodes;
    let nodes = all;
    if (left.nodes) {
      nodes = Array.from(left.nodes, (name) => this.#cache.node(name)).filter((node) => node !== undefined);
      diagnosis.narrowedBy.push(...left.narrowedBy);
      diagnosis.others = { plugin: '', rejection: leftOut(left.narrowedBy) };
    }
    const found = this.#search.find(profile, notes, pod, nodes, diagnosis.named);
    this.#search.advance(found.length + diagnosis.named.size, all.length);
    return found;
  }

  /** Where room was made for the pod: most likely the only node that fits, and so looked at first. */
  #nominatedNode({ pod }: PodInfo): NodeInfo | undefined {
    const name = pod.status?.nominatedNodeName;
    return name ? this.#cache.node(name) : undefined;
  }

  #postFilter(profile: Profile, notes: Notes, pod: PodInfo, diagnosis: Diagnosis): Failure {
    const result = runPostFilter(profile, notes, pod, diagnosis);
    const { preFilterMessage } = diagnosis;
    const nodeCount = this.#cache.nodes.length;
    return {
      reason: 'Unschedulable',
      message: fitFailureMessage({ nodeCount, failed: diagnosis, preFilterMessage, postFilterMessage: result.message }),
      ...pluginsIn(diagnosis),
      ...(result.nominated !== undefined && { nominated: result.nominated }),
    };
  }

  #reserve(profile: Profile, notes: Notes, info: PodInfo, nodeName: string): Outcome {
    const pod = this.#cache.assume(info, nodeName);
    const chosen: Chosen = { nodeName, pod, notes };
    try {
      this.#nominator.delete(pod.key);
      const rejected = runReserve(profile, chosen) ?? runPermit(profile, chosen);
      if (!rejected) return { chosen };
      this.giveUp(profile, chosen);
      return { failure: rejectedOn(nodeName, rejected) };
    } catch (error) {
      this.giveUp(profile, chosen);
      throw error;
    }
  }

  /** Takes back what a chosen pod holds. */
  giveUp(profile: Profile, { notes, pod, nodeName }: Chosen): void {
    for (const plugin of profile.unreserve) plugin.unreserve?.(notes, pod, nodeName);
    this.#cache.forget(pod.key);
  }
}

function runPostFilter(profile: Profile, notes: Notes, pod: PodInfo, failed: FailedNodes): PostFilterResult {
  if (profile.postFilter.length === 0) return { nominated: '', message: '' };
  let nominated: string | undefined;
  const messages: string[] = [];
  for (const plugin of profile.postFilter) {
    const result = plugin.postFilter(notes, pod, failed);
    // Where one makes room, what others said is no matter.
    if (result.nominated) return result;
    nominated = result.nominated ?? nominated;
    if (result.message !== '') messages.push(result.message);
  }
  return { ...(nominated !== undefined && { nominated }), message: messages.join(', ') };
}

function runReserve(profile: Profile, { notes, pod, nodeName }: Chosen): FailedFilter | undefined {
  for (const plugin of profile.reserve) {
    const rejection = plugin.reserve(notes, pod, nodeName);
    if (rejection) return refusal('Reserve', plugin.name, rejection);
  }
  return undefined;
}

function runPermit(profile: Profile, { notes, pod, nodeName }: Chosen): FailedFilter | undefined {
  for (const plugin of profile.permit) {
    const rejection = plugin.permit(notes, pod, nodeName);
    if (rejection) return refusal('Permit', plugin.name, rejection);
  }
  return undefined;
}

function refusal(point: string, plugin: string, rejection: Rejection): FailedFilter | undefined {
  if (rejection.code === 'Skip') return undefined;
  if (rejection.code === 'Error') throw new PluginError(`running ${point} plugin ${JSON.stringify(plugin)}: ${textOf(rejection)}`);
  return { plugin, rejection };
}

/** The pod was to go to that node, and was turned away at the last moment. */
function rejectedOn(nodeName: string, rejected: FailedFilter): Failure {
  const failed: FailedNodes = { named: new Map([[nodeName, rejected]]), others: undefined };
  const plugins = pluginsIn({ ...failed, narrowedBy: [] });
  return { reason: 'Unschedulable', message: fitFailureMessage({ nodeCount: 1, failed }), ...plugins, nominated: '' };
}

export const errorFailure = (message: string): Failure => ({
  reason: 'SchedulerError',
  message,
  plugins: new Set(),
  pendingPlugins: new Set(),
  nominated: '',
});

function pluginsIn({
  named,
  others,
  narrowedBy,
}: FailedNodes & { readonly narrowedBy: readonly string[] }): Pick<Failure, 'plugins' | 'pendingPlugins'> {
  const plugins = new Set(narrowedBy);
  const pendingPlugins = new Set<string>();
  for (const failed of [...named.values(), ...(others ? [others] : [])]) {
    if (failed.plugin === '') continue;
    plugins.add(failed.plugin);
    if (failed.rejection.code === 'Pending') pendingPlugins.add(failed.plugin);
  }
  return { plugins, pendingPlugins };
}
