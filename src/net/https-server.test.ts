import assert from 'node:assert/strict';
import { connect as connectHttp2, constants, type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import {
  caPem,
  clientCertificate,
  expiredCertificate,
  rawConnection,
  serveOnLoopback,
  strangersCertificate,
  type Keyed,
} from '../../test/loopback.ts';
import { text, utf8 } from '../codec/bytes.ts';
import { BodyTimeoutError, BodyTooLargeError, ClientGoneError, type HttpBody, type HttpHandler } from './http.ts';
import { httpsClient } from './https-client.ts';

const hello: HttpHandler = (_request, response) => response.send(200, { 'content-type': 'text/plain' }, [utf8('hello')]);

/** Reads the body and answers with what became of it. */
const echo =
  (maxBytes: number): HttpHandler =>
  (request, response) => {
    request.body(maxBytes).then(
      (body) => response.send(200, {}, [body]),
      (error: Error) => response.send(error instanceof BodyTooLargeError ? 413 : 504, {}, [utf8(error.name)]),
    );
  };

const get = (path = '/') => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const post = (length: number, body = '', more = '') => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${more}\r\n${body}`;

function session(port: number): ClientHttp2Session & AsyncDisposable {
  const client = connectHttp2(`https://127.0.0.1:${port}`, { ca: caPem });
  client.on('error', () => {});
  return client as ClientHttp2Session & AsyncDisposable;
}

function answerOf(stream: ClientHttp2Stream): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let body = '';
    stream.on('response', (headers) => (status = Number(headers[':status'])));
    stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
    stream.on('error', reject);
    stream.on('close', () => resolve({ status, body }));
  });
}

const asked = (client: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string) => {
  const stream = client.request({ ':method': 'GET', ':path': '/', ...headers });
  stream.end(body);
  return answerOf(stream);
};

async function eventually(isTrue: () => boolean, withinMs = 1_000): Promise<void> {
  for (let i = 0; i < withinMs / 5 && !isTrue(); i++) await delay(5);
  assert.ok(isTrue());
}

test('HTTP/1.1 and HTTP/2 are served on one port', async () => {
  await using server = await serveOnLoopback(hello);
  using one = httpsClient({ server: `https://127.0.0.1:${server.port}`, caPem });
  const response = await one.send({ method: 'GET', path: '/', headers: {} });
  assert.deepEqual([response.status, text(await response.bytes())], [200, 'hello']);
  const two = session(server.port);
  assert.deepEqual(await asked(two, {}), { status: 200, body: 'hello' });
  two.close();
});

test('HEAD has the length of the body and no body, also of a stream', async () => {
  await using server = await serveOnLoopback((request, response) => {
    if (request.target === '/stream') response.stream(200, {}).write(utf8('never'));
    else hello(request, response);
  });
  const raw = await rawConnection(server.port);
  raw.write('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.match(await raw.until(/\r\n\r\n/), /content-length: 5\r\n[\s\S]*\r\n\r\n$/);
  raw.destroy();
  const client = session(server.port);
  assert.deepEqual(await asked(client, { ':method': 'HEAD' }), { status: 200, body: '' });
  assert.deepEqual(await asked(client, { ':method': 'HEAD', ':path': '/stream' }), { status: 200, body: '' });
  client.close();
});

test('pipelined requests are answered in order', async () => {
  await using server = await serveOnLoopback((request, response) => response.send(200, {}, [utf8(`<${request.target}>`)]));
  const raw = await rawConnection(server.port);
  raw.write(get('/1') + get('/2') + get('/3'));
  const all = await raw.until(/<\/3>/);
  assert.deepEqual(all.match(/<\/\d>/g), ['</1>', '</2>', '</3>']);
  raw.destroy();
});

test('body() joins chunks, and an empty body is empty', async () => {
  await using server = await serveOnLoopback(echo(100));
  const raw = await rawConnection(server.port);
  raw.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
  assert.match(await raw.until(/abcde/), / 200 OK/);
  raw.write(post(0));
  assert.match(await raw.until(/content-length: 0/), /content-length: 0/);
  raw.destroy();
});

test('a body that is declared too large is refused before it is read, and the connection lives on when it is small enough to skip', async () => {
  await using server = await serveOnLoopback(echo(10));
  const raw = await rawConnection(server.port);
  raw.write(post(11, 'x'.repeat(11)) + get());
  const all = await raw.until(/ 413 [\s\S]* 200 OK/);
  assert.match(all, /BodyTooLargeError/);
  raw.destroy();
});

test('a chunked body without end is refused at the limit, and its connection ends', async () => {
  await using server = await serveOnLoopback(echo(10_000));
  const raw = await rawConnection(server.port);
  raw.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const feed = setInterval(() => raw.write(chunk), 1);
  assert.match(await raw.until(/BodyTooLargeError/), / 413 /);
  await raw.closed();
  clearInterval(feed);
});

test('HTTP/2: too large a body costs its stream, not the connection', async () => {
  await using server = await serveOnLoopback(echo(1000));
  const client = session(server.port);
  for (let i = 0; i < 20; i++) {
    const stream = client.request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => {});
    stream.write(Buffer.alloc(60_000));
    const [headers] = (await once(stream, 'response')) as [OutgoingHttpHeaders];
    assert.equal(headers[':status'], 413);
    stream.destroy();
  }
  assert.deepEqual(await asked(client, { ':method': 'POST' }, 'small'), { status: 200, body: 'small' });
  client.close();
});

