import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import { rawConnection } from '../../test/loopback.ts';
import { objectResult, pod, podList, servedApi, type ServedApi } from '../../test/served-api.ts';
import { badRequest } from '../api/errors.ts';
import { utf8 } from '../codec/bytes.ts';

let api: ServedApi;
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown) => void unhandled.push(reason);

describe('hostile', () => {
  before(async () => {
    process.on('unhandledRejection', onUnhandled);
    api = await servedApi((call) => {
      if ('path' in call) return Promise.resolve({ type: 'bytes', code: 200, contentType: 'text/plain', body: utf8(call.path) });
      if (call.verb === 'list') return Promise.resolve({ type: 'list', list: podList('a') });
      if (call.verb === 'watch') return Promise.resolve({ type: 'watch', start: (sink) => (sink.end(), { resume() {}, cancel() {} }) });
      if (call.verb === 'connect') return Promise.reject(badRequest('no'));
      return Promise.resolve(objectResult(pod('a'), { warnings: [call.resource.resource] }));
    });
  });

  after(async () => {
    await api[Symbol.asyncDispose]();
    process.off('unhandledRejection', onUnhandled);
    assert.deepEqual(unhandled, []);
  });

  /** Sends bytes, says that no more come, and resolves to what came back until the server closed. */
  async function exchange(bytes: string | Uint8Array): Promise<string> {
    const raw = await rawConnection(api.port);
    raw.socket.on('error', () => {});
    raw.write(bytes);
    raw.socket.end();
    return raw.closed();
  }

  async function stillAnswers(): Promise<void> {
    const response = await api.http.send({ method: 'GET', path: '/api/v1/pods', headers: {} });
    await response.bytes();
    assert.equal(response.status, 200);
  }

  const runs = { numRuns: 60, interruptAfterTimeLimit: 1500, markInterruptAsFailure: false };

  test('random bytes are answered or cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const answer = await exchange(bytes);
        assert.match(answer, /^($|HTTP\/1\.1 (4\d\d|200) )/);
      }),
      runs,
    );
    await stillAnswers();
  });

  const token = fc.string({ unit: fc.constantFrom(...'abcXYZ-_%0123456789'.split('')), minLength: 1, maxLength: 20 });
  const visible = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 60 });
  const headerName = fc.oneof(
    token,
    fc.constantFrom('Accept', 'Content-Type', 'Authorization', 'Impersonate-User', 'Impersonate-Group', 'Impersonate-Extra-%zz', 'Expect'),
    fc.constantFrom('Content-Length', 'Transfer-Encoding', 'Connection', 'Upgrade', 'If-None-Match', 'Audit-Id', 'User-Agent', '__proto__'),
  );
  const head = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'FOO', 'get'),
    target: fc.string({
      unit: fc.constantFrom(...'//?&=%.;+#'.split(''), 'api', 'apis', 'v1', 'watch', 'namespaces', 'pods', 'exec', '%zz', '%2f', '%ff'),
      maxLength: 20,
    }),
    headers: fc.array(fc.tuple(headerName, visible), { maxLength: 6 }),
    body: visible,
  });

  test('random request heads are answered or cut off', async () => {
    await fc.assert(
      fc.asyncProperty(head, async ({ method, target, headers, body }) => {
        const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
        const answer = await exchange(Buffer.from(`${method} /${target} HTTP/1.1\r\nHost: x\r\n${lines}\r\n${body}`, 'latin1'));
        // Nothing this fake does can fail, so a 500 would be the wire's own.
        assert.match(answer, /^($|HTTP\/1\.1 (1|2|3|4)\d\d )/);
      }),
      runs,
    );
    await stillAnswers();
  });

  test('random paths, queries and bodies get a Status or an answer over a proper client', async () => {
    const segment = fc.oneof(
      fc.constantFrom('api', 'apis', 'v1', 'pods', 'namespaces', 'watch', 'proxy', '..', '.', ''),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    const query = fc.array(
      fc.tuple(fc.constantFrom('limit', 'watch', 'timeout', 'pretty', 'includeObject', 'fieldSelector', 'export', 'x'), fc.string()),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
        fc.array(segment, { maxLength: 8 }),
        query,
        fc.jsonValue(),
        async (method, segments, pairs, body) => {
          const path = `/${segments.map(encodeURIComponent).join('/')}?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
          const response = await api.http.send({
            method,
            path,
            headers: { 'content-type': 'application/json' },
            ...(method !== 'GET' && { body: utf8(JSON.stringify(body)) }),
          });
          await response.bytes();
          assert.ok(response.status < 500, `${method} ${path}: ${response.status}`);
        },
      ),
      { ...runs, numRuns: 200 },
    );
    assert.deepEqual(api.logged, []);
  });

  test('very long paths, queries and names are answered', async () => {
    for (const path of [
      `/api/v1/${'a/'.repeat(50_000)}`,
      `/api/v1/pods?${'a&'.repeat(100_000)}`,
      `/api/v1/pods/${'%41'.repeat(30_000)}`,
      '/'.repeat(100_000),
    ]) {
      const response = await api.http.send({ method: 'GET', path, headers: {} });
      await response.bytes();
      assert.ok(response.status < 500, path.slice(0, 20));
    }
  });
});
