import type { Pod } from '../../../api/generated/core/v1.ts';
import { ReplicaSet } from '../../../api/kinds/apps/replicaset.ts';
import { StatefulSet } from '../../../api/kinds/apps/statefulset.ts';
import { ReplicationController } from '../../../api/kinds/core/replicationcontroller.ts';
import { Service } from '../../../api/kinds/core/service.ts';
import type { LabelRequirement } from '../../../api/label-requirement.ts';
import { matchesLabels, selectorOf, selectorOfLabels } from '../../../api/label-selector.ts';
import type { Handle } from '../../framework.ts';

export const readForDefaultSelector = [Service, ReplicationController, ReplicaSet, StatefulSet];

/**
 * The pods that belong together with this one: those of its services and of the controller that owns it.
 * Empty when there are none of these. Source: kube-scheduler's helper.DefaultSelector.
 */
export function defaultSelector({ metadata }: Pod, { get, list }: Pick<Handle, 'get' | 'list'>): readonly LabelRequirement[] {
  const { namespace = '', labels } = metadata;
  const together: Record<string, string> = {};
  for (const { spec } of list(Service, namespace)) {
    if (spec.selector && matchesLabels(selectorOfLabels(spec.selector), labels)) Object.assign(together, spec.selector);
  }
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  const key = `${namespace}/${owner?.name}`;
  switch (owner && `${owner.apiVersion}/${owner.kind}`) {
    case 'v1/ReplicationController':
      return selectorOfLabels({ ...together, ...get(ReplicationController, key)?.spec.selector });
    case 'apps/v1/ReplicaSet':
      return joined(together, get(ReplicaSet, key)?.spec.selector);
    case 'apps/v1/StatefulSet':
      return joined(together, get(StatefulSet, key)?.spec.selector);
    default:
      return selectorOfLabels(together);
  }
}

const joined = (labels: Record<string, string>, selector: Parameters<typeof selectorOf>[0]): readonly LabelRequirement[] => [
  ...selectorOfLabels(labels),
  ...(selector ? selectorOf(selector) : []),
];
