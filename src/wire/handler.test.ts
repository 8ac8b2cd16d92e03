import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientCertificate, caPem, rawConnection, strangersCertificate } from '../../test/loopback.ts';
import { objectResult, pod, podList, servedApi, type ServedApi } from '../../test/served-api.ts';
import type { ApiCall, ApiResult, ApiServer } from '../api/call.ts';
import { ApiError, conflict, tooManyRequests } from '../api/errors.ts';
import { withoutType, type KubeObject, type Status } from '../api/meta.ts';
import { text, utf8 } from '../codec/bytes.ts';
import { httpsClient } from '../net/https-client.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  header(name: string): string | undefined;
  headers(name: string): readonly string[];
}

type Headers = Record<string, string | readonly string[]>;

async function ask(api: ServedApi, line: string, headers: Headers = {}, body?: string | Uint8Array): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ', 2);
  const bytes = typeof body === 'string' ? utf8(body) : body;
  const response = await api.http.send({ method, path, headers, ...(bytes && { body: bytes }) });
  return {
    status: response.status,
    body: text(await response.bytes()),
    header: (name) => response.header(name),
    headers: (name) => response.headers(name),
  };
}

const statusOf = ({ body }: Answer): Pick<Status, 'code' | 'reason' | 'message'> => {
  const { kind, code, reason, message } = JSON.parse(body) as Status;
  assert.equal(kind, 'Status');
  return { code, message, ...(reason !== undefined && { reason }) };
};

const pods = '/api/v1/namespaces/default/pods';
const always =
  (result: ApiResult): ApiServer =>
  () =>
    Promise.resolve(result);
const answersPod = always(objectResult(pod('a')));
const lastCall = (api: ServedApi): ApiCall & Record<string, unknown> => api.calls.at(-1) as ApiCall & Record<string, unknown>;

test('methods, paths and queries become calls', async () => {
  await using api = await servedApi(answersPod);
  const verbs: [string, string][] = [
    [`GET ${pods}`, 'list'],
    [`GET ${pods}/a`, 'get'],
    [`GET ${pods}?watch=0`, 'list'],
    // As upstream: `watch` means nothing where there is a name.
    [`GET ${pods}/a?watch=true`, 'get'],
    [`POST ${pods}`, 'create'],
    [`PUT ${pods}/a`, 'update'],
    [`DELETE ${pods}/a`, 'delete'],
    [`DELETE ${pods}`, 'deletecollection'],
    [`GET ${pods}/a/exec`, 'connect'],
    [`HEAD ${pods}/a/proxy/x`, 'connect'],
    ['GET /version', 'get'],
    ['OPTIONS /x', 'options'],
  ];
  for (const [line, verb] of verbs) {
    await ask(api, line, {}, line.startsWith('P') ? '{}' : undefined);
    assert.equal(lastCall(api).verb, verb, line);
  }
  await ask(api, `GET ${pods}?limit=5&labelSelector=a%3Db&sendInitialEvents=true`);
  const { limit, labelSelector, sendInitialEvents } = lastCall(api)['options'] as Record<string, unknown>;
  assert.deepEqual([limit, labelSelector, sendInitialEvents], [5, 'a=b', true]);
});

test('the deprecated watch prefix watches one object by its name, and refuses a selector for another', async () => {
  await using api = await servedApi(always({ type: 'watch', start: (sink) => (sink.end(), { resume() {}, cancel() {} }) }));
  await ask(api, 'GET /api/v1/watch/namespaces/default/pods/a');
  assert.deepEqual(
    [lastCall(api).verb, (lastCall(api)['options'] as { fieldSelector: string }).fieldSelector],
    ['watch', 'metadata.name=a'],
  );
  const refused = await ask(api, 'GET /api/v1/watch/namespaces/default/pods/a?fieldSelector=metadata.name%3Db');
  assert.deepEqual(statusOf(refused), {
    code: 400,
    reason: 'BadRequest',
    message: "fieldSelector metadata.name doesn't match requested name",
  });
});

