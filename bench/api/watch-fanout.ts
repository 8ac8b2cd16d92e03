/** Opens many watches over HTTP/2 and measures how soon each event reaches all of them. A process of its own, as `http-load.ts`. */
import { connect, type ClientHttp2Session } from 'node:http2';
import { load } from './http-load.ts';
import type { Target } from './subject.ts';

export interface FanoutJob {
  readonly target: Target;
  readonly watchers: number;
  readonly streamsPerConnection: number;
  /** Objects created, one after the other, each after the last has reached everyone. */
  readonly events: number;
  readonly namespace: string;
}

export interface FanoutResult {
  readonly openSeconds: number;
  /** From sending the create to the last watcher's frame. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly framesPerSecond: number;
}

let input = '';
for await (const chunk of process.stdin) input += String(chunk);
console.log(JSON.stringify(await fanout(JSON.parse(input) as FanoutJob)));
process.exit(0);

async function fanout({ target, watchers, streamsPerConnection, events, namespace }: FanoutJob): Promise<FanoutResult> {
  const counter = { frames: 0, wanted: 0, done: () => {} };
  const openedMs = performance.now();
  const sessions: ClientHttp2Session[] = [];
  for (let left = watchers; left > 0; left -= streamsPerConnection) {
    const session = await openSession(target);
    sessions.push(session);
    await Promise.all(Array.from({ length: Math.min(left, streamsPerConnection) }, () => openWatch(session, namespace, counter)));
  }
  const openSeconds = (performance.now() - openedMs) / 1000;

  const latencies: number[] = [];
  const startMs = performance.now();
  for (let n = 0; n < events; n++) {
    const reached = new Promise<void>((resolve) => (counter.done = resolve));
    counter.wanted = counter.frames + watchers;
    const sentMs = performance.now();
    await load({
      ...target,
      connections: 1,
      requests: 1,
      first: n,
      method: 'POST',
      target: `/api/v1/namespaces/${namespace}/configmaps`,
      contentType: 'application/json',
      body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c#"},"data":{"k":"v"}}',
    });
    await reached;
    latencies.push(performance.now() - sentMs);
  }
  const seconds = (performance.now() - startMs) / 1000;
  latencies.sort((a, b) => a - b);
  for (const session of sessions) session.destroy();
  return {
    openSeconds,
    p50Ms: latencies[Math.floor(latencies.length / 2)]!,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)]!,
    framesPerSecond: (events * watchers) / seconds,
  };
}

function openSession({ host, port, caPem, certificatePem, keyPem }: Target): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const session = connect(`https://${host}:${port}`, { ca: caPem, cert: certificatePem, key: keyPem });
    session.once('connect', () => resolve(session));
    session.once('error', reject);
  });
}

function openWatch(
  session: ClientHttp2Session,
  namespace: string,
  counter: { frames: number; wanted: number; done: () => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': `/api/v1/namespaces/${namespace}/configmaps?watch=1&timeoutSeconds=3000` });
    stream.once('response', () => resolve());
    stream.once('error', reject);
    stream.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) counter.frames++;
      if (counter.frames >= counter.wanted) counter.done();
    });
  });
}
