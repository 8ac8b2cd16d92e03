import { sleep } from '../../base/clock.ts';
import type { Env } from '../../base/env.ts';
import { WorkQueue } from '../../base/work-queue.ts';
import { isConflict, isNotFound } from '../../api/errors.ts';
import type { ResourceQuota as QuotaObject, ResourceQuotaStatus } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { ResourceQuota } from '../../api/kinds/core/resourcequota.ts';
import type { KubeObject } from '../../api/meta.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import type { Client } from '../../client/client.ts';
import { keyOf, type Informer } from '../../client/informer.ts';
import { byNamespace, kindKey, type Informers } from '../../client/informers.ts';
import type { ControllerDescriptor } from '../descriptor.ts';
import { countedKinds } from './counted-kinds.ts';
import { QuotaTally } from './tally.ts';

const defaultWorkers = 5;

/** Writes into quotas' status what their namespaces use of them. */
export const resourceQuotaController: ControllerDescriptor = {
  name: 'resourcequota-controller',
  serviceAccount: 'resourcequota-controller',
  async start({ client, informers, env, flags, kinds }) {
    const log = env.log.named('resourcequota-controller');
    const workers = flags.concurrentSyncs['resourcequota-controller'] ?? defaultWorkers;
    const quotas = new Quotas({ client, informers, env: { ...env, log }, kinds, workers, syncMs: flags.resourceQuotaSyncMs });
    await informers.synced();
    quotas.start();
  },
};

interface QuotasOptions {
  readonly client: Client;
  readonly informers: Informers;
  readonly env: Env;
  readonly kinds: () => readonly Kind[];
  /** How many quotas are counted at the same time. */
  readonly workers: number;
  /** How often everything is counted anew, which also finds kinds that are served by now. */
  readonly syncMs: number;
}

/** Follows only those kinds that some quota counts, and counts changes, not objects. Source: pkg/controller/resourcequota. */
class Quotas {
  readonly #options: QuotasOptions;
  readonly #quotas: Informer<QuotaObject>;
  readonly #queue: WorkQueue;
  /** By quota. */
  readonly #tallies = new Map<string, QuotaTally>();
  /** Kinds that are followed. */
  readonly #followed = new Set<string>();
  /** The revision of each quota's status as it was last written: older copies are not judged by. */
  readonly #written = new Map<string, number>();

  constructor(options: QuotasOptions) {
    this.#options = options;
    this.#quotas = options.informers.of(ResourceQuota);
    this.#queue = new WorkQueue({ clock: options.env.clock });
  }

  start(): void {
    const { env, workers } = this.#options;
    const { signal } = env;
    this.#quotas.onChange(({ now, old }) => this.#queue.add(keyOf(now ?? old)));
    signal.addEventListener('abort', () => this.#queue.close(), { once: true });
    for (let n = 0; n < workers; n++) void this.#work();
    void this.#countAnew();
  }

  /** Now and then everything is counted anew. */
  async #countAnew(): Promise<void> {
    const { env, syncMs } = this.#options;
    for (;;) {
      await sleep(env.clock, syncMs, env.signal);
      if (env.signal.aborted) return;
      for (const key of this.#tallies.keys()) this.#queue.add(key);
      this.#tallies.clear();
    }
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      try {
        await this.#sync(key);
        this.#queue.forget(key);
      } catch (error) {
        const isExpected = isConflict(error) || isNotFound(error);
        if (!isExpected) this.#options.env.log.error(error, 'failed; will try again', { quota: key });
        this.#queue.retry(key);
      }
      this.#queue.done(key);
    }
  }

  async #sync(key: string): Promise<void> {
    const quota = this.#quotas.get(key);
    if (!quota) {
      this.#tallies.delete(key);
      this.#written.delete(key);
      return;
    }
    // The newer one, with the last status in it, will come.
    if (Number(quota.metadata.resourceVersion) < (this.#written.get(key) ?? 0)) return;
    const tally = await this.#tallyOf(key, quota);
    const status: ResourceQuotaStatus = { hard: quota.spec?.hard ?? {}, used: tally.used() };
    if (semanticallyEqual(status, quota.status)) return;
    const written = await this.#options.client.updateStatus(ResourceQuota, { ...quota, status });
    this.#written.set(key, Number(written.metadata.resourceVersion));
  }

  async #tallyOf(key: string, quota: QuotaObject): Promise<QuotaTally> {
    const spec = quota.spec ?? {};
    const known = this.#tallies.get(key);
    if (known && semanticallyEqual(known.spec, spec)) return known;
    const { informers, kinds } = this.#options;
    const counted = countedKinds(spec, kinds());
    for (const kind of counted) this.#follow(kind);
    await informers.synced();
    const tally = new QuotaTally(spec);
    for (const kind of counted) tally.begin(kind, informers.of(kind).byIndex(byNamespace, quota.metadata.namespace!));
    this.#tallies.set(key, tally);
    return tally;
  }

  #follow(kind: Kind): void {
    const name = kindKey(kind);
    if (this.#followed.has(name)) return;
    this.#followed.add(name);
    const isPods = kind.group === '' && kind.plural === 'pods';
    this.#options.informers.of(kind).onChange(({ now, old }) => {
      if (this.#tallies.size > 0 && !(isPods && now && old && takesTheSame(old, now))) this.#changed(kind, old, now);
    });
  }

  #changed(kind: Kind, old: KubeObject | undefined, now: KubeObject | undefined): void {
    const { namespace } = (now ?? old)!.metadata;
    for (const quota of this.#quotas.byIndex(byNamespace, namespace!)) {
      const key = keyOf(quota);
      if (this.#tallies.get(key)?.change(kind, old, now)) this.#queue.add(key);
    }
  }
}

/** What a pod takes follows from its spec, until it has ended; most updates are of its status. */
function takesTheSame(old: KubeObject, now: KubeObject): boolean {
  const phase = (pod: KubeObject) => (pod as { readonly status?: { readonly phase?: string } }).status?.phase;
  return old.metadata.uid === now.metadata.uid && old.metadata.generation === now.metadata.generation && phase(old) === phase(now);
}
