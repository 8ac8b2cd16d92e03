import type { Node as NodeType, Pod as PodType, TopologySpreadConstraint } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { requiredNodeAffinityMatcher } from '../../../api/scheduling/node-affinity.ts';
import { skip, stateKey, type Handle, type NodeInfo, type Plugin, type PluginFactory } from '../../framework.ts';
import { interest, isSamePod, labelsChanged, type Change } from '../interest.ts';
import { KeptCounts, type TopologyCounts } from '../topology-counts.ts';
import { constraintsOf, countPods, countsNode, isInAllTopologies, selects, type Action, type SpreadConstraint } from './constraint.ts';
import { defaultSelector, readForDefaultSelector } from './default-selector.ts';
import { HardSpread } from './hard-spread.ts';
import { KeptHostCounts } from './host-counts.ts';
import { crowding, hostname, normalizeCrowding, softSpread, type SoftSpread } from './soft-spread.ts';

/** PodTopologySpreadArgs of kubescheduler.config.k8s.io/v1. */
interface Args {
  readonly defaultConstraints?: readonly TopologySpreadConstraint[];
  readonly defaultingType?: string;
}

/** Spreads pods that belong together over zones, hosts and the like. Source: kube-scheduler's plugins/podtopologyspread. */
export const podTopologySpread: PluginFactory = {
  name: 'PodTopologySpread',
  weight: 2,
  make: (handle, args) => pluginWith(handle, args ?? {}),
};

const systemDefaults: readonly TopologySpreadConstraint[] = [
  { topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

const hard = stateKey<HardSpread>('PodTopologySpread', (spread) => spread.copy());
const soft = stateKey<SoftSpread>('PodTopologySpread score');

function pluginWith(handle: Handle, { defaultConstraints = [], defaultingType = 'System' }: Args): Plugin {
  const isSystem = defaultingType === 'System';
  const defaults = isSystem ? systemDefaults : defaultConstraints;
  const kept = new KeptCounts();
  const keptOfHosts = new KeptHostCounts();
  const wanted = (pod: PodType, action: Action): SpreadConstraint[] => {
    const own = pod.spec.topologySpreadConstraints;
    return own?.length
      ? constraintsOf(own, action, pod.metadata.labels)
      : withDefaultSelector(constraintsOf(defaults, action, {}), pod, handle);
  };
  return {
    name: 'PodTopologySpread',
    reads: readForDefaultSelector,
    events: [
      interest(Pod, (pod, change) => changesSpread(pod, change, wanted(pod, 'DoNotSchedule'))),
      interest(Node, (pod, change) => changesTopology(change, wanted(pod, 'DoNotSchedule'))),
    ],
    preFilter(state, { pod }, { nodes }) {
      const constraints = wanted(pod, 'DoNotSchedule');
      if (constraints.length === 0) return skip;
      const counts = countsFor(pod, constraints, kept, { nodes, needsAllTopologies: true });
      state.write(hard, HardSpread.of(pod, requiredNodeAffinityMatcher(pod), constraints, counts));
      return undefined;
    },
    addPod: (state, _pod, added, { node }) => state.read(hard)?.change(added.pod, node, 1),
    removePod: (state, _pod, removed, { node }) => state.read(hard)?.change(removed.pod, node, -1),
    filter: (state, _pod, { node }) => state.read(hard)!.verdict(node),
    preScore(state, { pod }, nodes) {
      const constraints = wanted(pod, 'ScheduleAnyway');
      if (constraints.length === 0) return skip;
      // Zones are the system's wish, not the pod's: nodes need not have them.
      const needsAllTopologies = !isSystem || (pod.spec.topologySpreadConstraints?.length ?? 0) > 0;
      const counts = {
        ofDomains: countsFor(pod, constraints, kept, { nodes: handle.snapshot().nodes, needsAllTopologies }),
        ofHosts: (constraint: SpreadConstraint) => keptOfHosts.of(constraint, pod.metadata.namespace),
      };
      state.write(soft, softSpread(constraints, { nodes, needsAllTopologies }, counts));
      return undefined;
    },
    score: (state, _pod, node) => crowding(state.read(soft)!, node),
    normalize: (state, _pod, nodes, scores) => normalizeCrowding(state.read(soft)!, nodes, scores),
  };
}

function withDefaultSelector(constraints: SpreadConstraint[], pod: PodType, handle: Handle): SpreadConstraint[] {
  if (constraints.length === 0) return constraints;
  const selector = defaultSelector(pod, handle);
  return selector.length === 0 ? [] : constraints.map((constraint) => ({ ...constraint, selector }));
}

/** Counts of each constraint's pods by domain. Pods that ask for the same share them. */
function countsFor(
  pod: PodType,
  constraints: readonly SpreadConstraint[],
  kept: KeptCounts,
  { nodes, needsAllTopologies }: { readonly nodes: readonly NodeInfo[]; readonly needsAllTopologies: boolean },
): (constraint: SpreadConstraint) => TopologyCounts {
  const { namespace } = pod.metadata;
  const { nodeSelector, affinity, tolerations } = pod.spec;
  const required = requiredNodeAffinityMatcher(pod);
  const keys = needsAllTopologies ? constraints.map(({ topologyKey }) => topologyKey) : [];
  return (constraint) => {
    const { topologyKey, selector, honorsAffinity, honorsTaints } = constraint;
    const reach = [honorsAffinity && [nodeSelector, affinity?.nodeAffinity], honorsTaints && tolerations];
    const what = JSON.stringify([namespace, topologyKey, selector, keys, reach]);
    return kept.of(what, nodes, (info, add) => {
      const { node } = info;
      const value = node.metadata.labels?.[topologyKey];
      if (value === undefined || (needsAllTopologies && !isInAllTopologies(node, constraints))) return;
      if (countsNode(constraint, node, pod, required)) add(topologyKey, value, countPods(info, selector, namespace));
    });
  };
}

/** A pod that is spread with this one comes, goes, or is no longer or newly one of them. */
function changesSpread(pod: PodType, change: Change<PodType>, constraints: readonly SpreadConstraint[]): boolean {
  const { old, now } = change;
  if (isSamePod(pod, change)) return labelsChanged(change);
  if ((now ?? old)?.metadata.namespace !== pod.metadata.namespace) return false;
  const isOf = (other: PodType | undefined, constraint: SpreadConstraint) => other !== undefined && selects(constraint, other);
  return constraints.some((constraint) => isOf(old, constraint) !== isOf(now, constraint));
}

/** A node comes into the topologies, leaves them, or changes its place in them. */
function changesTopology({ old, now }: Change<NodeType>, constraints: readonly SpreadConstraint[]): boolean {
  const wasIn = old !== undefined && isInAllTopologies(old, constraints);
  const isIn = now !== undefined && isInAllTopologies(now, constraints);
  if (wasIn !== isIn) return true;
  if (!isIn) return false;
  const place = ({ metadata }: NodeType, key: string) => metadata.labels?.[key];
  return constraints.some(
    ({ topologyKey, honorsTaints }) =>
      place(old!, topologyKey) !== place(now, topologyKey) || (honorsTaints && old!.spec.taints !== now.spec.taints),
  );
}
