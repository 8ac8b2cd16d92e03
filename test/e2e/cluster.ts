import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/base/log.ts';
import type { Client } from '../../src/client/client.ts';
import { startControlPlane } from '../../src/cluster/control-plane.ts';
import { startCluster, type Cluster, type ClusterOptions } from '../../src/cluster/index.ts';
import { defaultNodes, defaultServiceSubnet } from '../../src/cluster/spec.ts';
import { stringifyYaml } from '../../src/codec/yaml.ts';
import { fastClock } from './fast-clock.ts';

/** A cluster that clients from outside can reach. */
export interface ReachableCluster extends AsyncDisposable {
  /** A folder of the test's own, gone with the cluster. */
  readonly folder: string;
  /** The administrator's kubeconfig, in that folder. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** With an administrator's rights, without a socket between. */
  readonly client: Client;
}

export interface TestCluster extends ReachableCluster {
  readonly cluster: Cluster;
}

/** A cluster in this process on a free port of loopback, in memory unless told otherwise. */
export async function testCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const cluster = await startCluster(options);
  const { client, server } = cluster;
  return { ...within(cluster.kubeconfig, async () => cluster[Symbol.asyncDispose]()), client, server, cluster };
}

/** The same in memory, with time that goes `speed` times as fast as the machine's. Clients from outside keep their own. */
export async function fastCluster({ workers, speed }: { readonly workers: number; readonly speed: number }): Promise<ReachableCluster> {
  const life = new AbortController();
  const plane = await startControlPlane({
    spec: {
      name: 'slipway',
      apiAddress: '127.0.0.1',
      apiPort: 0,
      nodes: defaultNodes('slipway', workers),
      dataFolder: '',
      runtimeConfig: {},
      serviceSubnet: defaultServiceSubnet,
    },
    inMemory: true,
    log: silentLog,
    clock: fastClock(speed),
    signal: life.signal,
  });
  const stop = async () => {
    life.abort();
    await plane[Symbol.asyncDispose]();
  };
  const { client, server } = plane;
  return { ...within(stringifyYaml(plane.kubeconfig), stop), client, server };
}

function within(
  kubeconfigText: string,
  stop: () => Promise<void>,
): Pick<ReachableCluster, 'folder' | 'kubeconfig' | typeof Symbol.asyncDispose> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-e2e-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigText, { mode: 0o600 });
  return {
    folder,
    kubeconfig,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
