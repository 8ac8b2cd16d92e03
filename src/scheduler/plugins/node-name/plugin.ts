import { Node } from '../../../api/kinds/core/node.ts';
import { skip, unresolvable, type PluginFactory } from '../../framework.ts';
import { interest, isAdded } from '../interest.ts';

/** Lets a pod that names its node go there alone. Source: kube-scheduler's plugins/nodename. */
export const nodeName: PluginFactory = {
  name: 'NodeName',
  make: () => ({
    name: 'NodeName',
    events: [interest(Node, (_pod, change) => isAdded(change))],
    // Upstream asks every node; that nearly no pod has to be asked about is known before.
    preFilter: (_state, { pod }) => (pod.spec.nodeName ? undefined : skip),
    filter: (_state, { pod }, { name }) => (!pod.spec.nodeName || pod.spec.nodeName === name ? undefined : otherNode),
  }),
};

const otherNode = unresolvable("node(s) didn't match the requested node name");
