import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { clockUntil, sleep, type Clock } from '../base/clock.ts';

import type { Env } from '../base/env.ts';
import type { Log } from '../base/log.ts';
import { seededRng } from '../base/rng.ts';
import type { Credentials } from '../api/call.ts';
import { allKinds } from '../api/kinds/all.ts';
import { ensureBootstrap } from '../apiserver/bootstrap.ts';
import { startApiServer, type RunningApiServer } from '../apiserver/server.ts';
import type { Client } from '../client/client.ts';
import { typedClient } from '../client/typed-client.ts';
import type { FileSystem } from '../machine/files.ts';
import { MemoryFiles } from '../machine/memory/files.ts';
import { realClock } from '../machine/real/clock.ts';
import { nodeCrypto } from '../machine/real/crypto.ts';
import { realFiles } from '../machine/real/files.ts';
import { serveHttps, type HttpsServer } from '../net/https-server.ts';
import { EmbeddedStore } from '../store/embedded-store.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { wireHandler } from '../wire/handler.ts';
import { metricsApi } from '../addons/metrics/api.ts';
import { metricsServerAccount } from '../addons/metrics/install.ts';
import type { ControllerFlags } from '../controllers/flags.ts';
import { settingsOf, type ComponentSettings } from './component-args.ts';
import { startComponents, type Components } from './components.ts';
import { serviceAccount } from './controllers.ts';
import { contextName } from './home.ts';
import { kubeconfigFor, type Kubeconfig } from './kubeconfig.ts';
import { nodeAddress, SimulatedNodes } from './simulated-nodes.ts';
import { clientCredentials, clients, ensurePki, type ClusterPki } from './pki.ts';
import { firstAddress } from '../apiserver/service-addresses/ip-range.ts';
import { nodesOf, podSubnet, type ClusterSpec } from './spec.ts';

export interface ControlPlaneOptions {
  readonly spec: ClusterSpec;
  /** Where certificates and keys are kept; in memory, and made anew each time, when absent. */
  readonly pkiFolder?: string;
  /** Keep the data in memory only: `spec.dataFolder` is not touched. */
  readonly inMemory?: boolean;
  readonly log: Log;
  /** The machine's own when absent. Tests let time go faster. */
  readonly clock?: Clock;
  /** Gives up the start, and ends components, when it aborts. */
  readonly signal: AbortSignal;
  /** Decoded objects are frozen; for tests. */
  readonly freeze?: boolean;
}

/** A control plane in this process: store, API server, its port, and controllers. Disposal stops all and closes the store. */
export interface ControlPlane extends AsyncDisposable {
  /** `https://127.0.0.1:6443`. */
  readonly server: string;
  readonly port: number;
  readonly kubeconfig: Kubeconfig;
  readonly store: Store;
  readonly api: RunningApiServer;
  /** An administrator's client, without a socket between. */
  readonly client: Client;
  readonly nodes: SimulatedNodes;
  readonly components: Components;
  /** Resolves with the failure when the store has stopped for good; never, while all is well. */
  readonly failed: Promise<Error>;
}

/** The port of the first cluster, where nobody else has it. */
const defaultPort = 6443;

const metricsServer = serviceAccount(metricsServerAccount.name);
const administrator: Credentials = { by: 'identity', user: { name: clients.superAdmin.name, groups: clients.superAdmin.groups } };

