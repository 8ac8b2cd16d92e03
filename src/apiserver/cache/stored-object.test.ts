import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes, text } from '../../codec/bytes.ts';
import type { KubeObject } from '../../api/meta.ts';
import { podNamed, put, trialStorages } from './trial.ts';

const jsonOf = (value: { json(): readonly Uint8Array[] }) => JSON.parse(text(concatBytes(value.json()))) as unknown;

test('both forms of an object say the same, and the decoded one is made once and frozen', async () => {
  const { pods } = trialStorages();
  const stored = await put(pods, podNamed('web', { labels: { app: 'web' } }));
  assert.deepEqual(jsonOf(stored), stored.object);
  assert.equal(stored.object, stored.object);
  assert.throws(() => Object.assign(stored.object.metadata.labels!, { app: 'other' }), TypeError);
});

test('what was just written is read as its bytes would be, without what JSON does not have', async () => {
  const { pods } = trialStorages();
  const result = await pods.create(pods.keyOf('default', 'web'), {
    ...podNamed('web', { labels: { app: 'web' } }),
    metadata: { name: 'web', namespace: 'default', resourceVersion: '7', annotations: undefined },
  });
  assert.ok('done' in result);
  const { done } = result;
  assert.deepEqual(done.object, done.decode());
  assert.deepEqual(Object.keys(done.object), Object.keys(done.decode()));
  assert.deepEqual(jsonOf(done), done.object);
});

test('a decoded form that was dropped is shared while somebody has it still, and comes back from the bytes', async () => {
  const { pods } = trialStorages({ decodedBytes: 1 });
  const [one, two, three] = [await put(pods, podNamed('one')), await put(pods, podNamed('two')), await put(pods, podNamed('three'))];
  const before = one.object;
  // The first to come lets it go by once more, since it was used.
  for (const other of [two, three]) void other.object;
  assert.equal(one.object, before);
  assert.notEqual(one.decode(), before);
  assert.deepEqual(one.decode(), before);
});

test('field() knows names without decoding, and answers nothing for paths that are not selectable', async () => {
  const { pods } = trialStorages();
  const stored = await put(pods, podNamed('web', { nodeName: 'n1' }));
  assert.equal(stored.field('metadata.name'), 'web');
  assert.equal(stored.field('metadata.namespace'), 'default');
  assert.equal(stored.field('spec.nodeName'), 'n1');
  assert.equal(stored.field('spec.restartPolicy'), '');
  assert.equal(stored.field('spec.hostname'), undefined);
});

test('events are one object in two groups: stored as core’s, shown as either', async () => {
  const { kinds, storages } = trialStorages();
  const core = kinds.byResource('', 'v1', 'events')!;
  const grouped = kinds.byResource('events.k8s.io', 'v1', 'events')!;
  assert.equal(storages.of(core), storages.of(grouped));
  const stored = await put(storages.of(core), { metadata: { name: 'e', namespace: 'default' }, message: 'hello' } as KubeObject);
  const shown = stored.as(grouped);
  assert.equal((shown.object as unknown as { note: string }).note, 'hello');
  assert.equal(shown.object.apiVersion, 'events.k8s.io/v1');
  assert.equal(shown.object.metadata.resourceVersion, String(stored.revision));
  assert.deepEqual(jsonOf(shown), shown.object);
  assert.equal(stored.as(grouped), shown);
});