test('what no route leads to: HEAD and odd methods on resources, and paths below subresources', async () => {
  await using api = await servedApi(answersPod);
  assert.equal((await ask(api, `HEAD ${pods}`)).status, 405);
  for (const method of ['OPTIONS', 'TRACE', 'PROPFIND'])
    assert.deepEqual(statusOf(await ask(api, `${method} ${pods}`)), {
      code: 405,
      reason: 'MethodNotAllowed',
      message: 'the server does not allow this method on the requested resource',
    });
  for (const line of [`POST ${pods}/a`, `PUT ${pods}`, `PATCH ${pods}`]) {
    const headers = { 'content-type': 'application/json-patch+json' };
    assert.equal(statusOf(await ask(api, line, line.startsWith('PATCH') ? headers : {}, '{}')).code, 405, line);
  }
  assert.equal(statusOf(await ask(api, `GET ${pods}/a/status/x`)).code, 404);
  assert.equal((await ask(api, `GET ${pods}/a/status/`)).status, 200);
  assert.equal(statusOf(await ask(api, `GET ${pods}/%zz`)).message, `invalid URL escape in "${pods}/%zz"`);
});

test('bodies: types, sizes and absence', async () => {
  await using api = await servedApi(answersPod);
  const create = (type: string | undefined, body: string | Uint8Array = '{}') =>
    ask(api, `POST ${pods}`, type === undefined ? {} : { 'content-type': type }, body);
  for (const type of [undefined, '', 'application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON;a="b c";'])
    assert.equal((await create(type)).status, 200, type);
  assert.deepEqual((lastCall(api)['body'] as { mediaType: string }).mediaType, 'application/json');
  await create('application/yaml');
  assert.deepEqual((lastCall(api)['body'] as { mediaType: string }).mediaType, 'application/yaml');
  const message =
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf';
  for (const type of ['application/cbor', 'text/plain', 'json', 'application/json; charset', ';'])
    assert.deepEqual(statusOf(await create(type)), { code: 415, reason: 'UnsupportedMediaType', message }, type);
  assert.equal((await create(undefined, new Uint8Array(3 * 1024 * 1024))).status, 200);
  assert.deepEqual(statusOf(await create(undefined, new Uint8Array(3 * 1024 * 1024 + 1))), {
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 3145728',
  });
  await ask(api, `DELETE ${pods}/a?gracePeriodSeconds=3`);
  assert.deepEqual(
    [lastCall(api)['body'], (lastCall(api)['options'] as { gracePeriodSeconds: number }).gracePeriodSeconds],
    [undefined, 3],
  );
  await ask(api, `DELETE ${pods}/a?gracePeriodSeconds=3`, {}, '{}');
  assert.equal(lastCall(api)['options'], undefined, 'a body takes the place of the query');
});

test('patch types are the Content-Type as it stands', async () => {
  await using api = await servedApi(answersPod);
  const patch = (type: string) => ask(api, `PATCH ${pods}/a`, { 'content-type': type }, '{}');
  await patch('application/apply-patch+yaml; charset=utf-8');
  assert.deepEqual([lastCall(api)['patchType'], (lastCall(api)['body'] as { mediaType: string }).mediaType], ['apply', 'application/yaml']);
  const message =
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml';
  for (const type of ['application/json', 'constructor', 'Application/Merge-Patch+json', ''])
    assert.equal(statusOf(await patch(type)).message, message, type);
});