/** Starts everything; when it resolves, the API answers. Whatever fails on the way is taken down again. */
export async function startControlPlane(asked: ControlPlaneOptions): Promise<ControlPlane> {
  const settings = settingsOf(asked.spec.args ?? {}, (path) => readFileSync(path, 'utf8'));
  const options: ControlPlaneOptions = { ...asked, spec: withSettings(asked.spec, settings) };
  const { spec, log, signal } = options;
  for (const warning of settings.warnings) log.info('A flag has no effect', { warning });
  const life = new AbortController();
  const env: Env = {
    // Whatever is stopped leaves no timer behind that would keep the process alive.
    clock: clockUntil(options.clock ?? realClock, life.signal),
    rng: seededRng(randomBytes(4).readUInt32LE()),
    crypto: nodeCrypto(),
    log,
    signal: AbortSignal.any([signal, life.signal]),
  };
  await using opened = new AsyncDisposableStack();
  opened.defer(() => life.abort());

  const [pki, store] = await Promise.all([openPki(options, env), openStore(options, env)]);
  opened.use(store);
  const listening = { port: spec.apiPort ?? 0 };
  const nodes = new SimulatedNodes(env, spec.name);
  opened.defer(() => nodes.stop());
  const api = await startApiServer({
    ...settings.server,
    env,
    store,
    kinds: allKinds,
    runtimeConfig: new Map(Object.entries(spec.runtimeConfig)),
    serviceAccountKeys: pki.serviceAccountKeys,
    externalAddress: () => `${spec.apiAddress}:${listening.port}`,
    serviceSubnet: spec.serviceSubnet,
    processFigures,
    connector: nodes.connector,
    aggregated: [metricsApi({ clock: env.clock, client: () => metricsClient, statsOf: (name) => nodes.statsOf(name) })],
    ...(options.freeze && { freeze: true }),
  });
  opened.use(api);
  const client = typedClient({ api: api.call, credentials: administrator, userAgent: 'slipway' });
  const metricsClient = typedClient({ api: api.call, credentials: metricsServer, userAgent: 'metrics-server' });
  const https = opened.use(await listen(spec, pki, api, env));
  listening.port = https.port;
  await ensureBootstrap(client, {
    // Pods would reach it at its machine's address: loopback is each pod's own.
    apiAddress: nodeAddress(0),
    apiPort: https.port,
    serviceSubnet: spec.serviceSubnet,
    clientCa: pki.ca.certificatePem,
    nowMs: env.clock.now(),
  });
  const components = await unlessAborted(
    startComponents({
      server: api,
      client,
      env,
      nodes,
      nodeSpecs: nodesOf(spec),
      flags: { ...controllerFlags(spec, pki), ...settings.flags },
      ...(settings.controllers && { controllers: settings.controllers }),
      ...(settings.scheduler && { schedulerConfig: settings.scheduler }),
    }),
    env.signal,
  );

  const server = `https://${spec.apiAddress.includes(':') ? `[${spec.apiAddress}]` : spec.apiAddress}:${https.port}`;
  const held = opened.move();
  return {
    server,
    port: https.port,
    kubeconfig: adminKubeconfig(spec, server, pki, env),
    store,
    api,
    client,
    nodes,
    components,
    failed: storeFailure(store, env),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Flags say more precisely what the spec says too. */
const withSettings = (spec: ClusterSpec, { serviceSubnet = spec.serviceSubnet, runtimeConfig }: ComponentSettings): ClusterSpec => ({
  ...spec,
  serviceSubnet,
  runtimeConfig: { ...spec.runtimeConfig, ...runtimeConfig },
});

function controllerFlags(spec: ClusterSpec, { ca }: ClusterPki): Partial<ControllerFlags> {
  const { certificatePem, privateKeyPem } = ca;
  return {
    rootCaPem: certificatePem,
    ...(privateKeyPem !== undefined && { clusterSigning: { certificatePem, privateKeyPem } }),
    clusterCidr: podSubnet(nodesOf(spec).length),
  };
}

function processFigures() {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentMemoryBytes: process.memoryUsage.rss(),
    startTimeSeconds: Date.now() / 1000 - process.uptime(),
  };
}

async function openPki({ spec, pkiFolder }: ControlPlaneOptions, env: Env): Promise<ClusterPki> {
  const files: FileSystem = pkiFolder === undefined ? new MemoryFiles() : realFiles;
  const pki = await ensurePki(env, files, {
    folder: pkiFolder ?? '/etc/kubernetes/pki',
    nodeName: spec.nodes[0]?.name ?? spec.name,
    serviceAddress: firstAddress(spec.serviceSubnet.split(',')[0]!),
    advertiseAddress: nodeAddress(0),
    extraNames: ['localhost', '127.0.0.1', spec.apiAddress],
    ...(pkiFolder === undefined && { serviceAccountKeys: 'ecdsa-p256' as const }),
  });
  for (const { file, why } of pki.changes) env.log.verbose(1, 'Wrote a certificate or key', { file, why });
  return pki;
}

function openStore({ spec, inMemory }: ControlPlaneOptions, env: Env): Store | Promise<Store> {
  if (inMemory) return new MemoryStore({ env });
  return EmbeddedStore.open({ files: realFiles, folder: spec.dataFolder, env: { ...env, clock: realClock } });
}

async function listen(spec: ClusterSpec, pki: ClusterPki, api: RunningApiServer, env: Env): Promise<HttpsServer> {
  const serving = pki.leaves.get('apiserver')!;
  const bind = (port: number) =>
    serveHttps({
      host: spec.apiAddress,
      port,
      certificatePem: serving.certificatePem,
      keyPem: serving.privateKeyPem,
      clientCaPem: pki.ca.certificatePem,
      handler: wireHandler({ api: api.call, clock: env.clock, crypto: env.crypto, log: env.log }),
    });
  try {
    return await bind(spec.apiPort ?? defaultPort);
  } catch (error) {
    if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    // A port that was asked for, or that clients know already, is not exchanged for another.
    if (spec.apiPort !== undefined && spec.apiPort !== 0)
      throw new Error(`port ${spec.apiPort} on ${spec.apiAddress} is in use by another program`, { cause: error });
    return bind(0);
  }
}

function adminKubeconfig(spec: ClusterSpec, server: string, pki: ClusterPki, env: Env): Kubeconfig {
  const { certificatePem, privateKeyPem } = clientCredentials(env, pki.ca, clients.admin);
  return kubeconfigFor({
    name: contextName(spec.name),
    server,
    caPem: pki.ca.certificatePem,
    clientCertificatePem: certificatePem,
    clientKeyPem: privateKeyPem,
  });
}

/** Rejects as soon as the signal aborts: what waits for parts that have been stopped would wait for ever. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = () => reject(new Error('interrupted while starting'));
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}

/** Looks now and then: a store says that it stopped, but to nobody in particular. */
async function storeFailure(store: Store, { clock, signal }: Env): Promise<Error> {
  while (!signal.aborted) {
    const { failure } = store.status();
    if (failure) return failure;
    await sleep(clock, 1000, signal);
  }
  return new Promise(() => {});
}
