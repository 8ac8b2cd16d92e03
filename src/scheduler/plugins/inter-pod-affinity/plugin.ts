import { Namespace } from '../../../api/kinds/core/namespace.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { skip, stateKey, type Handle, type Plugin, type PluginFactory } from '../../framework.ts';
import { interest } from '../interest.ts';
import { changesNeighbours, changesTopology } from './hints.ts';
import { PodCounts } from './pod-counts.ts';
import { attractionOf, normalizeAttraction, type Attraction, type Preferences } from './preferred-affinity.ts';
import { RequiredAffinity } from './required-affinity.ts';

/** Puts pods near or away from others. Source: kube-scheduler's plugins/interpodaffinity. */
export const interPodAffinity: PluginFactory = {
  name: 'InterPodAffinity',
  weight: 2,
  make(handle, args) {
    const { hardPodAffinityWeight = 1, ignorePreferredTermsOfExistingPods = false }: Partial<Preferences> = args ?? {};
    return pluginWith(handle, { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods });
  },
};

const required = stateKey<RequiredAffinity>('InterPodAffinity', (affinity) => affinity.copy());
const preferred = stateKey<Attraction>('InterPodAffinity score');

function pluginWith(handle: Handle, preferences: Preferences): Plugin {
  const { namespaceLabels } = handle;
  const podCounts = new PodCounts(preferences, namespaceLabels);
  return {
    name: 'InterPodAffinity',
    reads: [Namespace],
    events: [interest(Pod, (pod, change) => changesNeighbours(pod, change, namespaceLabels)), interest(Node, changesTopology)],
    preFilter(state, pod, nodes) {
      const counts = podCounts.required(pod, nodes);
      if (!counts) return skip;
      state.write(required, new RequiredAffinity(pod, namespaceLabels, counts));
      return undefined;
    },
    addPod: (state, _pod, added, { node }) => state.read(required)?.change(added, node, 1),
    removePod: (state, _pod, removed, { node }) => state.read(required)?.change(removed, node, -1),
    filter: (state, _pod, { node }) => state.read(required)!.verdict(node),
    preScore(state, pod) {
      const attraction = podCounts.preferred(pod, handle.snapshot());
      if (!attraction) return skip;
      state.write(preferred, attraction);
      return undefined;
    },
    score: (state, _pod, node) => attractionOf(state.read(preferred)!, node),
    normalize: (_state, _pod, _nodes, scores) => normalizeAttraction(scores),
  };
}