test('objects, lists and Status come in the form that was asked for', async () => {
  const api = await servedApi((call) => {
    if (call.verb === 'list') return Promise.resolve({ type: 'list', list: podList('a', 'b') });
    if (call.verb === 'delete')
      return Promise.resolve(objectResult({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } as KubeObject));
    return Promise.resolve(objectResult(pod('a', { labels: { x: 'y' } })));
  });
  const get = async (line: string, accept: string) => (await ask(api, line, { accept })).body;
  const as = (form: string) => `application/json;as=${form};v=v1;g=meta.k8s.io`;
  assert.equal(
    await get(`GET ${pods}/a`, 'application/json'),
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"default","resourceVersion":"7","labels":{"x":"y"}}}\n',
  );
  assert.match(await get(`GET ${pods}/a`, 'application/yaml'), /^ {2}labels:\n {4}x: "y"$/m);
  assert.match(await get(`GET ${pods}/a?pretty=true`, ''), /^ {2}"metadata": \{$/m);
  assert.deepEqual(JSON.parse(await get(`GET ${pods}`, '*/*')), {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '9' },
    items: [withoutType(pod('a')), withoutType(pod('b'))],
  });
  assert.match(await get(`GET ${pods}`, 'application/yaml'), /^kind: PodList$/m);
  const table = JSON.parse(await get(`GET ${pods}`, as('Table'))) as { rows: { cells: unknown[]; object: KubeObject }[] };
  assert.deepEqual(
    table.rows.map(({ object }) => [object.kind, object.apiVersion, object.metadata.name]),
    [
      ['PartialObjectMetadata', 'meta.k8s.io/v1', 'a'],
      ['PartialObjectMetadata', 'meta.k8s.io/v1', 'b'],
    ],
  );
  const objects = async (include: string) =>
    (JSON.parse(await get(`GET ${pods}?includeObject=${include}`, as('Table'))) as typeof table).rows.map(({ object }) => object?.kind);
  assert.deepEqual(
    [await objects('None'), await objects('Object'), await objects('')],
    [
      [undefined, undefined],
      ['Pod', 'Pod'],
      ['PartialObjectMetadata', 'PartialObjectMetadata'],
    ],
  );
  assert.equal((JSON.parse(await get(`GET ${pods}`, as('PartialObjectMetadataList'))) as KubeObject).kind, 'PartialObjectMetadataList');
  assert.equal((JSON.parse(await get(`GET ${pods}/a`, as('PartialObjectMetadata'))) as KubeObject).kind, 'PartialObjectMetadata');
  assert.equal((JSON.parse(await get(`DELETE ${pods}/a`, as('Table'))) as KubeObject).kind, 'Status');
  await api[Symbol.asyncDispose]();
});

test('forms that do not fit are refused', async () => {
  await using api = await servedApi((call) =>
    Promise.resolve(call.verb === 'list' ? { type: 'list', list: podList() } : objectResult(pod('a'))),
  );
  const message = async (line: string, accept: string) => statusOf(await ask(api, line, { accept })).message;
  const as = (form: string) => `application/json;as=${form};v=v1;g=meta.k8s.io`;
  assert.equal(
    await message(`GET ${pods}`, as('PartialObjectMetadata')),
    'you requested PartialObjectMetadata, but the requested object is a list (*core.PodList)',
  );
  assert.equal(
    await message(`GET ${pods}/a`, as('PartialObjectMetadataList')),
    'you requested PartialObjectMetadataList, but the requested object is not a list (*core.Pod)',
  );
  assert.equal(
    await message(`GET ${pods}?includeObject=x`, as('Table')),
    `Unable to convert to Table as requested: includeObject: Invalid value: "x": must be 'Metadata', 'Object', 'None', or empty`,
  );
  const before = api.calls.length;
  assert.equal(
    await message('GET /apis/example.com/v1/widgets', 'text/html'),
    'only the following media types are accepted: application/json, application/yaml',
  );
  assert.equal(api.calls.length, before, 'refused before anything was done');
});

