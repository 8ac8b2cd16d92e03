import type { Env } from '../base/env.ts';
import { WorkQueue } from '../base/work-queue.ts';
import { isConflict, isNotFound } from '../api/errors.ts';
import type { Pod as PodObject } from '../api/generated/core/v1.ts';
import type { Kind } from '../api/kind.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Client } from './client.ts';
import { keyOf } from './informer.ts';
import { eventRecorder, type EventRecorder } from './event-recorder.ts';
import { byClaim, byNamespace, byNode, byOwner, kindKey, orphansOf, type Informers } from './informers.ts';
import { KeyPace } from './key-pace.ts';
import { OwnWrites } from './own-writes.ts';

/** Do it again after a while; nothing: not before something changes. */
export type After = { readonly requeueAfterMs: number } | undefined | void;

/** Trying again will not help: the key is dropped until something changes. The message goes to the log. */
export class Terminal extends Error {
  override name = 'Terminal';
}

/** One control loop: what it looks after, what else wakes it, and what it does for one object. */
export interface Controller<O extends KubeObject = KubeObject> {
  /** Names it in logs, and as the source of its events: `replicaset-controller`. */
  readonly name: string;
  readonly for: Kind<O>;
  /** Kinds whose objects wake their controller owner. */
  readonly owns?: readonly Kind[];
  readonly watches?: readonly WatchOf[];
  /** Objects handled at the same time; 5 when absent, as most of kube-controller-manager's `--concurrent-…-syncs`. */
  readonly workers?: number;
  /** Called with the newest object. It may throw: then it is called again, ever later. */
  reconcile(object: O, context: Context): Promise<After>;
  /** Called instead when the object is gone. */
  gone?(key: string, context: Context): Promise<After>;
}

/** Changes of another kind, and the keys that each touches. */
export interface WatchOf<W extends KubeObject = KubeObject> {
  readonly kind: Kind<W>;
  readonly toKeys: (object: W, context: Context) => readonly string[];
  /** Is this update nobody's business, as most heartbeats of nodes are? Then it wakes none. No update is when absent. */
  readonly ignores?: (old: W, now: W) => boolean;
}

export const defineController = <O extends KubeObject>(controller: Controller<O>): Controller => controller;
export const watchOf = <W extends KubeObject>(kind: Kind<W>, toKeys: WatchOf<W>['toKeys'], ignores?: WatchOf<W>['ignores']): WatchOf =>
  ({ kind, toKeys, ...(ignores && { ignores }) }) as unknown as WatchOf;

/** What a reconciler may touch. Whatever it reads is at least as new as its own writes. */
export interface Context {
  readonly env: Env;
  readonly client: Client;
  /** Events in the controller's name. */
  readonly events: EventRecorder;
  readonly get: <K extends KubeObject>(kind: Kind<K>, key: string) => K | undefined;
  readonly list: <K extends KubeObject>(kind: Kind<K>, namespace?: string) => K[];
  /** Those whose controller owner it is. */
  readonly owned: <K extends KubeObject>(kind: Kind<K>, owner: KubeObject) => K[];
  /** Those of a namespace that no controller owns. */
  readonly orphans: <K extends KubeObject>(kind: Kind<K>, namespace: string) => K[];
  /** The pods bound to a node; those that wait for one under ''. */
  readonly podsOn: (node: string) => PodObject[];
  /** The pods that mount a claim, which is named `namespace/name`. */
  readonly podsWithClaim: (claim: string) => PodObject[];
}

/** Runs a controller until `env.signal` aborts. Resolves when its informers have synced and it works. */
export async function runController(controller: Controller, client: Client, informers: Informers, env: Env): Promise<void> {
  const loop = new Loop(controller, client, informers, env);
  await informers.synced();
  loop.begin(controller.workers ?? 5);
}

class Loop {
  readonly #controller: Controller;
  readonly #informers: Informers;
  readonly #env: Env;
  readonly #queue: WorkQueue;
  readonly #pace: KeyPace;
  readonly #writes: OwnWrites;
  readonly #context: Context;
  /** Keys that wait until the informers have seen our own writes. */
  readonly #parked = new Set<string>();

