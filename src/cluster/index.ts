/** The library: a cluster in the caller's own process. */
import { silentLog, type Log } from '../base/log.ts';
import type { ApiServer } from '../api/call.ts';
import type { Client } from '../client/client.ts';
import { stringifyYaml } from '../codec/yaml.ts';
import { startControlPlane } from './control-plane.ts';
import { defaultNodes, defaultServiceSubnet } from './spec.ts';

export interface ClusterOptions {
  /** Names the cluster in its kubeconfig, and its nodes; `slipway` when absent. */
  readonly name?: string;
  /** Worker nodes beside the control plane, simulated; 0 when absent. */
  readonly workers?: number;
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
  /** A typed client without a socket between, with an administrator's rights. */
  readonly client: Client;
  /** The API server itself, a function. */
  readonly api: ApiServer;
  stop(): Promise<void>;
}

/** Starts a cluster in this process; it listens on loopback. Resolves when its API answers. Any number may run at once. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { name = 'slipway', workers = 0, dataDir, apiPort = 0, runtimeConfig = {}, log = silentLog } = options;
  const life = new AbortController();
  const plane = await startControlPlane({
    spec: {
      name,
      apiAddress: '127.0.0.1',
      apiPort,
      nodes: defaultNodes(name, workers),
      dataFolder: dataDir ?? '',
      runtimeConfig,
      serviceSubnet: defaultServiceSubnet,
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
    client: plane.client,
    api: plane.api.call,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
