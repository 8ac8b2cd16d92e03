import type { Node as NodeType, Pod as PodType } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import type { PluginFactory, Resources } from '../../framework.ts';
import { MutableNode } from '../../node-info.ts';
import { requestsOf } from '../../pod-requests.ts';
import { interest, isSamePod, type Change } from '../interest.ts';
import { insufficient, type Ignored } from './insufficient.ts';
import { amountIn } from './resource-use.ts';
import { scoreBy, type ScoringStrategy } from './scoring-strategy.ts';

/** NodeResourcesFitArgs of kubescheduler.config.k8s.io/v1. */
interface Args {
  readonly ignoredResources?: readonly string[];
  readonly ignoredResourceGroups?: readonly string[];
  readonly scoringStrategy?: ScoringStrategy;
}

/** Room on the node for what the pod asks for. Source: kube-scheduler's plugins/noderesources/fit.go. */
export const nodeResourcesFit: PluginFactory = {
  name: 'NodeResourcesFit',
  weight: 1,
  make(_handle, args) {
    const { ignoredResources = [], ignoredResourceGroups = [], scoringStrategy = {} }: Args = args ?? {};
    const ignored: Ignored = { resources: new Set(ignoredResources), groups: new Set(ignoredResourceGroups) };
    const scoreNode = scoreBy(scoringStrategy);
    return {
      name: 'NodeResourcesFit',
      events: [interest(Pod, freesRoom), interest(Node, (pod, change) => bringsRoom(pod, change, ignored))],
      filter: (_state, pod, node) => insufficient(pod, node, ignored),
      score: (_state, pod, node) => scoreNode(pod, node),
    };
  },
};

/** A bound pod that goes, or that asks for less of what the waiting one wants; or the waiting one asks for less. */
export function freesRoom(pod: PodType, { old, now }: Change<PodType>): boolean {
  if (!now) return old?.spec.nodeName !== undefined && old.spec.nodeName !== '';
  if (!old) return false;
  if (isSamePod(pod, { now })) return asksForLess(requestsOf(now), requestsOf(old), requestsOf(old));
  return (now.spec.nodeName ?? '') !== '' && asksForLess(requestsOf(now), requestsOf(old), requestsOf(pod));
}

const asksForLess = (now: Resources, old: Resources, wanted: Resources): boolean =>
  wantedNames(wanted).some((name) => amountIn(now, name) < amountIn(old, name));

/** A node on which the pod fits while nothing else is there; of a changed one, more of what it wants. */
export function bringsRoom(pod: PodType, { old, now }: Change<NodeType>, ignored?: Ignored): boolean {
  if (!now) return false;
  const requests = requestsOf(pod);
  const after = new MutableNode(now);
  if (insufficient({ requests }, after, ignored)) return false;
  if (!old) return true;
  const before = new MutableNode(old);
  if (after.allowedPods > before.allowedPods) return true;
  return wantedNames(requests).some((name) => amountIn(after.allocatable, name) > amountIn(before.allocatable, name));
}

const wantedNames = (requests: Resources): string[] =>
  ['cpu', 'memory', 'ephemeral-storage', ...requests.scalar.keys()].filter((name) => amountIn(requests, name) > 0);
