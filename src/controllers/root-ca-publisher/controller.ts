import { isAlreadyExists } from '../../api/errors.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { defineController, watchOf, type Controller } from '../../client/controller.ts';

const name = 'kube-root-ca.crt';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Every namespace that is not going has the cluster's CA in a ConfigMap, as pods mount it. Source: root-ca-certificate-publisher-controller. */
export function rootCaPublisher(caPem: string): Controller {
  return defineController({
    name: 'root-ca-certificate-publisher-controller',
    for: Namespace,
    watches: [watchOf(ConfigMap, ({ metadata }) => (metadata.name === name ? [metadata.namespace!] : []))],
    async reconcile({ metadata: { name: namespace }, status }, { client, get }) {
      if (status?.phase === 'Terminating') return;
      const data = { 'ca.crt': caPem };
      const annotations = { 'kubernetes.io/description': description };
      const published = get(ConfigMap, `${namespace}/${name}`);
      if (!published) {
        try {
          await client.create(ConfigMap, { metadata: { name, namespace, annotations }, data });
        } catch (error) {
          if (!isAlreadyExists(error)) throw error;
        }
      } else if (published.data?.['ca.crt'] !== caPem || Object.keys(published.data).length > 1) {
        await client.update(ConfigMap, {
          ...published,
          metadata: { ...published.metadata, annotations: { ...published.metadata.annotations, ...annotations } },
          data,
        });
      }
    },
  });
}
