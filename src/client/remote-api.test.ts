import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { encodable, frame, objectResult, pod, podList, servedApi } from '../../test/served-api.ts';
import type { ApiCall, ApiResult, ApiServer, NonResourceCall, ResourceCall, WatchFrame } from '../api/call.ts';
import { ApiError, conflict, expired } from '../api/errors.ts';
import { text, utf8 } from '../codec/bytes.ts';
import { remoteApi, resourcePath } from './remote-api.ts';

const credentials = { by: 'token', token: 't' } as const;
const pods = { group: '', version: 'v1', resource: 'pods', namespace: 'default' };
const podA = { ...pods, name: 'a' };

/** Results without functions, to be compared. */
async function plain(result: ApiResult): Promise<unknown> {
  switch (result.type) {
    case 'object':
      return { ...result, value: result.value.object };
    case 'list':
      return { ...result, list: { ...result.list, items: result.list.items.map((item) => item.object) } };
    case 'bytes': {
      const chunks: Uint8Array[] = [];
      if (result.body instanceof Uint8Array) chunks.push(result.body);
      else for await (const chunk of result.body) chunks.push(chunk);
      return { ...result, body: Buffer.concat(chunks).toString() };
    }
    case 'watch':
    case 'upgrade':
      return result.type;
  }
}

const outcome = async (api: ApiServer, call: ApiCall): Promise<unknown> => {
  try {
    return await plain(await api(call));
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    return error.status;
  }
};

/** Drops what only says nothing. */
const compact = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_name, member: unknown) =>
      member instanceof Map ? [...member] : typeof member === 'bigint' ? `${member} exactly` : member,
    ),
  );

const answers: ApiServer = async (call) => {
  await Promise.resolve();
  if ('path' in call) {
    if (call.path === '/gone') throw new ApiError(410, 'Gone', 'gone');
    return { type: 'bytes', code: 200, contentType: 'text/plain', body: utf8(call.path), etag: '"e"' };
  }
  switch (call.verb) {
    case 'list':
      return { type: 'list', list: podList('a', 'b'), warnings: ['old', 'a "dün" one'] };
    case 'get':
      if (call.resource.subresource === 'log') return { type: 'bytes', code: 200, contentType: 'text/plain', body: lines() };
      return objectResult(pod('a', { annotations: { big: 9007199254740993n } }));
    case 'create':
      return { type: 'object', code: 201, value: encodable(pod('a')) };
    case 'deletecollection':
      return { type: 'list', list: podList('a') };
    case 'update':
      throw conflict({ group: '', resource: 'pods' }, 'a', 'no');
    default:
      return objectResult(pod('a'));
  }
};

async function* lines() {
  yield utf8('one\n');
  await delay(5);
  yield utf8('two\n');
}

const object = pod('a');
const calls: [ResourceCall | NonResourceCall, string[]][] = [
  [{ credentials, verb: 'get', resource: podA, options: { resourceVersion: '0' } }, []],
  [{ credentials, verb: 'get', resource: { ...podA, subresource: 'log' }, options: { query: new Map([['container', ['c', 'd']]]) } }, []],
  [{ credentials, verb: 'list', resource: pods, options: { labelSelector: 'a in (b,c)', limit: 5, resourceVersion: '3' } }, ['options']],
  [{ credentials, verb: 'list', resource: { group: 'apps', version: 'v1', resource: 'deployments' } }, []],
  [{ credentials, verb: 'create', resource: pods, body: { object }, options: { dryRun: ['All'], fieldManager: 'm' } }, ['options']],
  [{ credentials, verb: 'update', resource: { ...podA, subresource: 'status' }, body: { object } }, []],
  [
    { credentials, verb: 'patch', resource: podA, patchType: 'apply', body: { object }, options: { force: true, fieldManager: 'm' } },
    ['options', 'patchType'],
  ],
  [{ credentials, verb: 'patch', resource: podA, patchType: 'json', body: { object: [] } }, ['patchType']],
  [{ credentials, verb: 'delete', resource: podA, options: { gracePeriodSeconds: 0, preconditions: { uid: 'u' } } }, []],
  [
    { credentials, verb: 'deletecollection', resource: pods, list: { labelSelector: 'a=b' }, options: { propagationPolicy: 'Orphan' } },
    ['list'],
  ],
  [{ credentials, verb: 'get', path: '/healthz/ä b', query: new Map([['verbose', ['']]]), accept: [] }, ['path']],
  [{ credentials, verb: 'get', path: '/gone', query: new Map(), accept: ['text/plain'] }, ['path', 'accept']],
];

