import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keep, median, round, table } from '../report.ts';
import { createsByH2load } from './h2load.ts';
import type { LoadJob, LoadResult } from './http-load.ts';
import { loadApart, program, rssOf, runApart, startSubject, type Subject } from './subject.ts';
import type { FanoutResult } from './watch-fanout.ts';

const podBody = (name: string, namespace = 'default') =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: 'bench', 'pod-template-hash': '5d4f8c7b9' } },
    spec: {
      containers: [
        { name: 'main', image: 'nginx:1.27', ports: [{ containerPort: 80 }], resources: { requests: { cpu: '100m', memory: '64Mi' } } },
      ],
    },
  });

interface Measure {
  readonly name: string;
  readonly requests: number;
  readonly job: (prefix: string) => Pick<LoadJob, 'method' | 'target' | 'contentType' | 'body'>;
}

const pods = '/api/v1/namespaces/default/pods';

/** In this order: each works on what the first made. */
const measures: readonly Measure[] = [
  {
    name: 'create',
    requests: 8000,
    job: (prefix) => ({ method: 'POST', target: pods, contentType: 'application/json', body: podBody(`${prefix}-#`) }),
  },
  { name: 'get', requests: 16_000, job: (prefix) => ({ method: 'GET', target: `${pods}/${prefix}-0` }) },
  {
    name: 'merge patch',
    requests: 8000,
    job: (prefix) => ({
      method: 'PATCH',
      target: `${pods}/${prefix}-#`,
      contentType: 'application/merge-patch+json',
      body: '{"metadata":{"annotations":{"n":"#"}}}',
    }),
  },
  {
    name: 'apply',
    requests: 4000,
    job: (prefix) => ({
      method: 'PATCH',
      target: `${pods}/${prefix}-#?fieldManager=bench&force=true`,
      contentType: 'application/apply-patch+yaml',
      body: podBody(`${prefix}-#`),
    }),
  },
  { name: 'delete', requests: 8000, job: (prefix) => ({ method: 'DELETE', target: `${pods}/${prefix}-#?gracePeriodSeconds=0` }) },
];

/** What the API server costs and gives, over TLS, on the built bundle: `npm run bench -- api`. */
const sections = [
  ['Start and rest', await startAndRest()],
  ['Requests a second', await requests()],
  ['Creates a second, by a client that leaves the machine to the server (h2load)', await fastCreates()],
  ['Lists', await lists()],
  ['Watch fan-out', await fanouts()],
];
keep('api', sections.map(([heading, text]) => `## ${heading}\n\n${text}`).join('\n\n'));

async function startAndRest(): Promise<string> {
  const first: number[] = [];
  const again: number[] = [];
  const rest: number[] = [];
  for (let n = 0; n < 5; n++) {
    const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
    first.push(await startOnce(home, async () => {}));
    again.push(
      await startOnce(home, async (pid) => {
        await sleep(3000);
        rest.push(rssOf(pid) / 2 ** 20);
      }),
    );
    rmSync(home, { recursive: true, force: true });
  }
  return table([
    ['what', 'median of 5'],
    ['process start to API answering, new cluster (makes its certificates)', `${round(median(first), 0)} ms`],
    ['process start to API answering, cluster that was there', `${round(median(again), 0)} ms`],
    ['resident memory after 3 s of rest', `${round(median(rest))} MiB`],
  ]);
}

