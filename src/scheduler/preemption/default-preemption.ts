import type { Pod } from '../../api/generated/core/v1.ts';
import { Pod as PodKind } from '../../api/kinds/core/pod.ts';
import { PodDisruptionBudget } from '../../api/kinds/policy/poddisruptionbudget.ts';
import { podCondition } from '../../api/pods/pod-state.ts';
import {
  unresolvable,
  type CycleState,
  type FailedNodes,
  type Handle,
  type NodeInfo,
  type Plugin,
  type PluginArgs,
  type PluginFactory,
  type PodInfo,
  type PostFilterResult,
} from '../framework.ts';
import { fitFailureMessage } from '../messages.ts';
import { podKey, priorityOf } from '../pod-info.ts';
import { leastHarmful } from './candidate.ts';
import { dryRun } from './dry-run.ts';
import { Evictions } from './eviction.ts';

const name = 'DefaultPreemption';

/** Of the nodes where room could be made, how many are tried: this part of them, and at least so many. */
interface Args {
  readonly minCandidateNodesPercentage: number;
  readonly minCandidateNodesAbsolute: number;
}

/**
 * Makes room for a pod that fits nowhere, by the going of less important ones. Source: kube-scheduler's
 * DefaultPreemption plugin, with asynchronous preemption.
 */
export const defaultPreemption: PluginFactory = {
  name,
  make(handle, args): Plugin {
    const evictions = new Evictions(handle);
    return {
      name,
      reads: [PodDisruptionBudget],
      // Which event helps the pod say those plugins that turned it away; this one only held it back meanwhile.
      events: [{ kind: PodKind, helps: () => false }],
      preEnqueue: (pod) => (evictions.isRunningFor(pod) ? waiting : undefined),
      postFilter(state, pod, failed) {
        const result = preempt({ handle, evictions, args: argsFrom(args) }, state, pod, failed);
        return result.message === '' ? result : { ...result, message: `preemption: ${result.message}` };
      },
    };
  },
};

const waiting = unresolvable('waiting for the preemption for this pod to be finished');
const notHelpful = unresolvable('Preemption is not helpful for scheduling');

interface Preemption {
  readonly handle: Handle;
  readonly evictions: Evictions;
  readonly args: Args;
}

function preempt({ handle, evictions, args }: Preemption, state: CycleState, info: PodInfo, failed: FailedNodes): PostFilterResult {
  const pod = handle.get(PodKind, info.key);
  if (!pod) return { message: `pod ${JSON.stringify(podKey(info.pod))} not found` };
  const objection = whyNotEligible(handle, pod, failed);
  if (objection !== '') return { message: objection };

  const all = handle.snapshot().nodes;
  const hopeful = all.filter((node) => failureOf(node.name, failed)?.rejection.code === 'Unschedulable');
  const enough = candidatesToFind(hopeful.length, args);
  const offset = hopeful.length === 0 ? 0 : handle.rng.below(hopeful.length);
  const run = { framework: handle, state, pod: info, budgets: hopeful.length === 0 ? [] : handle.list(PodDisruptionBudget) };
  const tried = dryRun(run, hopeful, offset, enough);
  const best = leastHarmful(tried.candidates);
  if (!best) {
    const why = { named: tried.failed, others: { plugin: name, rejection: notHelpful } };
    return { nominated: '', message: fitFailureMessage({ nodeCount: all.length, failed: why }) };
  }
  evictions.begin(pod, best);
  return { nominated: best.nodeName, message: '' };
}

const failureOf = (nodeName: string, { named, others }: FailedNodes) => named.get(nodeName) ?? others;

/** '' for a pod that may preempt. */
function whyNotEligible(handle: Handle, pod: Pod, failed: FailedNodes): string {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.status?.nominatedNodeName ?? '';
  const node = nominated === '' ? undefined : handle.snapshot().node(nominated);
  if (!node || failureOf(nominated, failed)?.rejection.code === 'UnschedulableAndUnresolvable') return '';
  return isMakingRoom(node, pod) ? 'not eligible due to a terminating pod on the nominated node.' : '';
}

/** Is a victim of an earlier preemption still on its way out? */
const isMakingRoom = ({ pods }: NodeInfo, preemptor: Pod): boolean =>
  pods.some(({ pod }) => priorityOf(pod) < priorityOf(preemptor) && isLeavingForPreemption(pod));

function isLeavingForPreemption(pod: Pod): boolean {
  const target = podCondition(pod, 'DisruptionTarget');
  return pod.metadata.deletionTimestamp !== undefined && target?.status === 'True' && target.reason === 'PreemptionByScheduler';
}

function candidatesToFind(nodeCount: number, { minCandidateNodesPercentage, minCandidateNodesAbsolute }: Args): number {
  return Math.min(Math.max(Math.trunc((nodeCount * minCandidateNodesPercentage) / 100), minCandidateNodesAbsolute), nodeCount);
}

function argsFrom(args: PluginArgs = {}): Args {
  const { minCandidateNodesPercentage = 10, minCandidateNodesAbsolute = 100 } = args;
  return { minCandidateNodesPercentage: Number(minCandidateNodesPercentage), minCandidateNodesAbsolute: Number(minCandidateNodesAbsolute) };
}
