import { notFound } from '../../../api/errors.ts';
import { Namespace } from '../../../api/kinds/core/namespace.ts';
import type { AdmissionPlugin, ObjectReader } from '../../ports.ts';

/** Nothing is done in a namespace that is not there. Source: Kubernetes' plugin/pkg/admission/namespace/exists. */
export const namespaceExists = (reader: ObjectReader): AdmissionPlugin => ({
  name: 'NamespaceExists',
  async validate({ operation, namespace, kind }) {
    if (operation === 'CONNECT' || !namespace || (kind.group === '' && kind.plural === 'namespaces')) return;
    if (!(await reader.get(Namespace, undefined, namespace))) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  },
});
