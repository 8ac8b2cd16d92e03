import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiResult } from '../../api/call.ts';
import { Endpoints } from '../../api/kinds/core/endpoints.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { testPod } from '../../api/kinds/core/pod-test-objects.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Service } from '../../api/kinds/core/service.ts';
import type { Kind } from '../../api/kind.ts';
import type { NodeRequest } from '../ports.ts';
import { connect, readLog } from './connect.ts';
import { trialRegistry } from './subresource-trial.ts';

const bytes: ApiResult = { type: 'bytes', code: 200, contentType: 'text/plain', body: new Uint8Array(0) };
const ports = [{ containerPort: 8080 }];
const two = [
  { name: 'a', image: 'x', ports },
  { name: 'b', image: 'x' },
];

async function trial(podSpec: object = { nodeName: 'n1' }) {
  const registry = trialRegistry();
  const { put, request, deps } = registry;
  await put(Node, { metadata: { name: 'n1' } });
  await put(Pod, testPod(podSpec));
  const served: NodeRequest[] = [];
  const connector = { serve: async (one: NodeRequest) => (served.push(one), bytes) };
  const query = (pairs: Record<string, string>) => new Map(Object.entries(pairs).map(([name, value]) => [name, [value]]));
  return {
    ...registry,
    served,
    log: (pairs = {}, name = 'web', with_ = { connector } as object) =>
      readLog(request(Pod, 'log', name, { verb: 'get', options: { query: query(pairs) } }), { ...deps, ...with_ }),
    open: (kind: Kind, subresource: string, name: string, pairs = {}, call = {}, with_ = { connector } as object) =>
      connect(request(kind, subresource, name, { verb: 'connect', method: 'GET', query: query(pairs), ...call }), { ...deps, ...with_ }),
  };
}

const upgrade = { upgrade: 'websocket' };

test('a log is asked of the node, of the only container where none is named', async () => {
  const { log, served } = await trial();
  assert.equal(await log({ tailLines: '5' }), bytes);
  const [{ resource, subresource, query }] = served as [NodeRequest];
  assert.deepEqual([resource, subresource, query.get('container'), query.get('tailLines')], ['pods', 'log', ['web'], ['5']]);
});

test('a container must be one of the pod’s, and be named where there are several', async () => {
  const { log, open } = await trial({ nodeName: 'n1', containers: two, initContainers: [{ name: 'init', image: 'x' }] });
  const which = 'a container name must be specified for pod web, choose one of: [init a b]';
  await assert.rejects(log(), { code: 400, message: which });
  await assert.rejects(open(Pod, 'exec', 'web', {}, upgrade), { code: 400, message: which });
  await assert.rejects(log({ container: 'z' }), { code: 400, message: 'container z is not valid for pod web' });
  await log({ container: 'init' });
});

test('without a node a log is empty and a stream refused', async () => {
  const { log, open } = await trial({});
  const result = await log();
  assert.equal(result.type === 'bytes' && result.code, 204);
  await assert.rejects(open(Pod, 'exec', 'web', {}, upgrade), { code: 400, message: 'pod web does not have a host assigned' });
});

test('pods and nodes that are not there are not found', async () => {
  const { log, open } = await trial({ nodeName: 'n2' });
  await assert.rejects(log({}, 'gone'), { code: 404, message: 'pods "gone" not found' });
  await assert.rejects(log(), { code: 404, message: 'nodes "n2" not found' });
  await assert.rejects(open(Node, 'proxy', 'n3'), { code: 404, message: 'nodes "n3" not found' });
});

test('options of a log are checked', async () => {
  const { log } = await trial();
  await assert.rejects(log({ tailLines: 'many' }), { code: 400, message: 'strconv.ParseInt: parsing "many": invalid syntax' });
  await assert.rejects(log({ tailLines: '-1', limitBytes: '0' }), {
    code: 422,
    message:
      'PodLogOptions "web" is invalid: [tailLines: Invalid value: -1: must be greater than or equal to 0, limitBytes: Invalid value: 0: must be greater than 0]',
  });
});

test('without a connector it is said that there is no container', async () => {
  const { log, open } = await trial();
  await assert.rejects(log({}, 'web', {}), {
    code: 503,
    reason: 'ServiceUnavailable',
    message: 'pod web is simulated and runs no container that could have written a log',
    details: undefined,
  });
  await assert.rejects(open(Pod, 'exec', 'web', {}, upgrade, {}), {
    message: 'pod web is simulated and runs no container to execute a command in',
  });
});

test('streams need an upgrade and one of their methods', async () => {
  const { open, served } = await trial();
  await assert.rejects(open(Pod, 'attach', 'web'), { code: 400, message: 'Upgrade request required' });
  await assert.rejects(open(Pod, 'attach', 'web', {}, { ...upgrade, method: 'PUT' }), { code: 405 });
  await open(Pod, 'portforward', 'web', {}, upgrade);
  assert.deepEqual([served[0]?.subresource, served[0]?.upgrade, served[0]?.query.size], ['portforward', 'websocket', 0]);
});

test('a proxy’s name says scheme and port; a pod’s first port stands in', async () => {
  const { open, served } = await trial({ nodeName: 'n1', containers: two });
  await open(Pod, 'proxy', 'web', { path: '/x', q: '1' }, { method: 'PUT' });
  await open(Pod, 'proxy', 'https:web:8443');
  const seen = served.map(({ path, scheme, port, query }) => ({ path, scheme, port, query: [...query.keys()] }));
  assert.deepEqual(seen, [
    { path: '/x', scheme: undefined, port: '8080', query: ['q'] },
    { path: '', scheme: 'https', port: '8443', query: [] },
  ]);
  await assert.rejects(open(Pod, 'proxy', 'ftp:web:1'), { code: 400, message: 'invalid pod request "ftp:web:1"' });
});

test('a service’s proxy goes to a port behind which somebody listens', async () => {
  const { open, put, served } = await trial();
  await put(Service, { metadata: { name: 'svc', namespace: 'default' }, spec: { ports: [{ name: 'http', port: 80 }] } });
  await put(Endpoints, { metadata: { name: 'svc', namespace: 'default' } });
  await assert.rejects(open(Service, 'proxy', 'svc:80'), { code: 503, message: 'no endpoints available for service "svc"' });
  await put(Endpoints, {
    metadata: { name: 'svc', namespace: 'default' },
    subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'http', port: 8080 }] }],
  });
  await open(Service, 'proxy', 'svc:80');
  await open(Service, 'proxy', 'svc:http');
  assert.deepEqual(
    served.map(({ port }) => port),
    ['8080', '8080'],
  );
  await assert.rejects(open(Service, 'proxy', 'svc:81'), { code: 503, message: 'no service port 81 found for service "svc"' });
});
