/** Creates by h2load, a load generator in C that leaves the machine to the server. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenRequest } from '../../src/api/generated/authentication/v1.ts';
import { ServiceAccount } from '../../src/api/kinds/core/serviceaccount.ts';
import { ClusterRoleBinding } from '../../src/api/kinds/rbac/clusterrolebinding.ts';
import { remoteApi } from '../../src/client/remote-api.ts';
import { typedClient } from '../../src/client/typed-client.ts';
import { httpsClient } from '../../src/net/https-client.ts';
import { round, table } from '../report.ts';
import type { Subject, Target } from './subject.ts';

const bodies = {
  configmaps: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'c-' }, data: { a: 'b' } },
  pods: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'p-', labels: { app: 'bench' } },
    spec: { containers: [{ name: 'main', image: 'nginx:1.27', resources: { requests: { cpu: '100m', memory: '64Mi' } } }] },
  },
};

/** undefined where h2load is not installed (Debian's nghttp2-client has it). */
export async function createsByH2load(subject: Subject): Promise<string | undefined> {
  if (!isInstalled()) return undefined;
  const token = await administratorsToken(subject.target);
  const rows: string[][] = [['created', 'connections', 'a second', 'mean ms', 'failed']];
  for (const [resource, body] of Object.entries(bodies)) {
    await run(subject.target, token, resource, body, 128, 5_000);
    for (const connections of [16, 128]) {
      const { perSecond, meanMs, failed } = await run(subject.target, token, resource, body, connections, 20_000);
      rows.push([resource, String(connections), round(perSecond, 0), meanMs, String(failed)]);
    }
  }
  return table(rows);
}

function isInstalled(): boolean {
  try {
    execFileSync('h2load', ['--version']);
    return true;
  } catch {
    return false;
  }
}

/** h2load shows no client certificate, but sends any header. */
async function administratorsToken({ host, port, caPem, certificatePem, keyPem }: Target): Promise<string> {
  using http = httpsClient({ server: `https://${host}:${port}`, caPem, certificatePem, keyPem });
  const client = typedClient({ api: remoteApi(http), credentials: { by: 'nothing' } });
  const account = { namespace: 'kube-system', name: 'bench' };
  await client.create(ServiceAccount, { metadata: account });
  await client.create(ClusterRoleBinding, {
    metadata: { name: 'bench' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  });
  const asked = { metadata: {}, spec: { expirationSeconds: 7200 } };
  const at = { group: '', version: 'v1', resource: 'serviceaccounts', ...account, subresource: 'token' };
  return (await client.createSub<TokenRequest>(at, asked)).status.token!;
}

interface Run {
  readonly perSecond: number;
  readonly meanMs: string;
  readonly failed: number;
}

async function run(target: Target, token: string, resource: string, body: object, connections: number, requests: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const file = join(folder, 'body.json');
  writeFileSync(file, JSON.stringify(body));
  const url = `https://${target.host}:${target.port}/api/v1/namespaces/default/${resource}`;
  const headers = ['-H', `Authorization: Bearer ${token}`, '-H', 'Content-Type: application/json'];
  const output = await new Promise<string>((resolve, reject) => {
    const args = ['--h1', '-n', String(requests), '-c', String(connections), '-m', '1', '-t', '1', '-d', file, ...headers, url];
    execFile('h2load', args, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
  rmSync(folder, { recursive: true });
  const good = Number(/status codes: (\d+) 2xx/.exec(output)?.[1]);
  const mean = /time for request:\s+\S+\s+\S+\s+(\S+)/.exec(output)?.[1] ?? '';
  return { perSecond: Number(/finished in .*?, ([\d.]+) req\/s/.exec(output)?.[1]), meanMs: mean, failed: requests - good };
}
