/** Whatever is thrown at a whole cluster gets a proper Status, and costs nothing that stays. */
import assert from 'node:assert/strict';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { KubeObject, Status } from '../../src/api/meta.ts';
import { fromBase64, text, utf8 } from '../../src/codec/bytes.ts';
import { parseYaml } from '../../src/codec/yaml.ts';
import { httpsClient, type HttpsClient } from '../../src/net/https-client.ts';
import { testCluster, type TestCluster } from './cluster.ts';

let under: TestCluster;
let http: HttpsClient;
let anonymous: HttpsClient;

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

describe('bad input', () => {
  before(async () => {
    under = await testCluster();
    const { clusters, users } = parseYaml(under.cluster.kubeconfig) as Kubeconfig;
    const pem = (encoded: string | undefined) => text(fromBase64(encoded ?? ''));
    const { server } = under.cluster;
    const caPem = pem(clusters[0]!.cluster['certificate-authority-data']);
    const { user } = users[0]!;
    http = httpsClient({ server, caPem, certificatePem: pem(user['client-certificate-data']), keyPem: pem(user['client-key-data']) });
    anonymous = httpsClient({ server, caPem });
  });

  after(async () => {
    http[Symbol.dispose]();
    anonymous[Symbol.dispose]();
    await under[Symbol.asyncDispose]();
  });

  type Headers = Readonly<Record<string, string>>;

  interface Request {
    /** Method and target. */
    readonly line: string;
    readonly body?: string;
    readonly headers?: Headers;
  }

  async function send(
    { line, body, headers }: Request,
    client = http,
  ): Promise<{ status: number; body: string; warnings: readonly string[] }> {
    const cut = line.indexOf(' ');
    const response = await client.send({
      method: line.slice(0, cut),
      path: line.slice(cut + 1),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: utf8(body) }),
    });
    return { status: response.status, body: text(await response.bytes()), warnings: response.headers('warning') };
  }

  type Expected = readonly [code: number, reason: string, part: string];

  async function refused(request: Request, [code, reason, part]: Expected, client = http): Promise<void> {
    const answer = await send(request, client);
    const about = `${request.line.slice(0, 100)} ${(request.body ?? '').slice(0, 60)}\n${answer.body.slice(0, 500)}`;
    assert.equal(answer.status, code, about);
    const status = (answer.body.startsWith('{') ? JSON.parse(answer.body) : parseYaml(answer.body)) as Status;
    assert.deepEqual(
      [status.kind, status.apiVersion, status.status, status.code, status.reason],
      ['Status', 'v1', 'Failure', code, reason],
      about,
    );
    assert.ok(status.message!.includes(part), about);
  }

  const configMaps = '/api/v1/namespaces/default/configmaps';
  const create: Pick<Request, 'line'> = { line: `POST ${configMaps}?dryRun=All` };
  const strictly: Pick<Request, 'line'> = { line: `POST ${configMaps}?dryRun=All&fieldValidation=Strict` };
  const yaml: Headers = { 'content-type': 'application/yaml' };
  const configMap = (metadata: object, more: object = {}): string =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata }, ...more });
  const badRequest = (part: string): Expected => [400, 'BadRequest', part];
  const invalid = (part: string): Expected => [422, 'Invalid', part];

  /** Each with what is sent and what must come back. */
  const cases: Readonly<Record<string, readonly (readonly [Request, Expected])[]>> = {
    'malformed JSON': [
      [{ ...create, body: '' }, badRequest("couldn't get version/kind; json parse error: unexpected end of JSON input")],
      [{ ...create, body: '{"kind":' }, badRequest('unexpected end of JSON input')],
      [{ ...create, body: '{"a":1}{' }, badRequest("invalid character '{' after top-level value")],
      [{ ...create, body: '[]' }, badRequest('json: cannot unmarshal array into Go value')],
      [{ ...create, body: '\u001f\u008b' }, badRequest(String.raw`invalid character '\x1f' looking for beginning of value`)],
      [{ ...create, body: '{"a":1e}' }, badRequest("invalid character '}' in exponent of numeric literal")],
    ],
    'malformed YAML': [
      [
        { ...create, headers: yaml, body: 'a: b: c' },
        badRequest('error converting YAML to JSON: yaml: line 1: mapping values are not allowed'),
      ],
      [{ ...create, headers: yaml, body: 'kind: [' }, badRequest('error converting YAML to JSON: yaml: line 1: did not find expected')],
      [{ ...create, headers: yaml, body: '- x' }, badRequest('json: cannot unmarshal array into Go value')],
      [{ ...create, headers: yaml, body: '&a [*a]' }, badRequest('error converting YAML to JSON: yaml:')],
    ],
    'wrong types': [
      [
        { ...create, body: configMap({ name: 5 }) },
        badRequest('json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string'),
      ],
      [{ ...create, body: configMap({}, { data: { a: 1 } }) }, badRequest('ConfigMap in version "v1" cannot be handled as a ConfigMap')],
      [
        { ...create, body: configMap({}, { metadata: [] }) },
        badRequest('cannot unmarshal array into Go struct field ConfigMap.metadata of type v1.ObjectMeta'),
      ],
      [
        {
          line: 'POST /apis/apps/v1/namespaces/default/deployments',
          body: '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":"three"}}',
        },
        badRequest('json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'),
      ],
      [
        { ...create, body: configMap({}).replace('ConfigMap', 'Secret') },
        badRequest('Secret in version "v1" cannot be handled as a ConfigMap'),
      ],
      [
        { ...create, body: configMap({}).replace('"v1"', '"v2"') },
        badRequest('the API version in the data (v2) does not match the expected API version (v1)'),
      ],
    ],
    'unknown and repeated fields': [
      [{ ...strictly, body: configMap({}, { bogus: 1 }) }, badRequest('strict decoding error: unknown field "bogus"')],
      [
        { ...strictly, body: configMap({}).replace('"kind"', '"kind":"X","kind"') },
        badRequest('strict decoding error: duplicate field "kind"'),
      ],
      [
        { line: `POST ${configMaps}?fieldValidation=Strange`, body: configMap({}) },
        invalid('fieldValidation: Unsupported value: "Strange": supported values: "Ignore", "Strict", "Warn"'),
      ],
    ],
    'huge and deep bodies': [
      [{ ...create, body: 'x'.repeat(3 * 1024 * 1024 + 1) }, [413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728']],
      [{ ...create, body: '['.repeat(1_000_000) }, badRequest('exceeded max depth')],
      [{ ...create, body: '{"a":'.repeat(500_000) }, badRequest('exceeded max depth')],
      [{ ...create, headers: yaml, body: '- '.repeat(500_000) }, badRequest('yaml:')],
      [{ ...create, headers: yaml, body: '['.repeat(500_000) }, badRequest('yaml:')],
      [{ ...create, headers: yaml, body: aliases(12) }, badRequest('yaml:')],
      [
        { ...strictly, body: configMap({}, Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`x${i}`, 1]))) },
        badRequest('unknown field "x0"'),
      ],
      [
        { ...create, body: configMap({}, { data: { a: 'x'.repeat(1024 * 1024 + 1) } }) },
        invalid('Too long: may not be more than 1048576 bytes'),
      ],
    ],
    'names, labels and annotations over their limits': [
      [{ ...create, body: configMap({ name: 'x'.repeat(254) }) }, invalid('metadata.name: Invalid value')],
      [{ ...create, body: configMap({ name: 'A' }) }, invalid('a lowercase RFC 1123 subdomain must consist of')],
      [{ ...create, body: configMap({ name: '' }) }, invalid('metadata.name: Required value: name or generateName is required')],
      [{ ...create, body: configMap({ name: '..' }) }, invalid('metadata.name: Invalid value: ".."')],
      [{ ...create, body: configMap({ labels: { ['x'.repeat(64)]: 'y' } }) }, invalid('name part must be no more than 63 bytes')],
      [{ ...create, body: configMap({ labels: { x: 'y'.repeat(64) } }) }, invalid('metadata.labels: Invalid value')],
      [{ ...create, body: configMap({ labels: { 'a/b/c': 'x' } }) }, invalid('a valid label key must consist of')],
      [
        { ...create, body: configMap({ annotations: { a: 'x'.repeat(262_144) } }) },
        invalid('metadata.annotations: Too long: may not be more than 262144 bytes'),
      ],
      [
        { ...create, body: configMap({ namespace: 'other' }) },
        badRequest('the namespace of the provided object does not match the namespace sent on the request'),
      ],
      [
        { line: `PUT ${configMaps}/b`, body: configMap({}) },
        badRequest('the name of the object (a) does not match the name on the URL (b)'),
      ],
      [{ line: 'POST /api/v1/namespaces/nope/configmaps', body: configMap({}) }, [404, 'NotFound', 'namespaces "nope" not found']],
      [
        { line: `POST ${configMaps}?fieldManager=${'x'.repeat(129)}`, body: configMap({}) },
        invalid('fieldManager: Too long: may not be more than 128 bytes'),
      ],
    ],
    'wrong content types': [
      ...['text/plain', 'application/cbor', 'json', 'application/json; charset'].map(
        (type) =>
          [
            { ...create, headers: { 'content-type': type }, body: configMap({}) },
            [
              415,
              'UnsupportedMediaType',
              'the body of the request was in an unknown format - accepted media types include: application/json',
            ],
          ] as const,
      ),
      [
        { line: `PATCH ${configMaps}/a`, body: '{}' },
        [415, 'UnsupportedMediaType', 'accepted media types include: application/json-patch+json, application/merge-patch+json'],
      ],
      [
        { ...create, headers: { accept: 'text/html' }, body: configMap({}) },
        [406, 'NotAcceptable', 'only the following media types are accepted: application/json'],
      ],
      [
        { line: 'GET /api/v1/pods?watch=1', headers: { accept: 'application/yaml' } },
        [406, 'NotAcceptable', 'only the following media types are accepted: application/json;stream=watch'],
      ],
    ],
    'hostile paths': [
      [{ line: 'GET /api/v1/%zz' }, badRequest('invalid URL escape in "/api/v1/%zz"')],
      ...[
        '/api/v1/../../etc/passwd',
        '/api/v1/nope',
        '/apis/nope/v1/x',
        '/api/v9/pods',
        '/api/v1/pods/a',
        '/api/v1/namespaces/default/nodes',
        '/api/v1/namespaces/default/pods/a/nope',
        '/api/v1/namespaces/default/pods/a/status/x',
        '/apis/__proto__/v1/constructor',
        '/api/v1/constructor',
        `/api/v1/${'a/'.repeat(20_000)}`,
      ].map((path) => [{ line: `GET ${path}` }, [404, 'NotFound', 'the server could not find the requested resource']] as const),
      [{ line: 'GET /api/v1/namespaces/default/pods/%2e%2e' }, [404, 'NotFound', 'pods ".." not found']],
      [{ line: 'GET /api/v1/namespaces/default/pods/__proto__' }, [404, 'NotFound', 'pods "__proto__" not found']],
      [{ line: `GET /api/v1/namespaces/default/pods/${'x'.repeat(50_000)}` }, [404, 'NotFound', 'not found']],
      [
        { line: `PUT ${configMaps}`, body: configMap({}) },
        [405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource'],
      ],
      [{ line: `POST ${configMaps}/a`, body: configMap({}) }, [405, 'MethodNotAllowed', 'the server does not allow this method']],
    ],
    'bad queries': (
      [
        ['limit=x', badRequest('strconv.ParseInt: parsing "x": invalid syntax')],
        ['limit=99999999999999999999', badRequest('value out of range')],
        ['timeoutSeconds=x', badRequest('strconv.ParseInt: parsing "x": invalid syntax')],
        ['timeout=x', badRequest('invalid timeout specified in the request URL - time: invalid duration "x"')],
        ['labelSelector=a+in+(', badRequest("unable to parse requirement: found '', expected: ',', ')' or identifier")],
        ['fieldSelector=x', badRequest("invalid selector: 'x'; can't understand 'x'")],
        ['fieldSelector=x%3Dy', badRequest('field label not supported: x')],
        ['resourceVersion=abc', badRequest('strconv.ParseUint: parsing "abc": invalid syntax')],
        ['resourceVersionMatch=Exact', invalid('resourceVersionMatch is forbidden unless resourceVersion is provided')],
        ['continue=junk', badRequest('continue key is not valid')],
        ['sendInitialEvents=true', invalid('sendInitialEvents is forbidden for list')],
        ['watch=1&sendInitialEvents=true', invalid('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')],
      ] as const
    ).map(([query, expected]) => [{ line: `GET /api/v1/namespaces/default/pods?${query}` }, expected] as const),
    'bad patches and deletions': [
      ...(
        [
          ['merge-patch+json', '{', badRequest('error decoding patch: unexpected end of JSON input')],
          ['merge-patch+json', '[]', badRequest('error decoding patch: json: cannot unmarshal array')],
          ['merge-patch+json', '{"metadata":5}', invalid('cannot unmarshal number into Go struct field ConfigMap.metadata')],
          ['json-patch+json', '{}', badRequest('error decoding patch: json: cannot unmarshal object')],
          [
            'json-patch+json',
            '[{"op":"replace","path":"/x/y","value":1}]',
            invalid('the server rejected our request due to an error in our request'),
          ],
          ['strategic-merge-patch+json', '{', badRequest('error decoding patch: unexpected end of JSON input')],
          ['apply-patch+yaml', '{}', invalid('fieldManager: Required value: is required for apply patch')],
        ] as const
      ).map(
        ([type, body, expected]) =>
          [
            { line: `PATCH ${configMaps}/kube-root-ca.crt?dryRun=All`, headers: { 'content-type': `application/${type}` }, body },
            expected,
          ] as const,
      ),
      ...(
        [
          ['{', badRequest('unexpected end of JSON input')],
          [
            '{"gracePeriodSeconds":"x"}',
            badRequest('cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64'),
          ],
          ['{"propagationPolicy":"x"}', invalid('propagationPolicy: Unsupported value: "x"')],
          ['{"preconditions":{"uid":"x"}}', [409, 'Conflict', 'the UID in the precondition (x) does not match the UID in record']],
          [configMap({}), badRequest('decoded object cannot be converted to DeleteOptions')],
        ] as const
      ).map(([body, expected]) => [{ line: `DELETE ${configMaps}/kube-root-ca.crt?dryRun=All`, body }, expected] as const),
    ],
    'strange callers': [
      [{ line: `GET ${configMaps}`, headers: { 'impersonate-group': 'x' } }, badRequest('without impersonating a user name')],
      [
        { line: `GET ${configMaps}`, headers: { 'impersonate-user': 'x', 'impersonate-extra-%zz': 'y' } },
        [403, 'Forbidden', 'User "x" cannot list resource "configmaps" in API group "" in the namespace "default"'],
      ],
    ],
  };

  /** "Billion laughs": each level ten times the one before. */
  function aliases(levels: number): string {
    const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < levels; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(',')}]`);
    return `${lines.join('\n')}\n`;
  }

  describe('every kind of bad input gets a Status of its own', () => {
    for (const [name, all] of Object.entries(cases))
      test(name, async () => {
        for (const [request, expected] of all) await refused(request, expected);
      });

    test('callers without good credentials', async () => {
      const line = `GET ${configMaps}`;
      for (const authorization of ['', 'Bearer x', 'Bearer a.b.c', `Bearer ${'x'.repeat(100_000)}`])
        await refused({ line, headers: { authorization } }, [401, 'Unauthorized', 'Unauthorized'], anonymous);
    });

    test('what is just within its limits is taken', async () => {
      for (const body of [
        configMap({ name: 'x'.repeat(253) }),
        configMap({ labels: { ['x'.repeat(63)]: 'y'.repeat(63) } }),
        configMap({ annotations: { a: 'x'.repeat(262_143) } }),
        configMap({}, { data: { a: 'x'.repeat(1024 * 1024 - 1) } }),
      ])
        assert.equal((await send({ ...create, body })).status, 201, body.slice(0, 100));
      const warned = await send({ ...create, body: configMap({}, { bogus: 1 }) });
      assert.deepEqual([warned.status, warned.warnings], [201, [String.raw`299 - "unknown field \"bogus\""`]]);
    });
  });

  /** Connections that send a beginning and then nothing. */
  function slowClients(count: number): Promise<TLSSocket[]> {
    const beginnings = ['', 'GET /api/v1/pods HTT', 'POST /api/v1/pods HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"kind":'];
    const { port } = new URL(under.cluster.server);
    return Promise.all(
      Array.from(
        { length: count },
        (_, i) =>
          new Promise<TLSSocket>((resolve, reject) => {
            const socket = connectTls({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false }, () => {
              socket.write(beginnings[i % beginnings.length]!);
              resolve(socket);
            });
            socket.on('error', reject);
          }),
      ),
    );
  }

  async function answers(): Promise<void> {
    const list = await send({ line: 'GET /api/v1/namespaces' });
    assert.equal(list.status, 200);
    assert.ok((JSON.parse(list.body) as { items: KubeObject[] }).items.some(({ metadata }) => metadata.name === 'default'));
  }

  test('clients that say half and wait keep nobody else waiting', async () => {
    const sockets = await slowClients(100);
    const began = performance.now();
    await answers();
    assert.ok(performance.now() - began < 1000);
    for (const socket of sockets) socket.destroy();
  });

  test('random objects are taken or refused, never a fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue(), fc.boolean(), async (spec, metadata, inPlace) => {
        const body = JSON.stringify(
          inPlace
            ? { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: metadata }, spec }
            : { apiVersion: 'v1', kind: 'Pod', metadata, spec },
        );
        const { status, body: said } = await send({ line: 'POST /api/v1/namespaces/default/pods?dryRun=All', body });
        assert.ok([201, 400, 403, 422].includes(status), `${status} ${said}\n${body}`);
      }),
      { numRuns: 200, interruptAfterTimeLimit: 4000, markInterruptAsFailure: false },
    );
  });

  test('thousands of bad requests leave nothing behind', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const small = Object.values(cases)
      .flat()
      .filter(([{ body = '', line }]) => body.length + line.length < 10_000);
    const round = async (times: number) => {
      for (let i = 0; i < times; i++) await Promise.all(small.map(([request]) => send(request)));
      collect();
      return process.memoryUsage().heapUsed / 1024 / 1024;
    };
    const before = await round(10);
    const afterwards = await round(30);
    assert.ok(small.length * 40 > 2500, `only ${small.length} kinds of request`);
    assert.ok(afterwards - before < 8, `the heap grew from ${before.toFixed(1)} to ${afterwards.toFixed(1)} MiB`);
    await answers();
  });
});
