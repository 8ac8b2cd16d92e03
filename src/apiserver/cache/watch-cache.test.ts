import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '../../codec/bytes.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import type { Kind } from '../../api/kind.ts';
import { selectionOf } from '../registry/selection.ts';
import { podNamed, put, RecordingSink, remove, trialStorages } from './trial.ts';
import type { WatchCache, WatchRequest } from './watch-cache.ts';

const pod = Pod as Kind;

function watchPods(
  cache: WatchCache,
  sink: RecordingSink,
  changes: Partial<WatchRequest> & { labels?: string; fields?: string; namespace?: string } = {},
) {
  const { labels, fields, namespace, ...rest } = changes;
  const selection = selectionOf(pod, namespace, { labelSelector: labels, fieldSelector: fields });
  const request = { kind: pod, selection, bookmarks: false, sendInitial: false, markInitialEnd: false, ...rest };
  const watcher = cache.watch(request, sink);
  watcher.resume();
  return watcher;
}

test('what was written is in the cache when the write is answered', async () => {
  const { pods } = trialStorages();
  await pods.cache.current();
  const written = await put(pods, podNamed('web'));
  assert.equal(pods.cache.get(written.key), written);
  assert.equal(pods.cache.revision, written.revision);
});

test('a cache that starts late can still be watched from before its start', async () => {
  const { pods } = trialStorages();
  const first = await pods.create(pods.keyOf('default', 'a'), podNamed('a'));
  assert.ok('done' in first);
  await pods.create(pods.keyOf('default', 'b'), podNamed('b'));
  await pods.cache.current();
  const sink = new RecordingSink();
  watchPods(pods.cache, sink, { after: first.done.revision });
  assert.deepEqual(sink.seen, ['ADDED b']);
});

test('current() waits until the cache has seen what other resources wrote', async () => {
  const { pods, store } = trialStorages();
  await pods.cache.current();
  await store.txn({ success: [{ op: 'put', key: '/registry/configmaps/default/x', value: new Uint8Array([1]) }] });
  await pods.cache.current();
  assert.equal(pods.cache.revision, store.revision);
});

test('reaches() answers false for a revision that does not come in time', async () => {
  const { pods, clock } = trialStorages();
  const reached = pods.cache.reaches(1000, 3000);
  await clock.advance(3000);
  assert.equal(await reached, false);
});

test('watchers see creations, changes and deletions; a deletion shows the last state under its own revision', async () => {
  const { pods } = trialStorages();
  await pods.cache.current();
  const sink = new RecordingSink();
  watchPods(pods.cache, sink);
  await put(pods, podNamed('web', { labels: { app: 'web' } }));
  await put(pods, podNamed('web', { labels: { app: 'site' } }));
  const gone = await remove(pods, podNamed('web'));
  assert.deepEqual(sink.seen, ['ADDED web', 'MODIFIED web', 'DELETED web']);
  assert.equal(sink.frames[2]!.object.metadata.resourceVersion, String(gone.revision));
  assert.deepEqual(sink.frames[2]!.object.metadata.labels, { app: 'site' });
});

test('an object that enters a selection is ADDED, one that leaves it is DELETED in the state in which it was selected', async () => {
  const { pods } = trialStorages();
  await pods.cache.current();
  const sink = new RecordingSink();
  watchPods(pods.cache, sink, { labels: 'app=web' });
  await put(pods, podNamed('p', { labels: { app: 'db' } }));
  await put(pods, podNamed('p', { labels: { app: 'web' } }));
  const left = await put(pods, podNamed('p', { labels: { app: 'db' } }));
  await remove(pods, podNamed('p'));
  assert.deepEqual(sink.seen, ['ADDED p', 'DELETED p']);
  assert.deepEqual(sink.frames[1]!.object.metadata.labels, { app: 'web' });
  assert.equal(sink.frames[1]!.object.metadata.resourceVersion, String(left.revision));
});

