import { ApiError, forbiddenFor, notFound } from '../../../api/errors.ts';
import { Namespace } from '../../../api/kinds/core/namespace.ts';
import type { AdmissionPlugin, AdmissionRequest, ObjectReader } from '../../ports.ts';
import { refused } from '../request.ts';

/** Without these a cluster cannot be administered. */
const immortal: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing is made in a namespace that is not there, or is going away. Source: Kubernetes' plugin/namespace/lifecycle. */
export const namespaceLifecycle = (reader: ObjectReader): AdmissionPlugin => ({
  name: 'NamespaceLifecycle',
  async mutate(request) {
    const { kind, operation, namespace } = request;
    if (kind.group === '' && kind.plural === 'namespaces') return checkNamespaceItself(request);
    if (!namespace || operation === 'DELETE' || operation === 'CONNECT' || isAccessReview(request)) return;
    const found = await reader.get(Namespace, undefined, namespace);
    if (!found) throw notFound({ group: '', resource: 'namespaces' }, namespace);
    if (operation === 'CREATE' && found.status?.phase === 'Terminating') throw terminating(request, namespace);
  },
});

function checkNamespaceItself({ operation, name }: AdmissionRequest): void {
  if (operation === 'DELETE' && immortal.has(name)) {
    throw forbiddenFor({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted');
  }
}

/** Whether one may do something somewhere can be asked of places that are not there. */
const isAccessReview = ({ kind }: AdmissionRequest): boolean =>
  kind.group === 'authorization.k8s.io' && kind.plural === 'localsubjectaccessreviews';

function terminating(request: AdmissionRequest, namespace: string): ApiError {
  const error = refused(request, `unable to create new content in namespace ${namespace} because it is being terminated`);
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
  return new ApiError(error.code, error.reason, error.message, { ...error.details, causes: [cause] });
}
