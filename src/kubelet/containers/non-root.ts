import type { Container, Pod } from '../../api/generated/core/v1.ts';
import type { Image } from '../../runtime/cri.ts';

/** Throws for a container that must not run as root and would, or may. Source: kuberuntime verifyRunAsNonRoot. */
export function verifyNonRoot(pod: Pod, container: Container, image: Pick<Image, 'uid' | 'username'>): void {
  const [own, common] = [container.securityContext, pod.spec.securityContext];
  if (!(own?.runAsNonRoot ?? common?.runAsNonRoot)) return;
  const { name, namespace, uid } = pod.metadata;
  const who = `(pod: "${name}_${namespace}(${uid})", container: ${container.name})`;
  const user = own?.runAsUser ?? common?.runAsUser;
  if (user === 0) throw new Error(`container's runAsUser breaks non-root policy ${who}`);
  if (user !== undefined) return;
  if (image.uid === 0) throw new Error(`container has runAsNonRoot and image will run as root ${who}`);
  if (image.uid === undefined && image.username)
    throw new Error(`container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root ${who}`);
}
