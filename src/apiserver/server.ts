import type { Env } from '../base/env.ts';
import { seededRng } from '../base/rng.ts';
import type { KeyPair } from '../base/crypto.ts';
import type { ApiCall, ApiResult, ApiServer } from '../api/call.ts';
import { serviceUnavailable } from '../api/errors.ts';
import type { Kind } from '../api/kind.ts';
import type { LocalApi } from '../api/local-api.ts';
import type { GroupResource, KubeObject } from '../api/meta.ts';
import { KindRegistry } from '../api/registry.ts';
import type { RuntimeConfig } from '../api/runtime-config.ts';
import type { Store } from '../store/store.ts';
import { defaultAdmission, type AdmissionChoice } from './admission/all.ts';
import type { TolerationSeconds } from './admission/default-toleration-seconds/plugin.ts';
import { storedTokenObjects } from './authn/token-objects.ts';
import { defaultJwksUri } from './authn/openid.ts';
import { bootstrapPolicy } from './authz/bootstrap/policy.ts';
import { ensurePolicy } from './authz/bootstrap/reconcile.ts';
import { policyWriter } from './authz/bootstrap/writer.ts';
import { followNodes, followRbac } from './authz/follow.ts';
import { defaultRingLimits, type RingLimits } from './cache/event-ring.ts';
import { chain, defaultChainLimits, type ChainLimits } from './chain.ts';
import { CustomInstances, CustomResources } from './custom-resources.ts';
import { discoveryPaths } from './discovery/paths.ts';
import { createIdentity, type Identity, type IdentityOptions } from './identity.ts';
import { apiServerMetrics, type ProcessFigures } from './metrics/api-server.ts';
import { observerOf } from './metrics/observer.ts';
import { healthPaths, pingCheck } from './paths/health.ts';
import { indexPath, pathHandlers } from './paths/index-path.ts';
import { metricsPath } from './paths/metrics.ts';
import { openApiPaths } from './paths/open-api.ts';
import { openIdPaths } from './paths/open-id.ts';
import { versionPath } from './paths/version.ts';
import type { AuditSink, CallContext, NodeConnector, ObjectReader } from './ports.ts';
import { Admission } from './registry/admission.ts';
import { dispatch, type DispatchDeps } from './registry/dispatch.ts';
import { serviceAddresses } from './service-addresses/hook.ts';
import type { PortRange } from './service-addresses/node-port-range.ts';
import { defaultCompactionIntervalMs, startCompactor } from './storage/compactor.ts';
import { rangeOf } from './storage/keys.ts';
import { Storages } from './storage/storages.ts';
import { ensureNamespace, ensureSystemNamespaces } from './system-namespaces.ts';

export interface ApiServerOptions {
  readonly env: Env;
  readonly store: Store;
  /** All kinds there are; what is served of them `runtimeConfig` says. */
  readonly kinds: readonly Kind[];
  /** Served by others in this process, beside `kinds`: `metrics.k8s.io`. */
  readonly aggregated?: readonly LocalApi[];
  /** `--runtime-config`. */
  readonly runtimeConfig?: RuntimeConfig;
  readonly serviceAccountKeys: KeyPair;
  /** `HOST:PORT` at which clients reach the server; asked for when somebody wants to know. */
  readonly externalAddress: () => string;
  /** `--service-cluster-ip-range`. */
  readonly serviceSubnet: string;
  /** `--service-node-port-range`; 30000–32767 when absent. */
  readonly nodePorts?: PortRange;
  readonly admission?: AdmissionChoice;
  /** What DefaultTolerationSeconds adds. */
  readonly tolerationSeconds?: TolerationSeconds;
  /** `--event-ttl`; an hour when absent. */
  readonly eventTtlSeconds?: number;
  /** Who is known, and who decides what they may. */
  readonly identity?: IdentitySettings;
  readonly audit?: AuditSink;
  /** Reaches kubelets; without one, pods run nowhere and say so. */
  readonly connector?: NodeConnector;
  readonly limits?: Partial<ApiServerLimits>;
  /** What the process uses, for `/metrics`; left out there when absent. */
  readonly processFigures?: () => ProcessFigures;
  /** Decoded objects are frozen: tests catch readers that write. */
  readonly freeze?: boolean;
}

