import type { Binding, Pod as PodType } from '../../../api/generated/core/v1.ts';
import { sleep } from '../../../base/clock.ts';
import { mayHaveBeenDone } from '../../../api/errors.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import type { KubeObject, Status } from '../../../api/meta.ts';
import type { Handle, PluginFactory } from '../../framework.ts';

/** Writes the decision into the pod. Source: kube-scheduler's plugins/defaultbinder. */
export const defaultBinder: PluginFactory = {
  name: 'DefaultBinder',
  make: (handle) => ({
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
        await handle.client.createSub<Status & KubeObject>(at, bindingOf(pod, nodeName));
        return undefined;
      } catch (error) {
        if (mayHaveBeenDone(error) && (await isBound(handle, pod, nodeName))) return undefined;
        return { code: 'Error', reasons: [error instanceof Error ? error.message : String(error)] };
      }
    },
  }),
};

const askAgainMs = 1000;

/** Where the answer was lost the room stays taken until the server has told what became of the pod: upstream gives it away. */
async function isBound({ client, clock }: Pick<Handle, 'client' | 'clock'>, pod: PodType, nodeName: string): Promise<boolean> {
  const { namespace, name = '', uid } = pod.metadata;
  for (;;) {
    try {
      const found = await client.get<PodType>(Pod, { ...(namespace && { namespace }), name });
      return found.metadata.uid === uid && found.spec.nodeName === nodeName;
    } catch (error) {
      if (!mayHaveBeenDone(error)) return false;
      await sleep(clock, askAgainMs);
    }
  }
}

/** The uid keeps a namesake that came since from being bound. */
export const bindingOf = ({ metadata: { namespace, name, uid } }: PodType, nodeName: string): Binding => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { ...(namespace && { namespace }), ...(name && { name }), ...(uid && { uid }) },
  target: { kind: 'Node', name: nodeName },
});
