/** The library: a cluster in the caller's own process. */
import { silentLog, type Log } from '../base/log.ts';
import type { ApiServer } from '../api/call.ts';
import type { Kind } from '../api/kind.ts';
import { allKinds } from '../api/kinds/all.ts';
import { apiVersionOf, type KubeObject } from '../api/meta.ts';
import type { Client } from '../client/client.ts';
import { stringifyYaml } from '../codec/yaml.ts';
import type { ComponentArgs } from './component-args.ts';
import { startControlPlane } from './control-plane.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import { defaultNodes, defaultServiceSubnet } from './spec.ts';
import { startVirtualCluster, type VirtualCluster, type VirtualClusterOptions } from './virtual-cluster.ts';

export type { ComponentArgs, VirtualCluster, VirtualClusterOptions };

export interface ClusterOptions extends ComponentArgs {
  /** Names the cluster in its kubeconfig, and its nodes; `slipway` when absent. */
  readonly name?: string;
  /** Worker nodes beside the control plane, simulated; 0 when absent. */
  readonly workers?: number;
  /** More nodes, by the thousand where that is wanted, called `NAME-sim-1` and so on; 0 when absent. */
  readonly simNodes?: number;
  /** Folder for the data, kept between starts. In memory when absent. */
  readonly dataDir?: string;
  /** Port on loopback; any free one when absent or 0. */
  readonly apiPort?: number;
  /** kube-apiserver's `--runtime-config`, such as `{ 'api/beta': 'true' }`. */
  readonly runtimeConfig?: Readonly<Record<string, string>>;
  /** Takes the log; nothing is logged when absent. */
  readonly log?: Log;
}

/** A running cluster. `await using` stops it at the end of the block. */
export interface Cluster extends AsyncDisposable {
  readonly name: string;
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** The administrator's kubeconfig, as text: for kubectl, and for `KubeConfig.loadFromString` of @kubernetes/client-node. */
  readonly kubeconfig: string;
  /** For `KubeConfig.loadFromOptions` of @kubernetes/client-node. */
  readonly clientNode: ClientNodeConfig;
  /** A typed client without a socket between, with an administrator's rights. */
  readonly client: Client;
  /** The API server itself, a function. */
  readonly api: ApiServer;
  /** Pulls a node's plug: what runs there is gone, and nobody is told. Throws for a name that no node has. */
  powerOff(node: string): Promise<void>;
  powerOn(node: string): Promise<void>;
  stop(): Promise<void>;
}

/** What a cluster's `client` is told of the kind of objects it is to work with: `kindOf('apps/v1', 'Deployment')`. Throws for one that is none of Kubernetes' own. */
export function kindOf<O extends KubeObject = KubeObject>(apiVersion: string, kind: string): Kind<O> {
  const found = allKinds.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
  if (!found) throw new RangeError(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
  return found;
}

/** How `@kubernetes/client-node` writes a kubeconfig down. */
export interface ClientNodeConfig {
  readonly clusters: readonly {
    readonly name: string;
    readonly server: string;
    readonly caData: string;
    readonly skipTLSVerify: boolean;
  }[];
  readonly users: readonly { readonly name: string; readonly certData: string; readonly keyData: string }[];
  readonly contexts: readonly { readonly name: string; readonly cluster: string; readonly user: string }[];
  readonly currentContext: string;
}

/**
 * Starts a cluster in this process: with a port on loopback and the real time, or, with
 * `clock: 'virtual'`, on time of its own. Resolves when its API answers and its nodes have
 * registered. Any number may run at once.
 */
export function startCluster(options?: ClusterOptions): Promise<Cluster>;
export function startCluster(options: VirtualClusterOptions): Promise<VirtualCluster>;
export function startCluster(options: ClusterOptions | VirtualClusterOptions = {}): Promise<Cluster | VirtualCluster> {
  return 'clock' in options && options.clock === 'virtual' ? startVirtualCluster(options) : startRealCluster(options);
}

async function startRealCluster(options: ClusterOptions): Promise<Cluster> {
  const { name = 'slipway', workers = 0, simNodes = 0, dataDir, apiPort = 0, runtimeConfig = {}, log = silentLog } = options;
  const { apiServer, controllerManager, scheduler } = options;
  const life = new AbortController();
  const plane = await startControlPlane({
    spec: {
      name,
      apiAddress: '127.0.0.1',
      apiPort,
      nodes: defaultNodes(name, workers),
      simNodes,
      dataFolder: dataDir ?? '',
      runtimeConfig,
      serviceSubnet: defaultServiceSubnet,
      args: { ...(apiServer && { apiServer }), ...(controllerManager && { controllerManager }), ...(scheduler && { scheduler }) },
    },
    inMemory: dataDir === undefined,
    ...(dataDir !== undefined && { pkiFolder: `${dataDir}/pki` }),
    log,
    signal: life.signal,
  });
  const stop = async () => {
    life.abort();
    await plane[Symbol.asyncDispose]();
  };
  return {
    name,
    server: plane.server,
    kubeconfig: stringifyYaml(plane.kubeconfig),
    clientNode: clientNodeConfig(plane.kubeconfig),
    client: plane.client,
    api: plane.api.call,
    powerOff: async (node) => plane.nodes.node(node).powerOff(),
    powerOn: async (node) => plane.nodes.node(node).powerOn(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function clientNodeConfig(kubeconfig: Kubeconfig): ClientNodeConfig {
  const [cluster] = kubeconfig.clusters!;
  const [user] = kubeconfig.users!;
  const [context] = kubeconfig.contexts!;
  const { server, 'certificate-authority-data': caData } = cluster!.cluster as Readonly<Record<string, string>>;
  const { 'client-certificate-data': certData, 'client-key-data': keyData } = user!.user as Readonly<Record<string, string>>;
  return {
    clusters: [{ name: cluster!.name, server: server!, caData: caData!, skipTLSVerify: false }],
    users: [{ name: user!.name, certData: certData!, keyData: keyData! }],
    contexts: [{ name: context!.name, cluster: cluster!.name, user: user!.name }],
    currentContext: context!.name,
  };
}
