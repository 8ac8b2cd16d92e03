import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { caPem, rawConnection } from '../../test/loopback.ts';
import { frame, pod, servedApi, type ServedApi } from '../../test/served-api.ts';
import type { WatchFrame, WatchSink } from '../api/call.ts';
import { expired, type ApiError } from '../api/errors.ts';
import { text } from '../codec/bytes.ts';

/** An API whose only answer is a watch that the test feeds. */
async function watchedApi() {
  const log: string[] = [];
  const begun = Promise.withResolvers<WatchSink>();
  const api = await servedApi(() =>
    Promise.resolve({
      type: 'watch',
      start: (sink) => {
        begun.resolve(sink);
        return { resume: () => void log.push('resume'), cancel: () => void log.push('cancel') };
      },
    }),
  );
  return { api, log, begun: begun.promise };
}

const line = '/api/v1/pods?watch=1';

async function linesOf(api: ServedApi, begun: Promise<WatchSink>, accept: string, frames: WatchFrame[], error?: ApiError, query = '') {
  const sending = api.http.send({ method: 'GET', path: line + query, headers: { accept } });
  const sink = await begun;
  for (const one of frames) sink.frame(one);
  sink.end(error);
  const response = await sending;
  assert.equal(response.header('content-type'), 'application/json');
  const all = text(await response.bytes()).trim();
  return all === '' ? [] : all.split('\n').map((one) => JSON.parse(one) as { type: string; object: Record<string, unknown> });
}

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const frames = [
  frame('ADDED', pod('a')),
  frame('MODIFIED', pod('a')),
  frame('BOOKMARK', { ...pod(''), metadata: { resourceVersion: '9' } }),
];

test('frames are lines, and an error is the last of them', async () => {
  const { api, begun } = await watchedApi();
  const lines = await linesOf(api, begun, 'application/json', frames, expired('too old resource version: 1 (5)'));
  assert.deepEqual(
    lines.map(({ type, object }) => [type, object['kind'], object['code']]),
    [
      ['ADDED', 'Pod', undefined],
      ['MODIFIED', 'Pod', undefined],
      ['BOOKMARK', 'Pod', undefined],
      ['ERROR', 'Status', 410],
    ],
  );
  await api[Symbol.asyncDispose]();
});

test('tables name their columns once, bookmarks are rows too, and an error is a Status all the same', async () => {
  const { api, begun } = await watchedApi();
  const lines = await linesOf(api, begun, table, frames, expired('too old'));
  assert.deepEqual(
    lines.map(({ object }) => [object['kind'], object['columnDefinitions'] === null, (object['rows'] as unknown[] | undefined)?.length]),
    [
      ['Table', false, 1],
      ['Table', true, 1],
      ['Table', true, 1],
      ['Status', false, undefined],
    ],
  );
  await api[Symbol.asyncDispose]();
});

test('ages in a table’s rows are those at the time of each event, not at the watch’s beginning', async ({ mock }) => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { api, begun } = await watchedApi();
  const young = { ...pod('a'), metadata: { ...pod('a').metadata, creationTimestamp: new Date().toISOString() } };
  const sending = api.http.send({ method: 'GET', path: line, headers: { accept: table } });
  const sink = await begun;
  sink.frame(frame('ADDED', young));
  mock.timers.setTime(Date.now() + 65_000);
  sink.frame(frame('MODIFIED', young));
  sink.end();
  const lines = text(await (await sending).bytes())
    .trim()
    .split('\n');
  const ages = lines.map((one) => (JSON.parse(one) as { object: { rows: { cells: unknown[] }[] } }).object.rows[0]!.cells.at(-1));
  assert.deepEqual(ages, ['0s', '65s']);
  await api[Symbol.asyncDispose]();
});

