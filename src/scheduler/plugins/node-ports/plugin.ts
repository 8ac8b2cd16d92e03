import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { skip, unschedulable, type HostPort, type PluginFactory } from '../../framework.ts';
import { podInfoOf } from '../../pod-info.ts';
import { interest, isAdded, isGone } from '../interest.ts';

/** Keeps pods that want the same port of a host apart. Source: kube-scheduler's plugins/nodeports. */
export const nodePorts: PluginFactory = {
  name: 'NodePorts',
  make: () => ({
    name: 'NodePorts',
    events: [
      interest(Pod, (pod, change) => {
        const { old } = change;
        if (!old?.spec.nodeName || !isGone(change)) return false;
        return portsConflict(podInfoOf(pod).hostPorts, podInfoOf(old).hostPorts);
      }),
      interest(Node, (_pod, change) => isAdded(change)),
    ],
    preFilter: (_state, { hostPorts }) => (hostPorts.length === 0 ? skip : undefined),
    filter: (_state, { hostPorts }, { usedPorts }) => (portsConflict(hostPorts, usedPorts) ? notFree : undefined),
  }),
};

/** One protocol's port conflicts with itself, on the same address or where either takes all addresses. */
export function portsConflict(wanted: readonly HostPort[], used: readonly HostPort[]): boolean {
  for (const one of wanted) {
    for (const other of used) if (conflicts(one, other)) return true;
  }
  return false;
}

const conflicts = (one: HostPort, other: HostPort): boolean =>
  one.port === other.port &&
  one.protocol === other.protocol &&
  (one.hostIp === other.hostIp || one.hostIp === allAddresses || other.hostIp === allAddresses);

const allAddresses = '0.0.0.0';
const notFree = unschedulable("node(s) didn't have free ports for the requested pod ports");
