import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../api/meta.ts';
import { podNamed, put, trialStorages } from '../cache/trial.ts';

test('create() answers what stands there instead of putting over it', async () => {
  const { pods } = trialStorages();
  const first = await put(pods, podNamed('web'));
  const result = await pods.create(first.key, podNamed('web', { labels: { second: 'yes' } }));
  assert.deepEqual(result, { found: first });
});

test('of two updates of one revision only the first is done, and the other is told what it lost to', async () => {
  const { pods } = trialStorages();
  const { key, revision } = await put(pods, podNamed('web'));
  const results = await Promise.all(['one', 'two'].map((who) => pods.update(key, revision, podNamed('web', { labels: { who } }))));
  const [first, second] = results;
  assert.ok(first && 'done' in first && second && 'found' in second);
  assert.equal(second.found, first.done);
});

test('an update of what is gone finds nothing, and remove() gives the last state under its own revision', async () => {
  const { pods, store } = trialStorages();
  const stored = await put(pods, podNamed('web', { labels: { app: 'web' } }));
  const removed = await pods.remove(stored);
  assert.ok('done' in removed);
  assert.equal(removed.done.revision, store.revision);
  assert.deepEqual(removed.done.object.metadata.labels, { app: 'web' });
  assert.deepEqual(await pods.update(stored.key, stored.revision, podNamed('web')), { found: undefined });
});

test('preview() stores nothing', async () => {
  const { pods, store } = trialStorages();
  const before = store.revision;
  const preview = pods.preview(pods.keyOf('default', 'web'), podNamed('web'), 0);
  assert.equal(preview.object.metadata.name, 'web');
  assert.equal(store.revision, before);
});

test('objects that expire share leases within a minute, and go with them', async () => {
  const { kinds, storages, store, clock } = trialStorages();
  const events = storages.of(kinds.byResource('', 'v1', 'events')!);
  const event = (name: string) => ({ metadata: { name, namespace: 'default' } }) as KubeObject as Parameters<typeof events.create>[1];
  for (const name of ['a', 'b']) await events.create(events.keyOf('default', name), event(name), 3600);
  assert.equal((await store.leases()).length, 1);
  await clock.advance(61_000);
  await events.create(events.keyOf('default', 'c'), event('c'), 3600);
  assert.equal((await store.leases()).length, 2);
  await clock.advance(3_610_000);
  await events.cache.current();
  assert.deepEqual(
    [...events.cache.objects.scan({ start: '\0', end: '\0' })].map(({ name }) => name),
    ['c'],
  );
  await clock.advance(3_700_000);
  await events.cache.current();
  assert.equal(events.cache.objects.size, 0);
});

test('an object that the store finds too large is refused with 413', async () => {
  const { pods } = trialStorages();
  const large = podNamed('web', { labels: { filler: 'x'.repeat(2_000_000) } });
  await assert.rejects(pods.create(pods.keyOf('default', 'web'), large), { code: 413, reason: 'RequestEntityTooLarge' });
});
