import type { Env } from '../../base/env.ts';
import { WorkQueue } from '../../base/work-queue.ts';
import { isConflict, isNotFound } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject, ObjectMeta, OwnerReference } from '../../api/meta.ts';
import type { Client } from '../../client/client.ts';
import type { Informers } from '../../client/informers.ts';
import { blockers, judge, ownerState, type Owner } from './decisions.ts';
import { awaitsDependents, awaitsOrphaning, foreground, isSameOwnership, nodeOf, orphan, OwnerGraph, type Node } from './graph.ts';

export interface GarbageCollectorOptions {
  readonly client: Client;
  readonly informers: Informers;
  readonly env: Env;
  /** Those whose objects can be listed, watched and deleted, as they are now. */
  readonly kinds: () => readonly Kind[];
  /** 20 when absent, as kube-controller-manager's `--concurrent-gc-syncs`. */
  readonly workers?: number;
}

/**
 * Deletes what has lost its owners, and carries out foreground and orphaning deletion. Keeps the
 * graph of owners from informers of all kinds; asks the server itself before it believes that an
 * owner is absent. Source: kube-controller-manager's garbage-collector-controller.
 */
export class GarbageCollector {
  readonly #client: Client;
  readonly #informers: Informers;
  readonly #env: Env;
  readonly #graph = new OwnerGraph();
  readonly #queue: WorkQueue;
  readonly #served: () => readonly Kind[];
  readonly #kinds = new Map<string, Kind>();
  /** Objects with an owner of a kind that is not served. */
  readonly #waiting = new Set<string>();

  constructor({ client, informers, env, kinds }: GarbageCollectorOptions) {
    this.#client = client;
    this.#informers = informers;
    this.#env = { ...env, log: env.log.named('garbage-collector-controller') };
    this.#queue = new WorkQueue({ clock: env.clock });
    this.#served = kinds;
    this.follow();
  }

