import type { NodeAffinity } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import {
  nodePreference,
  nodeSelectorMatcher,
  requiredNodeAffinityMatcher,
  type NodeMatcher,
} from '../../../api/scheduling/node-affinity.ts';
import type { Node as NodeType } from '../../../api/generated/core/v1.ts';
import { skip, stateKey, unresolvable, type Plugin, type PluginFactory } from '../../framework.ts';
import { interest } from '../interest.ts';
import { normalizeByHighest } from '../normalize.ts';
import { namedNodes } from './named-nodes.ts';

const required = stateKey<NodeMatcher>('NodeAffinity');
const preferred = stateKey<(node: NodeType) => number>('NodeAffinity score');

/** NodeAffinityArgs of kubescheduler.config.k8s.io/v1: affinity that every pod of the profile has besides its own. */
interface Args {
  readonly addedAffinity?: NodeAffinity;
}

/** Heeds node selectors and node affinity. Source: kube-scheduler's plugins/nodeaffinity. */
export const nodeAffinity: PluginFactory = {
  name: 'NodeAffinity',
  weight: 2,
  make: (_handle, args) => pluginWith((args as Args | undefined)?.addedAffinity),
};

function pluginWith(addedAffinity: NodeAffinity | undefined): Plugin {
  const addedRequired = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const addedPreferred = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const enforced: NodeMatcher | undefined = addedRequired && nodeSelectorMatcher(addedRequired);
  return {
    name: 'NodeAffinity',
    events: [
      interest(Node, (pod, { old, now }) => {
        if (!now || (enforced && !enforced(now))) return false;
        const matches = requiredNodeAffinityMatcher(pod);
        return matches(now) && !(old && matches(old));
      }),
    ],
    preFilter(state, { pod }) {
      const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
      if (!terms && !enforced && !pod.spec.nodeSelector) return skip;
      state.write(required, requiredNodeAffinityMatcher(pod));
      const nodes = namedNodes(terms ?? []);
      if (!nodes) return undefined;
      return nodes.size === 0 ? termsConflict : { nodes };
    },
    filter(state, _pod, { node }) {
      if (enforced && !enforced(node)) return notEnforced;
      return state.read(required)!(node) ? undefined : noMatch;
    },
    preScore(state, { pod }) {
      const terms = [...addedPreferred, ...(pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])];
      if (terms.length === 0) return skip;
      state.write(preferred, nodePreference(terms));
      return undefined;
    },
    score: (state, _pod, { node }) => state.read(preferred)!(node),
    normalize: (_state, _pod, _nodes, scores) => normalizeByHighest(scores, false),
  };
}

const noMatch = unresolvable("node(s) didn't match Pod's node affinity/selector");
const notEnforced = unresolvable("node(s) didn't match scheduler-enforced node affinity");
const termsConflict = unresolvable('pod affinity terms conflict');
