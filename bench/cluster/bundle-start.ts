import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node as NodeType } from '../../src/api/generated/core/v1.ts';
import { program, rssOf, targetOf, type Target } from '../api/subject.ts';
import { isReadyNode } from './watching.ts';

export interface BundleStart {
  /** From the start of the process until its API answered, and until each node was Ready. */
  readonly answeredMs: number;
  readonly readyMs: number;
  /** After a second of rest. */
  readonly residentMiB: number;
}

const patienceMs = 20_000;

/** Starts the built program in the foreground, as a person would, and asks over TLS until its nodes are Ready. */
export async function startBundle(workers: number): Promise<BundleStart> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const kubeconfig = join(home, 'config');
  const environment = { ...process.env, SLIPWAY_HOME: home, KUBECONFIG: kubeconfig };
  const startMs = performance.now();
  const args = [program, 'up', '--name', 'bench', '--workers', String(workers), '--foreground'];
  const child = spawn(process.execPath, args, { env: environment, stdio: 'ignore' });
  const closed = new Promise((resolve) => child.once('close', resolve));
  try {
    let answeredMs: number | undefined;
    for (;;) {
      const elapsedMs = performance.now() - startMs;
      if (elapsedMs > patienceMs || child.exitCode !== null) throw new Error('the cluster has not become ready');
      const nodes = existsSync(kubeconfig) ? await nodesOf(targetOf(readFileSync(kubeconfig, 'utf8'))).catch(() => undefined) : undefined;
      if (nodes) answeredMs ??= performance.now() - startMs;
      if (nodes?.length === workers + 1 && nodes.every(isReadyNode)) break;
      await sleep(5);
    }
    const readyMs = performance.now() - startMs;
    await sleep(1000);
    return { answeredMs: answeredMs!, readyMs, residentMiB: rssOf(child.pid!) / 2 ** 20 };
  } finally {
    child.kill('SIGTERM');
    await closed;
    rmSync(home, { recursive: true, force: true });
  }
}

function nodesOf({ host, port, caPem, certificatePem, keyPem }: Target): Promise<readonly NodeType[]> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path: '/api/v1/nodes', ca: caPem, cert: certificatePem, key: keyPem }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve((JSON.parse(body) as { items: NodeType[] }).items));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}