test('watchers by namespace, by name and by node each see only theirs', async () => {
  const { pods } = trialStorages();
  await pods.cache.current();
  const sinks = { namespace: new RecordingSink(), name: new RecordingSink(), everywhere: new RecordingSink(), node: new RecordingSink() };
  watchPods(pods.cache, sinks.namespace, { namespace: 'blue' });
  watchPods(pods.cache, sinks.name, { namespace: 'blue', fields: 'metadata.name=a' });
  watchPods(pods.cache, sinks.everywhere, { fields: 'metadata.name=a' });
  watchPods(pods.cache, sinks.node, { fields: 'spec.nodeName=n1' });
  await put(pods, podNamed('a', { namespace: 'blue' }));
  await put(pods, podNamed('b', { namespace: 'blue' }));
  await put(pods, podNamed('a', { namespace: 'red', nodeName: 'n2' }));
  await put(pods, podNamed('a', { namespace: 'red', nodeName: 'n1' }));
  await put(pods, podNamed('a', { namespace: 'red', nodeName: 'n3' }));
  assert.deepEqual(sinks.namespace.seen, ['ADDED a', 'ADDED b']);
  assert.deepEqual(sinks.name.seen, ['ADDED a']);
  assert.deepEqual(sinks.everywhere.seen, ['ADDED a', 'ADDED a', 'MODIFIED a', 'MODIFIED a']);
  assert.deepEqual(sinks.node.seen, ['ADDED a', 'DELETED a']);
});

test('all watchers get the same frame, whose line is the event as JSON', async () => {
  const { pods } = trialStorages();
  await pods.cache.current();
  const [one, other] = [new RecordingSink(), new RecordingSink()];
  watchPods(pods.cache, one);
  watchPods(pods.cache, other, { namespace: 'default' });
  const { revision } = await put(pods, podNamed('web'));
  assert.equal(one.frames[0], other.frames[0]);
  const line = text(one.frames[0]!.line());
  assert.ok(line.endsWith('}\n'));
  assert.deepEqual(JSON.parse(line), { type: 'ADDED', object: one.frames[0]!.object });
  assert.equal(JSON.parse(line).object.metadata.resourceVersion, String(revision));
});

test('a full sink is left alone until it resumes, and then gets everything in order', async () => {
  const { pods } = trialStorages();
  for (const name of ['a', 'b', 'c']) await put(pods, podNamed(name));
  await pods.cache.current();
  const sink = new RecordingSink(2);
  const watcher = watchPods(pods.cache, sink, { sendInitial: true });
  assert.deepEqual(sink.seen, ['ADDED a', 'ADDED b']);
  await put(pods, podNamed('d'));
  await put(pods, podNamed('a', { labels: { late: 'yes' } }));
  sink.room = 4;
  watcher.resume();
  assert.deepEqual(sink.seen, ['ADDED a', 'ADDED b', 'ADDED c', 'ADDED d']);
  sink.room = Infinity;
  watcher.resume();
  await put(pods, podNamed('e'));
  assert.deepEqual(sink.seen.slice(4), ['MODIFIED a', 'ADDED e']);
});

test('a watcher that the ring has left behind ends with 410, as does one that begins there', async () => {
  const { pods } = trialStorages({ ringLimits: { minEvents: 2, maxEvents: 2, maxBytes: 1e6, keepMs: 1e6 } });
  await pods.cache.current();
  const sink = new RecordingSink(1);
  const watcher = watchPods(pods.cache, sink);
  const first = await put(pods, podNamed('a'));
  for (const name of ['b', 'c', 'd']) await put(pods, podNamed(name));
  watcher.resume();
  assert.deepEqual(sink.seen, ['ADDED a']);
  assert.equal(sink.ended?.error?.code, 410);
  assert.equal(sink.ended?.error?.reason, 'Expired');
  assert.throws(() => watchPods(pods.cache, new RecordingSink(), { after: first.revision }), {
    message: `too old resource version: ${first.revision} (${first.revision + 1})`,
  });
  assert.equal(pods.cache.watchers.size, 0);
});

test('the bookmark after the initial events says that it is that, at the revision they show', async () => {
  const { pods } = trialStorages();
  const { revision } = await put(pods, podNamed('a'));
  const sink = new RecordingSink();
  watchPods(pods.cache, sink, { sendInitial: true, markInitialEnd: true, bookmarks: true });
  assert.deepEqual(sink.seen, ['ADDED a', 'BOOKMARK']);
  assert.deepEqual(sink.frames[1]!.object, {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { resourceVersion: String(revision), annotations: { 'k8s.io/initial-events-end': 'true' } },
  });
});

