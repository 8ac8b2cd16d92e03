import type { Rng } from '../../../base/rng.ts';
import type { Draft } from '../../../api/draft.ts';
import type { Pod, Volume } from '../../../api/generated/core/v1.ts';
import { withRandomSuffix } from '../name-suffix.ts';

/** Where client libraries look for their credentials. */
export const tokenMountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const volumePrefix = 'kube-api-access-';
/** An hour and some: the kubelet's warning for tokens that are used too long goes by this very number. */
const expirationSeconds = 3607;

/** Adds the token's volume, and its mount to each container that has nothing at that path. */
export function mountToken({ spec }: Draft<Pod>, rng: Rng): void {
  const present = spec.volumes?.find(({ name }) => name.startsWith(volumePrefix));
  const name = present?.name ?? withRandomSuffix(volumePrefix, rng);
  let isMounted = false;
  // Nobody has looked yet whether there are containers at all.
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (container.volumeMounts?.some(({ mountPath }) => mountPath === tokenMountPath)) continue;
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: tokenMountPath }];
    isMounted = true;
  }
  if (!present && isMounted) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

/** Token, the cluster's certificate authority and the namespace, in one folder. */
const tokenVolume = (name: string): Draft<Volume> => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 0o644,
  },
});