test('errors become Status, in the encoding asked for, with Retry-After', async () => {
  const api = await servedApi((call) => {
    if (call.verb === 'list') return Promise.reject(tooManyRequests('slow down', 3));
    if (call.verb === 'delete') return Promise.reject(new TypeError('a bug'));
    if (call.verb === 'create') return Promise.reject(new ApiError(0, '', 'ECONNREFUSED'));
    return Promise.reject(conflict({ group: '', resource: 'pods' }, 'a', 'no'));
  });
  const busy = await ask(api, `GET ${pods}`);
  assert.deepEqual([busy.status, busy.header('retry-after'), busy.header('content-type')], [429, '3', 'application/json']);
  const refused = await ask(api, `GET ${pods}/a`, { accept: 'application/yaml' });
  assert.match(refused.body, /^reason: Conflict$/m);
  const bug = await ask(api, `DELETE ${pods}/a`);
  assert.deepEqual(statusOf(bug), { code: 500, reason: 'InternalError', message: 'Internal error occurred: a bug' });
  assert.deepEqual(api.logged, ['TypeError: a bug']);
  assert.equal((await ask(api, `POST ${pods}`, {}, '{}')).status, 500);
  await api[Symbol.asyncDispose]();
});

test('every answer has an Audit-Id, the client’s own where it sent one, and the call knows it', async () => {
  await using api = await servedApi(answersPod);
  const own = await ask(api, `GET ${pods}/a`, { 'audit-id': 'mine' });
  assert.deepEqual([own.header('audit-id'), lastCall(api).auditId], ['mine', 'mine']);
  const given = await ask(api, `GET ${pods}/a`);
  assert.match(given.header('audit-id')!, /^[0-9a-f-]{36}$/);
  assert.equal(given.header('cache-control'), 'no-cache, private');
});

test('warnings are fit for headers', async () => {
  await using api = await servedApi(always(objectResult(pod('a'), { warnings: ['one\ntwo', 'dün "ü"', 'one\ntwo'] })));
  const answer = await ask(api, `GET ${pods}/a`);
  assert.deepEqual(
    answer.headers('warning').map((header) => Buffer.from(header, 'latin1').toString()),
    ['299 - "one two"', '299 - "dün \\"ü\\""'],
  );
});

