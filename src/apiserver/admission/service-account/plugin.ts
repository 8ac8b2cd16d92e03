import type { Rng } from '../../../base/rng.ts';
import { notFound } from '../../../api/errors.ts';
import type { Draft } from '../../../api/draft.ts';
import type { Pod, ServiceAccount as ServiceAccountType } from '../../../api/generated/core/v1.ts';
import { ServiceAccount } from '../../../api/kinds/core/serviceaccount.ts';
import type { AdmissionPlugin, AdmissionRequest, ObjectReader } from '../../ports.ts';
import { isCreateOf, refused } from '../request.ts';
import { mirrorPodProblem } from './mirror-pod.ts';
import { mountableSecretsProblem } from './mountable-secrets.ts';
import { mountToken } from './token-volume.ts';

const defaultName = 'default';

/** Gives every pod a ServiceAccount, its token and its pull secrets. Source: Kubernetes' plugin/pkg/admission/serviceaccount. */
export const serviceAccountAdmission = (reader: ObjectReader, rng: Rng): AdmissionPlugin => ({
  name: 'ServiceAccount',
  async mutate(request) {
    if (!isCreateOf(request, '', 'pods')) return;
    const pod = request.object as Draft<Pod>;
    // A mirror pod tells what a kubelet runs already: a changed one would be taken for another.
    if (isMirror(pod)) return;
    const { spec } = pod;
    spec.serviceAccountName ||= defaultName;
    spec.serviceAccount = spec.serviceAccountName;
    const account = await accountOf(reader, request, spec.serviceAccountName);
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(pod, rng);
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
      spec.imagePullSecrets = account.imagePullSecrets.map(({ name }) => (name === undefined ? {} : { name }));
    }
  },
  async validate(request) {
    if (!isCreateOf(request, '', 'pods')) return;
    const pod = request.object as Pod;
    const problem = isMirror(pod) ? mirrorPodProblem(pod) : await accountProblem(reader, request, pod);
    if (problem !== undefined) throw refused(request, problem);
  },
});

const isMirror = ({ metadata }: Pick<Pod, 'metadata'>): boolean => metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

async function accountProblem(reader: ObjectReader, request: AdmissionRequest, pod: Pod): Promise<string | undefined> {
  const { serviceAccountName } = pod.spec;
  if (!serviceAccountName) return `no service account specified for pod ${request.namespace}/${pod.metadata.name ?? ''}`;
  return mountableSecretsProblem(pod, await accountOf(reader, request, serviceAccountName));
}

async function accountOf(reader: ObjectReader, request: AdmissionRequest, name: string): Promise<ServiceAccountType> {
  const account = await reader.get(ServiceAccount, request.namespace, name);
  if (account) return account;
  const { message } = notFound({ group: '', resource: 'serviceaccount' }, name);
  throw refused(request, `error looking up service account ${request.namespace}/${name}: ${message}`);
}