  constructor(controller: Controller, client: Client, informers: Informers, env: Env) {
    const watched = [controller.for, ...(controller.owns ?? []), ...(controller.watches ?? []).map((watch) => watch.kind)];
    this.#controller = controller;
    this.#informers = informers;
    this.#env = { ...env, log: env.log.named(controller.name) };
    this.#queue = new WorkQueue({ clock: env.clock });
    this.#pace = new KeyPace(env.clock);
    this.#writes = new OwnWrites(informers, watched, env, () => this.#unpark());
    this.#context = {
      env: this.#env,
      client: this.#writes.through(client),
      events: eventRecorder({ client, env, component: controller.name }),
      get: (kind, key) => informers.of(kind).get(key),
      list: (kind, namespace) => (namespace === undefined ? informers.of(kind).list() : informers.of(kind).byIndex(byNamespace, namespace)),
      owned: (kind, owner) => informers.of(kind).byIndex(byOwner, owner.metadata.uid ?? ''),
      orphans: (kind, namespace) => informers.of(kind).byIndex(byOwner, orphansOf(namespace)),
      podsOn: (node) => informers.of(Pod).byIndex(byNode, node),
      podsWithClaim: (claim) => informers.of(Pod).byIndex(byClaim, claim),
    };
    this.#listen();
  }

  begin(workers: number): void {
    this.#env.signal.addEventListener('abort', () => this.#queue.close(), { once: true });
    if (this.#env.signal.aborted) this.#queue.close();
    for (let n = 0; n < workers; n++) void this.#work();
  }

  #listen(): void {
    const { for: own, owns = [], watches = [] } = this.#controller;
    this.#on(own, (object) => [keyOf(object)]);
    for (const kind of owns) this.#on(kind, (object) => this.#ownerKeys(object));
    for (const { kind, toKeys, ignores } of watches) this.#on(kind, (object) => toKeys(object, this.#context), ignores);
  }

  #on<O extends KubeObject>(kind: Kind<O>, toKeys: (object: O) => readonly string[], ignores?: (old: O, now: O) => boolean): void {
    this.#informers.of(kind).onChange(({ now, old }) => {
      if (!(now && old && ignores?.(old, now))) {
        // An object that changed its owner or selection wakes both; what is added twice may be handled twice.
        for (const key of new Set([...(old ? toKeys(old) : []), ...(now ? toKeys(now) : [])])) this.#queue.add(key);
      }
      this.#unpark();
    });
    this.#informers.of(kind).onProgress(() => this.#unpark());
  }

  #ownerKeys({ metadata }: KubeObject): string[] {
    const { kind, namespaced } = this.#controller.for;
    const owner = metadata.ownerReferences?.find((one) => one.controller && one.kind === kind);
    if (!owner) return [];
    return [namespaced && metadata.namespace ? `${metadata.namespace}/${owner.name}` : owner.name];
  }

  #unpark(): void {
    if (this.#parked.size === 0 || !this.#writes.seen) return;
    for (const key of this.#parked) this.#queue.add(key);
    this.#parked.clear();
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      if (this.#writes.seen) await this.#handleInTime(key);
      else this.#parked.add(key);
      this.#queue.done(key);
      this.#unpark();
    }
  }

  async #handleInTime(key: string): Promise<void> {
    const waitMs = this.#pace.spend(key);
    if (waitMs > 0) this.#queue.addAfter(key, waitMs);
    else await this.#handle(key);
  }

  async #handle(key: string): Promise<void> {
    try {
      const object = this.#informers.of(this.#controller.for).get(key);
      const after = await (object ? this.#controller.reconcile(object, this.#context) : this.#controller.gone?.(key, this.#context));
      this.#queue.forget(key);
      if (after) this.#queue.addAfter(key, after.requeueAfterMs);
    } catch (error) {
      if (error instanceof Terminal) {
        this.#queue.forget(key);
        this.#env.log.error(error, 'given up', { key });
        return;
      }
      // Others write too; that is no news.
      const expected = isConflict(error) || isNotFound(error);
      if (!expected) this.#env.log.error(error, 'failed; will try again', { controller: kindKey(this.#controller.for), key });
      this.#queue.retry(key);
    }
  }
}