/** Starts a cluster in the foreground; resolves to the milliseconds until it said that its API answers. */
async function startOnce(home: string, meanwhile: (pid: number) => Promise<void>): Promise<number> {
  const environment = { ...process.env, SLIPWAY_HOME: home, KUBECONFIG: join(home, 'config') };
  const startMs = performance.now();
  const child = spawn(process.execPath, [program, 'up', '--name', 'bench', '--foreground'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const said = new Promise((resolve) => child.stdout.once('data', () => resolve('up')));
  if ((await Promise.race([said, closed])) !== 'up') throw new Error('the cluster ended before its API answered');
  const elapsedMs = performance.now() - startMs;
  await meanwhile(child.pid!);
  child.kill('SIGTERM');
  await closed;
  return elapsedMs;
}

async function requests(): Promise<string> {
  await using subject = await startSubject();
  // The service's compiled code should be warm: what is asked is how it runs, not how it begins.
  await loadApart({
    ...subject.target,
    connections: 16,
    requests: 4000,
    method: 'POST',
    target: pods,
    contentType: 'application/json',
    body: podBody('warm-#'),
  });
  const rows: string[][] = [['verb', 'connections', 'a second', 'p50 ms', 'p99 ms', 'statuses']];
  for (const connections of [1, 16, 128]) {
    for (const { name, requests: count, job } of measures) {
      const share = connections === 1 ? 4 : 1;
      const result = await loadApart({ ...subject.target, connections, requests: Math.floor(count / share), ...job(`c${connections}`) });
      rows.push([
        name,
        String(connections),
        round(result.perSecond, 0),
        round(result.p50Ms, 2),
        round(result.p99Ms, 2),
        statusesOf(result),
      ]);
    }
  }
  return table(rows);
}

function statusesOf({ statuses }: LoadResult): string {
  return Object.entries(statuses)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');
}

async function fastCreates(): Promise<string> {
  await using subject = await startSubject();
  return (await createsByH2load(subject)) ?? 'h2load is not installed here: not measured.';
}

async function lists(): Promise<string> {
  await using subject = await startSubject();
  const before = subject.rssBytes();
  const rows: string[][] = [['pods', 'as', 'p50 ms', 'bytes']];
  let memory = '';
  let made = 0;
  for (const count of [10_000, 100_000]) {
    await loadApart({
      ...subject.target,
      connections: 32,
      requests: count - made,
      first: made,
      method: 'POST',
      target: pods,
      contentType: 'application/json',
      body: podBody('p-#'),
    });
    made = count;
    await sleep(2000);
    memory = `${round((subject.rssBytes() - before) / count, 0)} bytes of resident memory a stored pod (${count} pods of ${podBody('p-12345').length} bytes as sent)`;
    rows.push(...(await listRows(subject, count)));
  }
  return `${table(rows)}\n\n${memory}`;
}

async function listRows(subject: Subject, count: number): Promise<string[][]> {
  const asked = { ...subject.target, connections: 1, requests: count > 50_000 ? 5 : 15, method: 'GET' };
  const json = await loadApart({ ...asked, target: '/api/v1/pods' });
  const asTable = await loadApart({ ...asked, target: '/api/v1/pods', accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
  const page = await loadApart({ ...asked, target: '/api/v1/pods?limit=500' });
  return [
    [String(count), 'JSON', round(json.p50Ms), String(json.bytes / asked.requests)],
    [String(count), 'Table', round(asTable.p50Ms), String(asTable.bytes / asked.requests)],
    [String(count), 'JSON, limit 500', round(page.p50Ms), String(page.bytes / asked.requests)],
  ];
}

async function fanouts(): Promise<string> {
  const rows: string[][] = [['watchers', 'opened in s', 'create to last watcher p50 ms', 'p99 ms', 'frames a second']];
  for (const watchers of [1000, 10_000]) {
    await using subject = await startSubject();
    const { openSeconds, p50Ms, p99Ms, framesPerSecond } = await runApart<FanoutResult>('watch-fanout.ts', {
      target: subject.target,
      watchers,
      // As many as the server lets one connection have; more would wait for ever.
      streamsPerConnection: 100,
      events: watchers > 5000 ? 20 : 50,
      namespace: 'default',
    });
    rows.push([String(watchers), round(openSeconds), round(p50Ms), round(p99Ms), round(framesPerSecond, 0)]);
  }
  return table(rows);
}