test('credentials: certificate before token before nothing; a bad certificate alone is a 401', async () => {
  await using api = await servedApi(answersPod);
  await ask(api, `GET ${pods}/a`, { authorization: 'bearer abc' });
  assert.deepEqual(lastCall(api).credentials, { by: 'token', token: 'abc' });
  for (const authorization of ['Basic abc', 'Bearer', 'Bearer  abc']) {
    await ask(api, `GET ${pods}/a`, { authorization });
    assert.deepEqual(lastCall(api).credentials, { by: 'nothing' }, authorization);
  }
  const as = async (keyed: { certificatePem: string; keyPem: string }, headers: Headers = {}) => {
    using http = httpsClient({ server: `https://127.0.0.1:${api.port}`, caPem, ...keyed });
    return await ask({ ...api, http }, `GET ${pods}/a`, headers);
  };
  await as(clientCertificate('jane', ['dev']), { authorization: 'Bearer abc' });
  const { by, commonName } = lastCall(api).credentials as { by: string; commonName: string };
  assert.deepEqual([by, commonName], ['certificate', 'jane']);
  assert.deepEqual(statusOf(await as(strangersCertificate('jane'))), { code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
  await as(strangersCertificate('jane'), { authorization: 'Bearer abc' });
  assert.deepEqual(lastCall(api).credentials, { by: 'token', token: 'abc' });
});

test('impersonation takes values apart, decodes keys, and passes on a wish without a name', async () => {
  await using api = await servedApi(answersPod);
  const as = async (headers: Headers) => {
    assert.equal((await ask(api, `GET ${pods}/a`, headers)).status, 200);
    return lastCall(api).impersonate;
  };
  assert.equal(await as({}), undefined);
  assert.deepEqual(
    await as({
      'impersonate-user': 'j\u00c3\u00b6e',
      'impersonate-uid': 'u',
      'impersonate-group': ['a, b', 'c'],
      'impersonate-extra-acme.io%2fx': ['1', '2'],
      'impersonate-extra-%zz': 'odd',
      'impersonate-extra-__proto__': 'hostile',
    }),
    {
      name: 'jöe',
      uid: 'u',
      groups: ['a, b', 'c'],
      extra: Object.fromEntries([
        ['acme.io/x', ['1', '2']],
        ['%zz', ['odd']],
        ['__proto__', ['hostile']],
      ]),
    },
  );
  assert.deepEqual(await as({ 'impersonate-group': 'g' }), { name: '', groups: ['g'] });
});

test('bytes: whatever type they have, 304 for who has them already, broken off when their source fails', async () => {
  async function* broken() {
    yield utf8('half');
    await Promise.resolve();
    throw new Error('lost');
  }
  const api = await servedApi((call) => {
    if (!('path' in call)) return Promise.resolve({ type: 'bytes', code: 200, contentType: 'text/plain', body: broken() });
    return Promise.resolve({ type: 'bytes', code: 200, contentType: 'text/plain', body: utf8(call.accept.join('|')), etag: '"E"' });
  });
  const all = await ask(api, 'GET /openapi/v2', { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf;q=0.9, text/plain' });
  assert.deepEqual([all.status, all.header('content-type')], [200, 'text/plain']);
  assert.equal(all.body, 'text/plain|application/com.github.proto-openapi.spec.v2@v1.0+protobuf;q=0.9');
  for (const tag of ['"E"', 'W/"E"', '"D", "E"', '*']) assert.equal((await ask(api, 'GET /x', { 'if-none-match': tag })).status, 304, tag);
  assert.equal((await ask(api, 'GET /x', { 'if-none-match': '"D"' })).status, 200);
  await assert.rejects(ask(api, `GET ${pods}/a/log`), /aborted/);
  await api[Symbol.asyncDispose]();
});

test('a request may have a timeout of its own', async () => {
  await using api = await servedApi(() => new Promise(() => {}));
  assert.deepEqual(statusOf(await ask(api, `GET ${pods}/a?timeout=20ms`)), {
    code: 504,
    reason: 'Timeout',
    message: 'Timeout: request did not complete within the allotted timeout',
  });
  assert.match(
    statusOf(await ask(api, `GET ${pods}/a?timeout=x`)).message!,
    /^invalid timeout specified in the request URL - time: invalid duration "x"/,
  );
});

test('a body that does not come is a 504', async () => {
  await using api = await servedApi(answersPod, { bodyTimeoutMs: 30 });
  const raw = await rawConnection(api.port);
  raw.write(`POST ${pods} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{`);
  assert.match(await raw.until(/allotted timeout/), /^HTTP\/1\.1 504 /);
  raw.destroy();
});

test('upgrade requests get the API’s answer in plain HTTP', async () => {
  await using api = await servedApi(() => Promise.reject(new ApiError(400, 'BadRequest', 'pod a does not have a host assigned')));
  for (const upgrade of ['websocket', 'SPDY/3.1']) {
    const raw = await rawConnection(api.port);
    const websocket = 'Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n';
    raw.write(
      `POST ${pods}/a/exec?command=ls HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n${websocket}Content-Length: 0\r\n\r\n`,
    );
    assert.match(await raw.until(/host assigned/), /^HTTP\/1\.1 400 /);
    assert.deepEqual([lastCall(api).verb, lastCall(api)['upgrade']], ['connect', upgrade]);
    raw.destroy();
  }
});

test('absolute URLs and OPTIONS * are understood', async () => {
  await using api = await servedApi(answersPod);
  const raw = await rawConnection(api.port);
  raw.write(`GET https://kubernetes${pods}/a?x=1 HTTP/1.1\r\nHost: x\r\n\r\n`);
  assert.match(await raw.until(/"name":"a"/), / 200 OK/);
  raw.write('OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n');
  await raw.until(/content-length: 0/);
  assert.equal(api.calls.length, 1);
  raw.destroy();
});

test('an answer that cannot be written is logged and broken off', async () => {
  await using api = await servedApi(always({ type: 'bytes', code: 200, contentType: 'bad\nheader', body: utf8('x') }));
  const answer = await ask(api, 'GET /x');
  assert.equal(answer.status, 500);
  assert.equal(api.logged.length, 1);
});
