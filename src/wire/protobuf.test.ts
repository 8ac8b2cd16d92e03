import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame, objectResult, pod, podList, servedApi, type ServedApi } from '../../test/served-api.ts';
import { decodeKubernetesProtobuf, encodeKubernetesProtobuf, protobufMediaType } from '../api/protobuf/envelope.ts';
import type { WatchSink } from '../api/call.ts';
import { expired, notFound } from '../api/errors.ts';
import { ProtobufReader } from '../codec/protobuf/reader.ts';

const pods = '/api/v1/namespaces/default/pods';

const send = (api: ServedApi, line: string, headers: Record<string, string>, body?: Uint8Array) => {
  const [method = '', path = ''] = line.split(' ', 2);
  return api.http.send({ method, path, headers, ...(body && { body }) });
};

async function answerOf(api: ServedApi, line: string, accept = protobufMediaType) {
  const response = await send(api, line, { accept });
  assert.equal(response.header('content-type'), protobufMediaType);
  return { status: response.status, ...decodeKubernetesProtobuf(await response.bytes()) };
}

test('objects, lists, metadata and errors go out as protobuf to who takes nothing else', async () => {
  await using api = await servedApi((call) => {
    if (call.verb === 'list') return Promise.resolve({ type: 'list', list: podList('a', 'b') });
    if (call.verb === 'delete') return Promise.reject(notFound({ group: '', resource: 'pods' }, 'a'));
    return Promise.resolve(objectResult(pod('a')));
  });
  const { metadata } = pod('a');
  const one = await answerOf(api, `GET ${pods}/a`);
  assert.deepEqual(one, { status: 200, apiVersion: 'v1', kind: 'Pod', object: { metadata } });
  const list = await answerOf(api, `GET ${pods}`);
  assert.deepEqual([list.kind, (list.object['items'] as unknown[]).length], ['PodList', 2]);
  const partial = await answerOf(api, `GET ${pods}/a`, `${protobufMediaType};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`);
  assert.deepEqual(partial, { status: 200, apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', object: { metadata } });
  const error = await answerOf(api, `DELETE ${pods}/a`);
  assert.deepEqual([error.status, error.kind, error.object['reason'], error.object['code']], [404, 'Status', 'NotFound', 404]);
});

test('bodies of protobuf go on as they are, but to custom kinds', async () => {
  await using api = await servedApi(() => Promise.resolve(objectResult(pod('a'))));
  const body = encodeKubernetesProtobuf(pod('a'), 'v1', 'Pod')!;
  await send(api, `POST ${pods}`, { 'content-type': protobufMediaType }, body);
  const sent = api.calls.at(-1);
  assert.ok(sent && 'body' in sent && sent.body && 'bytes' in sent.body);
  assert.deepEqual([sent.body.mediaType, Uint8Array.from(sent.body.bytes)], [protobufMediaType, body]);
  const refused = await send(api, 'POST /apis/example.com/v1/widgets', { 'content-type': protobufMediaType }, body);
  assert.equal(refused.status, 415);
  const deleted = await send(api, 'DELETE /apis/example.com/v1/widgets/a', { 'content-type': protobufMediaType }, body);
  assert.equal(deleted.status, 200, 'the options of a delete are no custom kind');
});

test('a watch is frames of protobuf, each behind its length, and an error is the last of them', async () => {
  const begun = Promise.withResolvers<WatchSink>();
  await using api = await servedApi(() =>
    Promise.resolve({
      type: 'watch',
      start: (sink) => {
        begun.resolve(sink);
        return { resume: () => undefined, cancel: () => undefined };
      },
    }),
  );
  const sending = send(api, `GET ${pods}?watch=1`, { accept: `${protobufMediaType};stream=watch` });
  const sink = await begun.promise;
  sink.frame(frame('ADDED', pod('a')));
  sink.end(expired('too old resource version: 1 (5)'));
  const response = await sending;
  assert.equal(response.header('content-type'), `${protobufMediaType};stream=watch`);
  const events = eventsOf(await response.bytes());
  assert.deepEqual(
    events.map(({ type, object }) => [type, object.kind]),
    [
      ['ADDED', 'Pod'],
      ['ERROR', 'Status'],
    ],
  );
  assert.equal(events[1]!.object.object['code'], 410);
});

function eventsOf(bytes: Uint8Array) {
  const events = [];
  for (let at = 0; at < bytes.length;) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0);
    const reader = new ProtobufReader(bytes, at + 4, at + 4 + length);
    reader.next('WatchEvent');
    const type = reader.string();
    reader.next('WatchEvent');
    const extension = reader.inner();
    extension.next('RawExtension');
    events.push({ type, object: decodeKubernetesProtobuf(extension.bytes()) });
    at += 4 + length;
  }
  return events;
}
