import type { PodDisruptionBudget } from '../../api/generated/policy/v1.ts';
import { unresolvable, type CycleState, type FailedFilter, type Framework, type NodeInfo, type PodInfo } from '../framework.ts';
import { MutableNode } from '../node-info.ts';
import { priorityOf } from '../pod-info.ts';
import { byImportance, type Candidate } from './candidate.ts';
import { byDisruptionBudgets } from './disruption-budgets.ts';

export interface DryRun {
  readonly framework: Pick<Framework, 'fits' | 'podAdded' | 'podRemoved'>;
  readonly state: CycleState;
  readonly pod: PodInfo;
  readonly budgets: readonly PodDisruptionBudget[];
}

export interface DryRunResult {
  /** Those first that break no budget. */
  readonly candidates: readonly Candidate[];
  /** Why the other nodes that were tried are none. */
  readonly failed: ReadonlyMap<string, FailedFilter>;
}

/** Tries nodes in turn, from the one at `offset` on, until there are `enough` candidates of which one breaks no budget. */
export function dryRun(run: DryRun, nodes: readonly NodeInfo[], offset: number, enough: number): DryRunResult {
  const harmless: Candidate[] = [];
  const violating: Candidate[] = [];
  const failed = new Map<string, FailedFilter>();
  for (let index = 0; index < nodes.length; index++) {
    if (harmless.length > 0 && harmless.length + violating.length >= enough) break;
    const node = nodes[(offset + index) % nodes.length]!;
    const tried = victimsOn(run, node);
    if ('rejection' in tried) failed.set(node.name, tried);
    else (tried.violations === 0 ? harmless : violating).push(tried);
  }
  return { candidates: [...harmless.slice(0, enough), ...violating.slice(0, enough)], failed };
}

/**
 * The fewest and least important pods that have to go: all that may go are taken away, and as many as
 * possible put back, those first that a budget protects. Source: SelectVictimsOnNode.
 */
function victimsOn({ framework, state, pod, budgets }: DryRun, node: NodeInfo): Candidate | FailedFilter {
  const copy = MutableNode.copyOf(node);
  const notes = state.clone();
  const remove = (one: PodInfo): void => {
    copy.remove(one.key);
    framework.podRemoved(notes, pod, one, copy);
  };
  const possible = node.pods.filter((one) => priorityOf(one.pod) < priorityOf(pod.pod));
  if (possible.length === 0) return noVictims;
  possible.forEach(remove);
  const stillFails = framework.fits(notes, pod, copy);
  if (stillFails) return stillFails;

  possible.sort((a, b) => byImportance(a.pod, b.pod));
  const { violating, others } = byDisruptionBudgets(possible, budgets);
  const mustGo = (one: PodInfo): boolean => {
    copy.add(one);
    framework.podAdded(notes, pod, one, copy);
    if (!framework.fits(notes, pod, copy)) return false;
    remove(one);
    return true;
  };
  const violated = violating.filter(mustGo);
  const victims = [...violated, ...others.filter(mustGo)].map((victim) => victim.pod).sort(byImportance);
  if (victims.length === 0) throw new Error(`expected at least one victim pod on node ${JSON.stringify(node.name)}`);
  return { nodeName: node.name, victims, violations: violated.length };
}

const noVictims: FailedFilter = { plugin: '', rejection: unresolvable('No preemption victims found for incoming pod') };