  /** Takes up kinds that are served by now, and lets go of those that are not any more: custom resources come and go. */
  follow(): void {
    const served = new Map(this.#served().map((kind) => [`${kind.group}/${kind.kind}`, kind]));
    for (const [name, kind] of this.#kinds) {
      if (served.get(name) === kind) continue;
      this.#kinds.delete(name);
      this.#informers.forget(kind);
      for (const node of this.#graph.of(kind)) this.#forget(node);
    }
    for (const [name, kind] of served) {
      if (this.#kinds.has(name)) continue;
      this.#kinds.set(name, kind);
      this.#informers.of(kind).onChange(({ now, old }) => (now ? this.#changed(kind, now) : this.#gone(old)));
    }
    for (const uid of this.#waiting) this.#queue.add(uid);
    this.#waiting.clear();
  }

  /** Begins to act; call it when all informers have synced. */
  run(workers = 20): void {
    const { signal } = this.#env;
    signal.addEventListener('abort', () => this.#queue.close(), { once: true });
    if (signal.aborted) this.#queue.close();
    for (let n = 0; n < workers; n++) void this.#work();
  }

  #changed(kind: Kind, object: KubeObject): void {
    const node = nodeOf(kind, object);
    const known = this.#graph.get(node.uid);
    // Most changes are of a status, and nothing follows from them here.
    if (known && isSameOwnership(known, node)) return this.#graph.renew(node);
    const before = known?.owners ?? [];
    this.#graph.set(node);
    if (node.owners.length > 0 || awaitsDependents(node) || awaitsOrphaning(node)) this.#queue.add(node.uid);
    // Dependents that began to go, stopped blocking, or are no longer theirs, may free whoever waits for them.
    for (const { uid } of [...before, ...node.owners]) this.#wakeWaiting(uid);
    if (awaitsDependents(node)) for (const dependent of this.#graph.dependents(node.uid)) this.#queue.add(dependent.uid);
  }

  #gone({ metadata }: KubeObject): void {
    const node = this.#graph.get(metadata.uid ?? '');
    if (node) this.#forget(node);
  }

  #forget({ uid, owners }: Node): void {
    this.#graph.delete(uid);
    for (const dependent of this.#graph.dependents(uid)) this.#queue.add(dependent.uid);
    for (const owner of owners) this.#wakeWaiting(owner.uid);
  }

  #wakeWaiting(uid: string): void {
    const owner = this.#graph.get(uid);
    if (owner && awaitsDependents(owner)) this.#queue.add(uid);
  }

  async #work(): Promise<void> {
    for (let uid = await this.#queue.take(); uid !== undefined; uid = await this.#queue.take()) {
      try {
        const node = this.#graph.get(uid);
        if (node) await this.#handle(node);
        this.#queue.forget(uid);
      } catch (error) {
        if (!isConflict(error) && !isNotFound(error)) this.#env.log.error(error, 'failed; will try again', { uid });
        this.#queue.retry(uid);
      }
      this.#queue.done(uid);
    }
  }

  async #handle(node: Node): Promise<void> {
    const dependents = this.#graph.dependents(node.uid);
    if (awaitsOrphaning(node)) {
      await Promise.all(dependents.map((dependent) => this.#forgetOwners(dependent, [node.uid])));
      return this.#removeFinalizer(node, orphan);
    }
    if (awaitsDependents(node) && blockers(node, dependents).length === 0) return this.#removeFinalizer(node, foreground);
    // What has no namespace cannot be owned by what has one; nothing follows from such an owner.
    if (node.namespace === undefined && node.owners.some((reference) => this.#kindOf(reference)?.namespaced)) return;
    const owners = await Promise.all(node.owners.map((reference) => this.#lookUp(node, reference)));
    const verdict = judge(node, owners, dependents);
    if (verdict.do === 'forget-owners') await this.#forgetOwners(node, verdict.uids);
    if (verdict.do !== 'delete') return;
    if (verdict.unblock) await this.#unblockOwners(node);
    await this.#delete(node, verdict.propagation);
  }

  #kindOf({ apiVersion, kind }: OwnerReference): Kind | undefined {
    return this.#kinds.get(`${groupOf(apiVersion)}/${kind}`);
  }

  async #lookUp(node: Node, reference: OwnerReference): Promise<Owner> {
    const known = this.#graph.get(reference.uid);
    // A namespaced owner rules in its own namespace only.
    if (known && isNamedBy(reference, known))
      return { reference, state: known.namespace === undefined || known.namespace === node.namespace ? ownerState(known) : 'absent' };
    const kind = this.#kindOf(reference);
    if (!kind) {
      // Of a kind that nobody serves nothing is known, and nothing is deleted for it; it is asked again when the kind comes.
      this.#waiting.add(node.uid);
      return { reference, state: 'solid' };
    }
    try {
      const owner = await this.#client.get(kind, { namespace: node.namespace, name: reference.name });
      return { reference, state: owner.metadata.uid === reference.uid ? ownerState(nodeOf(kind, owner)) : 'absent' };
    } catch (error) {
      if (isNotFound(error)) return { reference, state: 'absent' };
      throw error;
    }
  }

  /** Only in the state that was judged: an owner may have been added since. */
  async #delete(node: Node, propagationPolicy: string): Promise<void> {
    const { uid, resourceVersion } = node;
    await ignoringAbsence(this.#client.delete(node.kind, node, { propagationPolicy, preconditions: { uid, resourceVersion } }));
  }

  async #unblockOwners(node: Node): Promise<void> {
    await this.#amend(node, ({ ownerReferences = [] }) => {
      if (!ownerReferences.some((reference) => reference.blockOwnerDeletion)) return undefined;
      return { ownerReferences: ownerReferences.map((reference) => ({ ...reference, blockOwnerDeletion: false })) };
    });
  }

  async #forgetOwners(node: Node, uids: readonly string[]): Promise<void> {
    await this.#amend(node, ({ ownerReferences = [] }) => {
      const kept = ownerReferences.filter((reference) => !uids.includes(reference.uid));
      return kept.length < ownerReferences.length ? { ownerReferences: kept } : undefined;
    });
  }

  async #removeFinalizer(node: Node, finalizer: string): Promise<void> {
    await this.#amend(node, ({ finalizers = [] }) =>
      finalizers.includes(finalizer) ? { finalizers: finalizers.filter((one) => one !== finalizer) } : undefined,
    );
  }

  /** Changes an object's metadata as it is on the server, whatever our copy says; a merge patch, which custom resources take too. */
  async #amend(node: Node, change: (metadata: ObjectMeta) => Partial<ObjectMeta> | undefined): Promise<void> {
    await ignoringAbsence(
      (async () => {
        const { metadata } = await this.#client.get(node.kind, node);
        const changed = metadata.uid === node.uid ? change(metadata) : undefined;
        if (!changed) return;
        const { resourceVersion } = metadata;
        await this.#client.patch(node.kind, node, 'merge', { metadata: { resourceVersion, ...changed } });
      })(),
    );
  }
}

const isNamedBy = ({ apiVersion, kind, name }: OwnerReference, node: Node): boolean =>
  node.name === name && node.kind.kind === kind && node.kind.group === groupOf(apiVersion);

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '');

async function ignoringAbsence(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** The kinds that garbage collection can look after. */
export const collectable = (kinds: readonly Kind[]): Kind[] =>
  kinds.filter(
    ({ verbs, group, plural }) =>
      verbs.includes('list') && verbs.includes('watch') && verbs.includes('delete') && !ignored.has(`${plural}.${group}`),
  );

/** Upstream's DefaultIgnoredResources: events own nothing and are owned by nobody. */
const ignored: ReadonlySet<string> = new Set(['events.', 'events.events.k8s.io']);
