import { isAlreadyExists } from '../../api/errors.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { ServiceAccount } from '../../api/kinds/core/serviceaccount.ts';
import { defineController, watchOf } from '../../client/controller.ts';

/** Every namespace that is not going has a ServiceAccount `default`. Source: kube-controller-manager's serviceaccount-controller. */
export const serviceAccountController = defineController({
  name: 'serviceaccount-controller',
  for: Namespace,
  watches: [watchOf(ServiceAccount, ({ metadata }) => (metadata.name === 'default' ? [metadata.namespace!] : []))],
  async reconcile({ metadata: { name: namespace }, status }, { client, get }) {
    if (status?.phase === 'Terminating' || get(ServiceAccount, `${namespace}/default`)) return;
    try {
      await client.create(ServiceAccount, { metadata: { name: 'default', namespace } });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  },
});