test('HTTP/2: whoever sends too large a body gets the whole answer before the stream is reset, and is cut off when it never ends', async () => {
  await using server = await serveOnLoopback(echo(1000));
  const client = session(server.port);
  const stream = client.request({ ':method': 'POST', ':path': '/', 'content-length': '9000000' });
  const codes: number[] = [];
  stream.on('close', () => codes.push(stream.rstCode));
  stream.write(Buffer.alloc(200_000));
  let body = '';
  stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
  await once(stream, 'end');
  await delay(100);
  assert.deepEqual([body, codes], ['BodyTooLargeError', []]);
  await eventually(() => codes.length > 0, 2_000);
  assert.deepEqual(codes, [constants.NGHTTP2_NO_ERROR]);
  client.destroy();
});

test('HTTP/2: a long answer that is not read costs no other stream', async () => {
  const long = new Uint8Array(12_000_000);
  await using server = await serveOnLoopback((request, response) =>
    response.send(200, {}, request.target === '/long' ? [long] : [utf8('short')]),
  );
  const client = session(server.port);
  const unread = client.request({ ':path': '/long' });
  await once(unread, 'response');
  assert.deepEqual(await asked(client, {}), { status: 200, body: 'short' });
  client.destroy();
});

test('HTTP/2: streams that follow reset ones at once are answered, however many are open', async () => {
  await using server = await serveOnLoopback((request, response) => {
    if (request.target === '/watch') response.stream(200, {});
    else hello(request, response);
  });
  const client = session(server.port);
  const watches = Array.from({ length: 100 }, () => client.request({ ':path': '/watch' }));
  await Promise.all(watches.map((watch) => once(watch, 'response')));
  for (const watch of watches) watch.close(constants.NGHTTP2_CANCEL);
  const answers = await Promise.all(Array.from({ length: 150 }, () => asked(client, {})));
  assert.ok(answers.every(({ status, body }) => status === 200 && body === 'hello'));
  client.close();
});

test('HTTP/2: streams beyond 2,000 are refused so that clients try again', async () => {
  await using server = await serveOnLoopback((_request, response) => void response.stream(200, {}));
  const client = session(server.port);
  client.setMaxListeners(0);
  const watches = Array.from({ length: 2_000 }, () => client.request({ ':path': '/' }));
  await Promise.all(watches.map((watch) => once(watch, 'response')));
  await assert.rejects(asked(client, {}), /NGHTTP2_REFUSED_STREAM/);
  watches[0]!.close(constants.NGHTTP2_CANCEL);
  await eventually(() => watches[0]!.destroyed);
  const another = client.request({ ':path': '/' });
  await once(another, 'response');
  client.destroy();
});

test('a body that does not come in time is a BodyTimeoutError', async () => {
  const errors: string[] = [];
  await using server = await serveOnLoopback(
    (request, response) => {
      request.body(100).catch((error: Error) => {
        errors.push(error.name);
        response.send(504, {}, []);
      });
    },
    { bodyTimeoutMs: 30 },
  );
  const raw = await rawConnection(server.port);
  raw.write(post(10, 'abc'));
  assert.match(await raw.closed(), / 504 /);
  assert.deepEqual(errors, [BodyTimeoutError.name]);
});