/** What can be set of it; the rest the server knows. */
export type IdentitySettings = Partial<
  Pick<
    IdentityOptions,
    'issuer' | 'apiAudiences' | 'maxTokenSeconds' | 'extendExpiration' | 'jwksUri' | 'tokens' | 'authorizationModes' | 'anonymous'
  >
>;

export interface ApiServerLimits extends ChainLimits {
  /** Decoded objects kept at hand; 64 MiB when absent. */
  readonly decodedBytes: number;
  /** Events kept for watches that begin in the past, of each resource. */
  readonly ring: RingLimits;
  readonly bookmarkEveryMs: number;
  /** `--min-request-timeout`: the shortest life of a watch that asks for none. */
  readonly minWatchSeconds: number;
  /** `--etcd-compaction-interval`; 0 for never. */
  readonly compactionIntervalMs: number;
}

const defaultLimits: ApiServerLimits = {
  ...defaultChainLimits,
  decodedBytes: 64 * 1024 * 1024,
  ring: defaultRingLimits,
  bookmarkEveryMs: 60_000,
  minWatchSeconds: 1800,
  compactionIntervalMs: defaultCompactionIntervalMs,
};

/** A running API server. Disposal ends every watch; the store stays the caller's. */
export interface RunningApiServer extends Disposable {
  readonly call: ApiServer;
  readonly kinds: () => KindRegistry;
  readonly identity: Identity;
  /** What the controllers of custom resource definitions delete. */
  readonly customInstances: CustomInstances;
}

/** Kubernetes' API server as a function over a store. Resolves once roles are in force and calls may come. */
export async function startApiServer(options: ApiServerOptions): Promise<RunningApiServer> {
  const server = new Server(options);
  await server.start();
  return server;
}

class Server implements RunningApiServer {
  readonly call: ApiServer;
  readonly identity: Identity;
  readonly #options: ApiServerOptions;
  readonly customInstances: CustomInstances;
  readonly #registry: KindRegistry;
  readonly #storages: Storages;
  readonly #custom: CustomResources;
  #stopCompactor = () => {};
  #ready = false;

