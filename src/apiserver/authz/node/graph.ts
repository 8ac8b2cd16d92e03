import type { PersistentVolume, Pod } from '../../../api/generated/core/v1.ts';
import type { KubeObject } from '../../../api/meta.ts';
import { podReferences, reference, volumeSecrets, type Reference } from './references.ts';

/** Which object concerns which node. Fed by watch caches; answers from memory. Source: Kubernetes' plugin/pkg/auth/authorizer/node/graph.go. */
export class NodeGraph {
  /** By what refers (a pod, an attachment …): its node, and all it makes known to it, itself included. */
  readonly #referrers = new Map<Reference, { readonly node: string; readonly refs: readonly Reference[] }>();
  /** How many referrers tell the node of the object. */
  readonly #nodes = new Map<Reference, Map<string, number>>();
  readonly #volumes = new Map<Reference, { readonly claim: Reference; readonly secrets: readonly Reference[] }>();
  readonly #volumesOfSecret = new Map<Reference, Set<Reference>>();

  /** Takes a new or changed pod; one that is not scheduled concerns nobody. */
  setPod(pod: Pod): void {
    const self = objectReference('pods', pod);
    if (pod.spec.nodeName) this.#refer(self, pod.spec.nodeName, [self, ...podReferences(pod)]);
    else this.#forget(self);
  }

  /** Takes an object of a kind that names its node: a VolumeAttachment, ResourceSlice or PodCertificateRequest. */
  setOwned(resource: string, object: KubeObject, node: string | undefined): void {
    const self = objectReference(resource, object);
    this.#refer(self, node, [self]);
  }

  /** Forgets a pod, or what `setOwned` took. */
  remove(resource: string, object: KubeObject): void {
    this.#forget(objectReference(resource, object));
  }

  setVolume(volume: PersistentVolume): void {
    this.removeVolume(volume);
    const { claimRef } = volume.spec;
    if (!claimRef) return;
    const self = objectReference('persistentvolumes', volume);
    const secrets = volumeSecrets(volume);
    this.#volumes.set(self, { claim: reference('persistentvolumeclaims', claimRef.namespace ?? '', claimRef.name ?? ''), secrets });
    for (const secret of secrets) this.#volumesOfSecret.set(secret, (this.#volumesOfSecret.get(secret) ?? new Set()).add(self));
  }

  removeVolume(volume: PersistentVolume): void {
    const self = objectReference('persistentvolumes', volume);
    for (const secret of this.#volumes.get(self)?.secrets ?? []) {
      const volumes = this.#volumesOfSecret.get(secret);
      volumes?.delete(self);
      if (volumes?.size === 0) this.#volumesOfSecret.delete(secret);
    }
    this.#volumes.delete(self);
  }

  /** Is there a pod on the node (or else something of it) that needs the object? */
  concerns(node: string, resource: string, namespace: string, name: string): boolean {
    return this.#concerns(node, reference(resource, namespace, name));
  }

  #concerns(node: string, object: Reference): boolean {
    if (this.#nodes.get(object)?.has(node)) return true;
    const volume = this.#volumes.get(object);
    if (volume) return this.#concerns(node, volume.claim);
    return [...(this.#volumesOfSecret.get(object) ?? [])].some((one) => this.#concerns(node, one));
  }

  #refer(referrer: Reference, node: string | undefined, refs: readonly Reference[]): void {
    this.#forget(referrer);
    if (!node) return;
    this.#referrers.set(referrer, { node, refs });
    for (const ref of refs) {
      const nodes = this.#nodes.get(ref) ?? new Map<string, number>();
      this.#nodes.set(ref, nodes.set(node, (nodes.get(node) ?? 0) + 1));
    }
  }

  #forget(referrer: Reference): void {
    const known = this.#referrers.get(referrer);
    if (!known) return;
    this.#referrers.delete(referrer);
    for (const ref of known.refs) {
      const nodes = this.#nodes.get(ref)!;
      const count = nodes.get(known.node)!;
      if (count > 1) nodes.set(known.node, count - 1);
      else nodes.delete(known.node);
      if (nodes.size === 0) this.#nodes.delete(ref);
    }
  }
}

const objectReference = (resource: string, { metadata: { namespace = '', name = '' } }: KubeObject) => reference(resource, namespace, name);
