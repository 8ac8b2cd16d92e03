import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { text } from '../../codec/bytes.ts';
import type { ApiResult, NonResourceCall } from '../../api/call.ts';
import { allKinds } from '../../api/kinds/all.ts';
import { KindRegistry } from '../../api/registry.ts';
import type { CallContext, PathHandler } from '../ports.ts';
import { healthPaths, pingCheck, type HealthCheck } from './health.ts';
import { indexPath, pathHandlers } from './index-path.ts';
import { openApiPaths } from './open-api.ts';
import { versionPath } from './version.ts';

type Bytes = Extract<ApiResult, { type: 'bytes' }>;

async function ask(handler: PathHandler, target: string, accept: readonly string[] = []): Promise<Bytes | undefined> {
  const url = new URL(target, 'http://x');
  const query = new Map([...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)]));
  const call: NonResourceCall = { verb: 'get', path: url.pathname, query, accept, credentials: { by: 'nothing' } };
  return (await handler(call, {} as CallContext)) as Bytes | undefined;
}
const textOf = (answer: Bytes | undefined) => text(answer!.body as Uint8Array);

const registry = new KindRegistry(allKinds.filter(({ group }) => group === 'apps' || group === ''));

describe('/version', () => {
  test('says 1.36, indented', async () => {
    const answer = textOf(await ask(versionPath(), '/version'));
    assert.ok(answer.startsWith('{\n  "major": "1",\n  "minor": "36",\n  "emulationMajor": "1",'));
    assert.equal((JSON.parse(answer) as { gitVersion: string }).gitVersion, 'v1.36.0');
  });
});

describe('health', () => {
  const etcd: HealthCheck = { name: 'etcd', check: () => Promise.reject(new Error('disk full')) };
  const later: HealthCheck = { name: 'shutdown', check: () => ({ ok: true }), at: ['readyz'] };
  const healthy = healthPaths([pingCheck, later]);
  const broken = healthPaths([pingCheck, etcd]);

  test('is one word, or a line a check when asked', async () => {
    assert.equal(textOf(await ask(healthy, '/livez')), 'ok');
    assert.equal(textOf(await ask(healthy, '/livez?verbose')), '[+]ping ok\nlivez check passed\n');
    assert.equal(textOf(await ask(healthy, '/readyz?verbose')), '[+]ping ok\n[+]shutdown ok\nreadyz check passed\n');
  });

  test('tells which check failed but not why', async () => {
    const answer = await ask(broken, '/readyz');
    assert.equal(answer!.code, 500);
    assert.equal(textOf(answer), '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n');
  });

  test('tells why at the check’s own path', async () => {
    assert.equal(textOf(await ask(broken, '/readyz/etcd')), 'internal server error: disk full\n');
    assert.equal(textOf(await ask(broken, '/readyz/ping')), 'ok');
    assert.equal((await ask(healthy, '/livez/shutdown'))!.code, 404);
  });

  test('leaves out what is excluded, and warns of what is not there to be', async () => {
    const answer = textOf(await ask(broken, '/healthz?verbose&exclude=etcd&exclude=nothing'));
    assert.equal(
      answer,
      '[+]ping ok\n[+]etcd excluded: ok\nwarn: some health checks cannot be excluded: no matches for "nothing"\nhealthz check passed\n',
    );
  });
});

describe('/openapi', () => {
  const handler = openApiPaths(() => registry);

  test('version 3 is an index of documents', async () => {
    const { paths } = JSON.parse(textOf(await ask(handler, '/openapi/v3'))) as { paths: Record<string, { serverRelativeURL: string }> };
    const url = paths['apis/apps/v1']!.serverRelativeURL;
    assert.match(url, /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{64}$/);
    const document = JSON.parse(textOf(await ask(handler, url))) as { paths: object };
    assert.ok('/apis/apps/v1/deployments' in document.paths);
    assert.equal((await ask(handler, '/openapi/v3/apis/apps/v9'))!.code, 404);
    assert.equal((await ask(handler, '/openapi/v3/api/v1'))!.code, 200);
  });

  test('version 2 is JSON, or protobuf for old clients, and made once', async () => {
    const old = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const protobuf = await ask(handler, '/openapi/v2', [old]);
    assert.equal(protobuf!.contentType, 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    assert.equal(await ask(handler, '/openapi/v2', [old]), protobuf);
    const json = await ask(handler, '/openapi/v2', ['*/*']);
    assert.match(textOf(json), /^\{"swagger":"2\.0"/);
    assert.notEqual(json!.etag, protobuf!.etag);
    assert.equal((await ask(handler, '/openapi/v2', ['text/html']))!.code, 406);
  });
});

describe('paths', () => {
  test('are listed at the root, and are not found elsewhere', async () => {
    const all = pathHandlers([versionPath(), indexPath(() => registry, ['/version', '/healthz'])]);
    const { paths } = JSON.parse(textOf(await ask(all, '/'))) as { paths: string[] };
    assert.deepEqual(paths, ['/api', '/api/v1', '/apis', '/apis/apps', '/apis/apps/v1', '/healthz', '/version']);
    const missing = await ask(all, '/nothing');
    assert.equal(missing!.code, 404);
    assert.equal(textOf(missing), '404 page not found\n');
  });
});