  constructor(options: ApiServerOptions) {
    const { env, store, limits: given, audit, connector, aggregated = [] } = options;
    const limits = { ...defaultLimits, ...given };
    const metrics = apiServerMetrics({
      storedObjects: () => this.#storedObjects(),
      ...(options.processFigures && { processFigures: options.processFigures }),
    });
    this.#options = options;
    this.#registry = new KindRegistry([...options.kinds, ...aggregated.flatMap(({ kinds }) => kinds)], options.runtimeConfig);
    this.#storages = new Storages({
      store,
      clock: env.clock,
      kinds: this.#registry,
      decodedBytes: limits.decodedBytes,
      ringLimits: limits.ring,
      bookmarkEveryMs: limits.bookmarkEveryMs,
      freeze: options.freeze ?? false,
      onEvents: (kind, count) => metrics.watchEvents(kind, count),
    });
    this.#custom = new CustomResources({
      builtIn: this.#registry,
      storages: this.#storages,
      onUnusable: (definition, error) => env.log.error(error, 'a custom resource definition cannot be served', { definition }),
    });
    this.customInstances = new CustomInstances(this.#custom, this.#storages, env);
    this.identity = createIdentity({
      clock: env.clock,
      crypto: env.crypto,
      serviceAccountKeys: options.serviceAccountKeys,
      jwksUri: defaultJwksUri(options.externalAddress()),
      objects: storedTokenObjects(this.#storages, this.#registry),
      ...options.identity,
    });
    const reader = readerOf(this.#storages);
    const deps: DispatchDeps = {
      ...env,
      kinds: this.kinds,
      storages: this.#storages,
      virtualKinds: this.identity.virtualKinds,
      localApis: new Map(aggregated.flatMap((api) => api.kinds.map((kind) => [kind, api] as const))),
      admission: new Admission([
        this.#custom.admission,
        ...defaultAdmission(
          {
            ...env,
            reader,
            authorizer: this.identity.authorizer,
            kinds: this.kinds,
            makeNamespace: (name) => ensureNamespace(this.call, name),
            ...(options.tolerationSeconds && { tolerationSeconds: options.tolerationSeconds }),
          },
          options.admission,
        ),
        this.identity.rbacEscalation,
      ]),
      hooks: [
        serviceAddresses({
          ...env,
          reader,
          serviceSubnets: options.serviceSubnet.split(','),
          ...(options.nodePorts && { nodePorts: options.nodePorts }),
        }),
      ],
      minWatchSeconds: limits.minWatchSeconds,
      watchRng: seededRng(env.rng.below(2 ** 32)),
      ...(options.eventTtlSeconds !== undefined && { eventTtlSeconds: options.eventTtlSeconds }),
      ...(connector && { connector }),
    };
    const paths = pathHandlers([
      discoveryPaths(this.kinds, { serverAddress: options.externalAddress }),
      openApiPaths(this.kinds),
      versionPath(),
      healthPaths([
        pingCheck,
        { name: 'etcd', check: () => this.#storeHealth() },
        { name: 'poststarthook/rbac/bootstrap-roles', check: () => this.#startHealth(), at: ['healthz', 'readyz'] },
      ]),
      metricsPath(metrics),
      openIdPaths(this.identity.openId),
      indexPath(this.kinds, ['/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3', '/openid/v1/jwks', '/readyz', '/version']),
    ]);
    const serve = (call: ApiCall, context: CallContext): Promise<ApiResult> =>
      'resource' in call ? dispatch(call, context, deps) : Promise.resolve(paths(call, context)).then((answer) => answer!);
    this.call = chain({ ...env, identity: this.identity, limits, observer: observerOf(metrics), ...(audit && { audit }) }, serve);
    if (limits.compactionIntervalMs > 0) this.#stopCompactor = startCompactor(store, env.clock, env.log, limits.compactionIntervalMs);
  }

  readonly kinds = (): KindRegistry => this.#custom.kinds();

  async start(): Promise<void> {
    const { rbac, nodes } = this.identity;
    const cacheOf = (kind: Kind) => this.#storages.of(kind).cache;
    const core = (plural: string, group = '') => this.#registry.preferred(group, plural)!;
    await Promise.all([
      this.#custom.start(),
      followRbac(cacheOf, rbac),
      followNodes(
        cacheOf,
        {
          pod: core('pods'),
          persistentVolume: core('persistentvolumes'),
          volumeAttachment: core('volumeattachments', 'storage.k8s.io'),
          resourceSlice: core('resourceslices', 'resource.k8s.io'),
        },
        nodes,
      ),
    ]);
    await ensureSystemNamespaces(this.call);
    await ensurePolicy(this.#options.env.clock, rbac, policyWriter(this.call), bootstrapPolicy);
    this.#ready = true;
  }

  [Symbol.dispose](): void {
    this.#stopCompactor();
    this.#storages.stop(serviceUnavailable('the server is shutting down'));
  }

  *#storedObjects(): Iterable<GroupResource & { readonly count: number }> {
    for (const { family, cache } of this.#storages.all())
      yield { group: family.kind.group, resource: family.kind.plural, count: cache.objects.size };
  }

  #storeHealth() {
    const { failure } = this.#options.store.status();
    return failure ? { ok: false as const, reason: failure.message } : { ok: true as const };
  }

  #startHealth() {
    return this.#ready ? { ok: true as const } : { ok: false as const, reason: 'not finished' };
  }
}

function readerOf(storages: Storages): ObjectReader {
  return {
    async get<O extends KubeObject>(kind: Kind<O>, namespace: string | undefined, name: string) {
      const storage = storages.of(kind);
      const found = await storage.get(storage.keyOf(namespace, name));
      return found?.as(kind).object as O | undefined;
    },
    async list<O extends KubeObject>(kind: Kind<O>, namespace?: string) {
      const storage = storages.of(kind);
      if (!storage.cache.isCurrent) await storage.cache.current();
      if (storage.cache.objects.size === 0) return [];
      return Array.from(storage.cache.objects.scan(rangeOf(storage.family.space, namespace)), (object) => object.as(kind).object as O);
    },
  };
}