test('a client that goes half way through its body is a ClientGoneError, and aborts the signal', async () => {
  const seen: string[] = [];
  await using server = await serveOnLoopback((request) => {
    request.signal.addEventListener('abort', () => seen.push('aborted'));
    request.body(100).catch((error: Error) => seen.push(error.name));
  });
  const raw = await rawConnection(server.port);
  raw.write(post(10, 'abc'));
  await delay(20);
  raw.destroy();
  await eventually(() => seen.length === 2);
  assert.deepEqual(seen.toSorted(), [ClientGoneError.name, 'aborted']);

  const client = session(server.port);
  const stream = client.request({ ':method': 'POST', ':path': '/' });
  stream.on('error', () => {});
  stream.write('abc');
  await delay(20);
  stream.destroy();
  await eventually(() => seen.length === 4);
  client.close();
});

test('Expect: 100-continue is answered when the body is wanted, and the connection ends when it is not', async () => {
  await using server = await serveOnLoopback((request, response) => (request.target === '/no' ? hello : echo(100))(request, response));
  const raw = await rawConnection(server.port);
  raw.write(post(3, '', 'Expect: 100-continue\r\n'));
  await raw.until(/100 Continue\r\n\r\n/);
  raw.write('abc');
  assert.match(await raw.until(/abc/), / 200 OK/);
  raw.destroy();
  const unwanted = await rawConnection(server.port);
  unwanted.write(post(3, '', 'Expect: 100-continue\r\n').replace('POST /', 'POST /no'));
  assert.match(await unwanted.closed(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close/i);
});

test('headers: values apart and joined, names in lower case', async () => {
  let seen: unknown;
  await using server = await serveOnLoopback((request, response) => {
    seen = [request.header('x-a'), request.headerValues('x-a'), request.headerNames().includes('x-a'), request.header('x-b')];
    hello(request, response);
  });
  const raw = await rawConnection(server.port);
  raw.write('GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-A: 2, 3\r\n\r\n');
  await raw.until(/hello/);
  assert.deepEqual(seen, ['1, 2, 3', ['1', '2, 3'], true, undefined]);
  raw.destroy();
  const client = session(server.port);
  await asked(client, { 'x-a': ['1', '2, 3'] });
  assert.deepEqual(seen, ['1, 2, 3', ['1', '2, 3'], true, undefined]);
  client.close();
});

test('what is no HTTP is a 400, too many headers are a 431', async () => {
  await using server = await serveOnLoopback(hello);
  const nonsense = await rawConnection(server.port);
  nonsense.write('\0\0\0 what is this\r\n\r\n');
  assert.match(await nonsense.closed(), /^HTTP\/1\.1 400 Bad Request/);
  const huge = await rawConnection(server.port);
  huge.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(1024 * 1024 + 10)}\r\n\r\n`);
  assert.match(await huge.closed(), /^HTTP\/1\.1 431 Request Header Fields Too Large/);
  const large = await rawConnection(server.port);
  large.write(`GET /${'x'.repeat(500_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  assert.match(await large.until(/hello/), / 200 OK/);
  large.destroy();
});

test('plain HTTP on the TLS port is told so; other noise is cut off', async () => {
  await using server = await serveOnLoopback(hello);
  const plain = (bytes: string) =>
    new Promise<string>((resolve) => {
      let received = '';
      const socket = connectTcp(server.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => (received += chunk.toString()));
      socket.on('error', () => {});
      socket.on('close', () => resolve(received));
    });
  assert.equal(await plain(get()), 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
  assert.equal(await plain('SSH-2.0-x\r\n'), '');
  // A handshake record that makes no sense: TLS answers with an alert at most.
  assert.ok((await plain('\x16\x03\x01\x00\x05hello')).length < 20);
  const raw = await rawConnection(server.port);
  raw.write(get());
  await raw.until(/hello/);
  raw.destroy();
});

test('client certificates are believed when the client CA signed them, and told apart from none', async () => {
  let seen: unknown;
  await using server = await serveOnLoopback((request, response) => {
    seen = [request.peer?.commonName, request.peer?.organizations, request.peerRefused];
    hello(request, response);
  });
  const see = async (keyed?: Keyed) => {
    using client = httpsClient({ server: `https://127.0.0.1:${server.port}`, caPem, ...keyed });
    await (await client.send({ method: 'GET', path: '/', headers: {} })).bytes();
    return seen;
  };
  assert.deepEqual(await see(clientCertificate('jane', ['dev', 'ops'])), ['jane', ['dev', 'ops'], false]);
  assert.deepEqual(await see(), [undefined, undefined, false]);
  assert.deepEqual(await see(strangersCertificate('jane')), [undefined, undefined, true]);
  assert.deepEqual(await see(expiredCertificate('jane')), [undefined, undefined, true]);
});

test('a resumed TLS session is still the same client', async () => {
  const seen: unknown[] = [];
  await using server = await serveOnLoopback((request, response) => {
    seen.push(request.peer?.commonName);
    hello(request, response);
  });
  const { certificatePem, keyPem } = clientCertificate('jane', []);
  let ticket: Buffer | undefined;
  for (let i = 0; i < 2; i++) {
    const raw = await rawConnection(server.port, { cert: certificatePem, key: keyPem, ...(ticket && { session: ticket }) });
    raw.socket.on('session', (given: Buffer) => (ticket = given));
    assert.equal(raw.socket.isSessionReused(), i > 0);
    raw.write(get());
    await raw.until(/hello/);
    raw.destroy();
  }
  assert.deepEqual(seen, ['jane', 'jane']);
});

test('a reader that does not read makes write() false, and onDrain fires when it does', async () => {
  let body: HttpBody | undefined;
  let drained = 0;
  await using server = await serveOnLoopback((_request, response) => {
    body = response.stream(200, {});
    body.onDrain(() => drained++);
  });
  const client = session(server.port);
  const stream = client.request({ ':path': '/' });
  stream.pause();
  await eventually(() => body !== undefined);
  let writes = 1;
  while (body!.write(Buffer.alloc(10_000)) && writes < 100) writes++;
  assert.ok(writes < 100, `${writes} writes of 10 kB without a pause`);
  await delay(30);
  assert.equal(drained, 0, 'nobody reads yet');
  stream.resume();
  await eventually(() => drained === 1);
  client.destroy();
});

test('destroy() breaks an answer off, in both protocols', async () => {
  await using server = await serveOnLoopback((_request, response) => {
    response.stream(200, {}).write(utf8('half'));
    setTimeout(() => response.destroy(), 20);
  });
  const raw = await rawConnection(server.port);
  raw.write(get());
  assert.doesNotMatch(await raw.closed(), /\r\n0\r\n\r\n$/);
  const client = session(server.port);
  await assert.rejects(asked(client, {}), /NGHTTP2_INTERNAL_ERROR/);
  client.close();
});

test('a handler that throws costs its connection alone', async () => {
  await using server = await serveOnLoopback((request, response) => {
    if (request.target === '/bad') throw new Error('bug');
    hello(request, response);
  });
  const raw = await rawConnection(server.port);
  raw.write(get('/bad'));
  assert.equal(await raw.closed(), '');
  const good = await rawConnection(server.port);
  good.write(get());
  await good.until(/hello/);
  good.destroy();
});

test('idle connections end', async () => {
  await using server = await serveOnLoopback(hello, { idleTimeoutMs: 50 });
  const client = session(server.port);
  await asked(client, {});
  await new Promise((resolve) => client.once('close', resolve));
  await eventually(() => server.connections() === 0);
});

test('disposal lets requests in flight finish, ends streams, and takes no new connection', async () => {
  const seen: string[] = [];
  const server = await serveOnLoopback((request, response) => {
    if (request.target === '/watch') {
      response.stream(200, {}).write(utf8('frame\n'));
      request.signal.addEventListener('abort', () => seen.push('watch ended'));
    } else setTimeout(() => hello(request, response), 100);
  });
  const client = session(server.port);
  const watch = asked(client, { ':path': '/watch' });
  const slow = asked(client, { ':path': '/slow' });
  const raw = await rawConnection(server.port);
  raw.write(get('/watch'));
  await raw.until(/frame/);
  const goaway = new Promise((resolve) => client.once('goaway', resolve));
  const began = performance.now();
  await server[Symbol.asyncDispose]();
  assert.deepEqual(await watch, { status: 200, body: 'frame\n' });
  assert.deepEqual(await slow, { status: 200, body: 'hello' });
  assert.match(await raw.closed(), /\r\n0\r\n\r\n$/, 'a clean end');
  await goaway;
  assert.deepEqual(seen, ['watch ended', 'watch ended']);
  assert.ok(performance.now() - began < 1500);
  await assert.rejects(rawConnection(server.port));
});

test('disposal does not wait for ever', async () => {
  const server = await serveOnLoopback(() => {}, { shutdownMs: 50 });
  const raw = await rawConnection(server.port);
  raw.write(get());
  await delay(20);
  await server[Symbol.asyncDispose]();
  assert.equal(await raw.closed(), '');
});

test('a port that is taken rejects', async () => {
  await using server = await serveOnLoopback(hello);
  await assert.rejects(serveOnLoopback(hello, { port: server.port }), /EADDRINUSE/);
});