test('bookmarks come every minute to those who asked, with the store’s newest revision, and to no full sink', async () => {
  const { pods, store, clock } = trialStorages();
  await pods.cache.current();
  const [asked, other, full] = [new RecordingSink(), new RecordingSink(), new RecordingSink(1)];
  watchPods(pods.cache, asked, { bookmarks: true });
  watchPods(pods.cache, other);
  watchPods(pods.cache, full, { bookmarks: true });
  await store.txn({ success: [{ op: 'put', key: '/registry/configmaps/default/x', value: new Uint8Array([1]) }] });
  await clock.advance(120_000);
  assert.deepEqual(asked.seen, ['BOOKMARK', 'BOOKMARK']);
  assert.equal(asked.frames[0]!.object.metadata.resourceVersion, String(store.revision));
  assert.deepEqual(other.seen, []);
  assert.deepEqual(full.seen, ['BOOKMARK']);
});

test('a watch from the future says nothing of what comes before', async () => {
  const { pods, store } = trialStorages();
  await pods.cache.current();
  const sink = new RecordingSink();
  watchPods(pods.cache, sink, { after: store.revision + 1 });
  await put(pods, podNamed('a'));
  await put(pods, podNamed('b'));
  assert.deepEqual(sink.seen, ['ADDED b']);
});

test('a sink that reads the cache from within a frame sees the whole batch, and a watch begun there misses and repeats nothing', async () => {
  const { pods, store } = trialStorages();
  await pods.cache.current();
  const late = new RecordingSink();
  let sizeAtFirst = 0;
  let begun = false;
  const sink = new RecordingSink();
  const frame = sink.frame.bind(sink);
  sink.frame = (one) => {
    if (!begun) {
      begun = true;
      sizeAtFirst = pods.cache.objects.size;
      watchPods(pods.cache, late, { sendInitial: true });
    }
    return frame(one);
  };
  watchPods(pods.cache, sink);
  const values = ['a', 'b', 'c'].map((name) => pods.preview(pods.keyOf('default', name), podNamed(name), 0));
  await store.txn({ success: values.map(({ key, value }) => ({ op: 'put', key, value }) as const) });
  assert.equal(sizeAtFirst, 3);
  assert.deepEqual(late.seen, ['ADDED a', 'ADDED b', 'ADDED c']);
  assert.deepEqual(sink.seen, ['ADDED a', 'ADDED b', 'ADDED c']);
});

test('when the store stops, watches end with 503 and reads are refused', async () => {
  const { pods, store } = trialStorages();
  await pods.cache.current();
  const sink = new RecordingSink();
  watchPods(pods.cache, sink);
  await store[Symbol.asyncDispose]();
  assert.equal(sink.ended?.error?.code, 503);
  await assert.rejects(pods.get(pods.keyOf('default', 'a')), { code: 503 });
});

test('cancel() within a frame stops what would follow', async () => {
  const { pods } = trialStorages();
  for (const name of ['a', 'b']) await put(pods, podNamed(name));
  const sink = new RecordingSink();
  const request = { kind: pod, selection: {}, bookmarks: false, sendInitial: true, markInitialEnd: false };
  const watcher = pods.cache.watch(request, { frame: (frame) => (watcher.cancel(), sink.frame(frame)), end: () => sink.end() });
  watcher.resume();
  assert.deepEqual(sink.seen, ['ADDED a']);
  assert.equal(sink.ended, undefined);
  assert.equal(pods.cache.watchers.size, 0);
});

test('a sink that throws loses its watch, and nobody else does', async () => {
  const { pods } = trialStorages();
  await pods.cache.current();
  const [broken, sound] = [new RecordingSink(), new RecordingSink()];
  broken.frame = () => {
    throw new Error('no room');
  };
  watchPods(pods.cache, broken);
  watchPods(pods.cache, sound);
  await put(pods, podNamed('a'));
  await put(pods, podNamed('b'));
  assert.deepEqual(sound.seen, ['ADDED a', 'ADDED b']);
  assert.equal(broken.ended?.error?.code, 500);
  assert.equal(pods.cache.watchers.size, 1);
});

test('objects that lack what their kind’s fields are read from are there all the same', async () => {
  const { kinds, storages } = trialStorages();
  const events = storages.of(kinds.byResource('', 'v1', 'events')!);
  await events.cache.current();
  const stored = await put(events, { metadata: { name: 'e', namespace: 'default' } });
  assert.equal(stored.field('involvedObject.kind'), '');
  assert.equal(events.cache.get(stored.key), stored);
});