test('the mark after initial events is in a table’s row even without objects', async () => {
  const { api, begun } = await watchedApi();
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  const mark = frame('BOOKMARK', { ...pod(''), metadata: { resourceVersion: '9', annotations } });
  const lines = await linesOf(api, begun, table, [frames[0]!, mark], undefined, '&includeObject=None');
  const objects = lines.map(({ object }) => (object['rows'] as { object: { metadata: { annotations?: object } } | null }[])[0]!.object);
  assert.equal(objects[0], null);
  assert.deepEqual(objects[1]!.metadata.annotations, annotations);
  await api[Symbol.asyncDispose]();
});

test('metadata alone', async () => {
  const { api, begun } = await watchedApi();
  const lines = await linesOf(api, begun, 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', frames.slice(0, 1));
  assert.deepEqual(lines[0]!.object, { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: pod('a').metadata });
  await api[Symbol.asyncDispose]();
});

test('bad options are refused before the watch begins', async () => {
  const { api, log } = await watchedApi();
  const response = await api.http.send({ method: 'GET', path: `${line}&includeObject=x`, headers: { accept: table } });
  assert.equal(response.status, 400);
  await response.bytes();
  assert.deepEqual(log, []);
  await api[Symbol.asyncDispose]();
});

test('a frame that cannot be written ends its own watch', async () => {
  const { api, log, begun } = await watchedApi();
  const broken: WatchFrame = {
    ...frames[0]!,
    line: () => {
      throw new Error('no such bytes');
    },
  };
  const lines = await linesOf(api, begun, '', [broken, frames[0]!]);
  assert.deepEqual(
    lines.map(({ type, object }) => [type, object['message']]),
    [['ERROR', 'Internal error occurred: no such bytes']],
  );
  assert.deepEqual(log, ['cancel']);
  await api[Symbol.asyncDispose]();
});

test('a client that goes cancels its subscription', async () => {
  const { api, log, begun } = await watchedApi();
  const raw = await rawConnection(api.port);
  raw.write(`GET ${line} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const sink = await begun;
  sink.frame(frames[0]!);
  await raw.until(/ADDED/);
  raw.destroy();
  for (let i = 0; i < 100 && log.length === 0; i++) await delay(5);
  assert.deepEqual(log, ['cancel']);
  assert.equal(sink.frame(frames[0]!), true, 'frames after the end go nowhere');
  await api[Symbol.asyncDispose]();
});

test('a slow reader pauses its subscription and nobody else’s, and memory stays flat', async () => {
  const { api, log, begun } = await watchedApi();
  const client = connectHttp2(`https://127.0.0.1:${api.port}`, { ca: caPem });
  const slow = client.request({ ':path': line });
  slow.pause();
  const sink = await begun;
  const big = frame('ADDED', pod('a', { annotations: { big: 'x'.repeat(10_000) } }));
  let written = 0;
  while (written < 1000 && sink.frame(big) !== false) written++;
  assert.ok(written < 20, `${written} frames of 10 kB without a pause`);
  // On the same connection others are served meanwhile.
  const quick = client.request({ ':path': '/api/v1/pods?watch=1', accept: 'application/yaml' });
  quick.resume();
  assert.equal(await new Promise((resolve) => quick.once('response', (headers) => resolve(headers[':status']))), 406);
  assert.deepEqual(log, []);
  slow.resume();
  for (let i = 0; i < 100 && log.length === 0; i++) await delay(5);
  assert.deepEqual(log, ['resume']);
  client.destroy();
  await api[Symbol.asyncDispose]();
});

test('a stopping server ends watches cleanly and cancels their subscriptions', async () => {
  const { api, log, begun } = await watchedApi();
  const raw = await rawConnection(api.port);
  raw.write(`GET ${line} HTTP/1.1\r\nHost: x\r\n\r\n`);
  (await begun).frame(frames[0]!);
  await raw.until(/ADDED/);
  await api[Symbol.asyncDispose]();
  assert.match(await raw.closed(), /\r\n0\r\n\r\n$/);
  assert.deepEqual(log, ['cancel']);
});
