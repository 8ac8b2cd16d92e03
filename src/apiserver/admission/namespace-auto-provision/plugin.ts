import { Namespace } from '../../../api/kinds/core/namespace.ts';
import type { AdmissionPlugin, ObjectReader } from '../../ports.ts';

/** Makes the namespace in which something is made, when it is not there. Source: Kubernetes' plugin/pkg/admission/namespace/autoprovision. */
export const namespaceAutoProvision = (reader: ObjectReader, makeNamespace: (name: string) => Promise<void>): AdmissionPlugin => ({
  name: 'NamespaceAutoProvision',
  async mutate({ operation, namespace, kind, dryRun }) {
    if (operation !== 'CREATE' || dryRun || !namespace || (kind.group === '' && kind.plural === 'namespaces')) return;
    if (!(await reader.get(Namespace, undefined, namespace))) await makeNamespace(namespace);
  },
});