test('a remote API answers as the one behind it, and that one sees the same call', async () => {
  await using served = await servedApi(answers);
  const remote = remoteApi(served.http);
  for (const [call, same] of calls) {
    const [far, near] = [await outcome(remote, call), await outcome(answers, call)];
    assert.deepEqual(compact(far), compact(near), JSON.stringify(call));
    const seen = served.calls.at(-1)! as ApiCall & Record<string, unknown>;
    assert.equal(seen.verb, call.verb);
    assert.deepEqual(seen.credentials, credentials);
    if ('resource' in call) assert.deepEqual((seen as ResourceCall).resource, call.resource);
    for (const field of same) assert.deepEqual(compact(seen[field]), compact((call as unknown as Record<string, unknown>)[field]), field);
  }
});

test('whom to act as, and who asks, cross the wire whatever letters they have', async () => {
  await using served = await servedApi(answers);
  const impersonate = { name: 'jöe', uid: 'u', groups: ['a, b', 'grün'], extra: { 'acme.io/x': ['1', '2'] } };
  await remoteApi(served.http)({ credentials, verb: 'get', resource: podA, impersonate, userAgent: 'tést/1', auditId: 'mine' });
  const seen = served.calls[0]!;
  assert.deepEqual([seen.impersonate, seen.userAgent, seen.auditId], [impersonate, 'tést/1', 'mine']);
});

test('watches bring frames, bookmarks and a last error', async () => {
  const frames = [frame('ADDED', pod('a')), frame('BOOKMARK', pod('')), frame('DELETED', pod('a'))];
  await using served = await servedApi(() =>
    Promise.resolve({
      type: 'watch',
      start: (sink) => {
        for (const one of frames) sink.frame(one);
        sink.end(expired('too old'));
        return { resume() {}, cancel() {} };
      },
    }),
  );
  const result = await remoteApi(served.http)({ credentials, verb: 'watch', resource: pods, options: { allowWatchBookmarks: true } });
  assert.ok(result.type === 'watch');
  const seen: WatchFrame[] = [];
  const error = await new Promise<ApiError | undefined>((resolve) => result.start({ frame: (one) => void seen.push(one), end: resolve }));
  assert.deepEqual(
    seen.map((one) => [one.type, one.object, text(one.line())]),
    frames.map((one) => [one.type, one.object, text(one.line())]),
  );
  assert.deepEqual(error?.status, expired('too old').status);
});

test('a watch pauses when its sink says so, and cancel ends it at both ends', async () => {
  const cancelled = Promise.withResolvers<void>();
  await using served = await servedApi((call) =>
    Promise.resolve({
      type: 'watch',
      start: (sink) => {
        for (const name of ['a', 'b', 'c']) sink.frame(frame('ADDED', pod(name)));
        call.signal!.addEventListener('abort', () => cancelled.resolve());
        return { resume() {}, cancel() {} };
      },
    }),
  );
  const result = await remoteApi(served.http)({ credentials, verb: 'watch', resource: pods });
  assert.ok(result.type === 'watch');
  const seen: unknown[] = [];
  const subscription = result.start({
    frame: ({ object: { metadata } }) => {
      seen.push(metadata.name);
      return false;
    },
    end: () => void seen.push('end'),
  });
  await delay(30);
  assert.deepEqual(seen, ['a']);
  subscription.resume();
  await delay(30);
  assert.deepEqual(seen, ['a', 'b']);
  subscription.cancel();
  await cancelled.promise;
  await delay(10);
  assert.deepEqual(seen, ['a', 'b'], 'nothing comes after cancel');
});

test('a connection that breaks is an error without a code, also under a watch', async () => {
  const served = await servedApi(() =>
    Promise.resolve({
      type: 'watch',
      start: (sink) => {
        sink.frame({ ...frame('ADDED', pod('a')), line: () => utf8('{"type":"ADDED","object":{"metadata":{}}}\n{"half') });
        return { resume() {}, cancel() {} };
      },
    }),
  );
  const remote = remoteApi(served.http);
  const result = await remote({ credentials, verb: 'watch', resource: pods });
  assert.ok(result.type === 'watch');
  const ended = new Promise<ApiError | undefined>((resolve) => result.start({ frame() {}, end: resolve }));
  await served[Symbol.asyncDispose]();
  const error = await ended;
  assert.ok(error === undefined || error.code === 0);
  await assert.rejects(
    remote({ credentials, verb: 'get', resource: podA }),
    (refused) => refused instanceof ApiError && refused.code === 0,
  );
});

test('what is no Status is said as it came', async () => {
  await using served = await servedApi(() =>
    Promise.resolve({ type: 'bytes', code: 502, contentType: 'text/html', body: utf8('bad gateway\n') }),
  );
  await assert.rejects(
    remoteApi(served.http)({ credentials, verb: 'get', resource: podA }),
    (error) => error instanceof ApiError && error.code === 502 && error.message === 'bad gateway',
  );
});

test('resourcePath() writes what the API’s path grammar reads', () => {
  assert.equal(resourcePath({ ...podA, subresource: 'status' }), '/api/v1/namespaces/default/pods/a/status');
  assert.equal(resourcePath({ group: 'apps', version: 'v1', resource: 'deployments' }), '/apis/apps/v1/deployments');
});
