import type { Binding, Pod as PodType } from '../../../api/generated/core/v1.ts';
import type { KubeObject, Status } from '../../../api/meta.ts';
import type { PluginFactory } from '../../framework.ts';

/** Writes the decision into the pod. Source: kube-scheduler's plugins/defaultbinder. */
export const defaultBinder: PluginFactory = {
  name: 'DefaultBinder',
  make: ({ client }) => ({
    name: 'DefaultBinder',
    async bind(_state, { pod }, nodeName) {
      const { namespace, name } = pod.metadata;
      const at = {
        group: '',
        version: 'v1',
        resource: 'pods',
        subresource: 'binding',
        ...(namespace && { namespace }),
        ...(name && { name }),
      };
      try {
        await client.createSub<Status & KubeObject>(at, bindingOf(pod, nodeName));
        return undefined;
      } catch (error) {
        return { code: 'Error', reasons: [error instanceof Error ? error.message : String(error)] };
      }
    },
  }),
};

/** The uid keeps a namesake that came since from being bound. */
export const bindingOf = ({ metadata: { namespace, name, uid } }: PodType, nodeName: string): Binding => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { ...(namespace && { namespace }), ...(name && { name }), ...(uid && { uid }) },
  target: { kind: 'Node', name: nodeName },
});
