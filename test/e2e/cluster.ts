import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type Cluster, type ClusterOptions } from '../../src/cluster/index.ts';

export interface TestCluster extends AsyncDisposable {
  readonly cluster: Cluster;
  /** A folder of the test's own, gone with the cluster. */
  readonly folder: string;
  /** The administrator's kubeconfig, in that folder. */
  readonly kubeconfig: string;
}

/** A cluster in this process on a free port of loopback, in memory unless told otherwise. */
export async function testCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-e2e-'));
  const cluster = await startCluster(options);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
  return {
    cluster,
    folder,
    kubeconfig,
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
