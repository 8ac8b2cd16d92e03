import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListOptions } from '../../api/call.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { podNamed, put, remove, trialStorages } from '../cache/trial.ts';
import { readPage, type ObjectsPage } from './list.ts';
import { selectionOf } from './selection.ts';

async function listPods(pods: ResourceStorage, options: ListOptions = {}, namespace?: string): Promise<ObjectsPage> {
  return readPage(pods, Pod, selectionOf(Pod, namespace, options), options);
}

const names = ({ objects }: ObjectsPage) => objects.map(({ name }) => name);

async function withPods(...all: string[]) {
  const trial = trialStorages();
  for (const name of all) await put(trial.pods, podNamed(name, { labels: { letter: name } }));
  return trial;
}

test('a list shows everything there is at the store’s newest revision', async () => {
  const { pods, store } = await withPods('b', 'a');
  const page = await listPods(pods);
  assert.deepEqual(names(page), ['a', 'b']);
  assert.equal(page.revision, store.revision);
});

test('a namespace’s list holds nothing of a namespace whose name begins with its own', async () => {
  const { pods } = trialStorages();
  await put(pods, podNamed('a', { namespace: 'team' }));
  await put(pods, podNamed('b', { namespace: 'team-two' }));
  assert.deepEqual(names(await listPods(pods, {}, 'team')), ['a']);
  assert.deepEqual(names(await listPods(pods, { fieldSelector: 'metadata.namespace=team-two' })), ['b']);
});

test('selectors narrow by labels and fields', async () => {
  const { pods } = await withPods('a', 'b', 'c');
  assert.deepEqual(names(await listPods(pods, { labelSelector: 'letter in (a,c)' })), ['a', 'c']);
  assert.deepEqual(names(await listPods(pods, { fieldSelector: 'metadata.name!=b,spec.nodeName=' })), ['a', 'c']);
});

test('a field that is not selectable is refused in the kind’s words', async () => {
  const { pods, kinds, storages } = await withPods();
  await assert.rejects(listPods(pods, { fieldSelector: 'spec.hostname=x' }), {
    code: 400,
    message: 'field label not supported: spec.hostname',
  });
  const configMaps = kinds.byResource('', 'v1', 'configmaps')!;
  assert.throws(() => selectionOf(configMaps, undefined, { fieldSelector: 'data=x' }), {
    message: '"data" is not a known field selector: only "metadata.name", "metadata.namespace"',
  });
  assert.ok(storages.of(configMaps));
});

test('a chunked list shows the revision of its first page to the end, whatever happens meanwhile', async () => {
  const { pods } = await withPods('a', 'b', 'c', 'd', 'e');
  const first = await listPods(pods, { limit: 2 });
  assert.deepEqual(names(first), ['a', 'b']);
  assert.equal(first.remainingItemCount, 3);
  await remove(pods, podNamed('c'));
  await put(pods, podNamed('bb'));
  const second = await listPods(pods, { limit: 2, continue: first.continue });
  assert.deepEqual(names(second), ['c', 'd']);
  assert.equal(second.revision, first.revision);
  assert.equal(second.remainingItemCount, 1);
  const third = await listPods(pods, { limit: 2, continue: second.continue });
  assert.deepEqual(names(third), ['e']);
  assert.equal(third.continue, undefined);
  assert.equal(third.remainingItemCount, undefined);
});

test('chunks with selectors are filled up from history, and tell no count', async () => {
  const { pods } = await withPods('a', 'b', 'c', 'd', 'e');
  const options = { labelSelector: 'letter notin (b,c)', limit: 2 };
  const first = await listPods(pods, options);
  assert.deepEqual(names(first), ['a', 'd']);
  assert.equal(first.remainingItemCount, undefined);
  await put(pods, podNamed('f'));
  assert.deepEqual(names(await listPods(pods, { ...options, continue: first.continue })), ['e']);
});

test('a list that ends with a full page has no continuation', async () => {
  const { pods } = await withPods('a', 'b');
  assert.equal((await listPods(pods, { limit: 2 })).continue, undefined);
});

test('a token whose history is compacted is answered with 410 and another that goes on with what there is', async () => {
  const { pods, store } = await withPods('a', 'b', 'c');
  const first = await listPods(pods, { limit: 1 });
  await put(pods, podNamed('bb'));
  await store.compact(store.revision);
  const error = await listPods(pods, { limit: 1, continue: first.continue }).catch((caught: unknown) => caught);
  assert.ok(error instanceof Error && 'status' in error);
  const { code, reason, message, metadata } = error.status as {
    code: number;
    reason: string;
    message: string;
    metadata: { continue: string };
  };
  assert.deepEqual([code, reason], [410, 'Expired']);
  assert.match(message, /^The provided continue parameter is too old to display a consistent list result\./);
  const rest = await listPods(pods, { continue: metadata.continue });
  assert.deepEqual(names(rest), ['b', 'bb', 'c']);
  assert.equal(rest.revision, store.revision);
});

test('tokens that are none are refused', async () => {
  const { pods } = await withPods('a');
  const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const bad of [
    'x',
    token({ v: 'v2', rv: 1, start: 'a' }),
    token({ v: 'meta.k8s.io/v1', rv: 0, start: 'a' }),
    token({ v: 'meta.k8s.io/v1', rv: 1, start: '' }),
    token({ v: 'meta.k8s.io/v1', rv: 1, start: '../secrets/' }),
  ])
    await assert.rejects(listPods(pods, { continue: bad }), { code: 400, message: /^invalid continue token: continue key is not valid/ });
  const { continue: good } = await listPods((await withPods('a', 'b')).pods, { limit: 1 });
  await assert.rejects(listPods(pods, { continue: good, resourceVersion: '1' }), {
    message: 'specifying resource version is not allowed when using continue',
  });
});

test('Exact answers an old revision from history, NotOlderThan and no match what there is now', async () => {
  const { pods, store } = await withPods('a');
  const old = String(store.revision);
  await put(pods, podNamed('b'));
  const exact = await listPods(pods, { resourceVersion: old, resourceVersionMatch: 'Exact' });
  assert.deepEqual(names(exact), ['a']);
  assert.equal(exact.revision, Number(old));
  assert.deepEqual(names(await listPods(pods, { resourceVersion: old, resourceVersionMatch: 'NotOlderThan' })), ['a', 'b']);
  assert.deepEqual(names(await listPods(pods, { resourceVersion: old })), ['a', 'b']);
  assert.deepEqual(names(await listPods(pods, { resourceVersion: old, limit: 5 })), ['a']);
});

test('"0" is answered whole whatever the limit', async () => {
  const { pods } = await withPods('a', 'b');
  assert.deepEqual(names(await listPods(pods, { resourceVersion: '0', limit: 1 })), ['a', 'b']);
});

test('an exact revision whose history is gone is 410', async () => {
  const { pods, store } = await withPods('a');
  const old = String(store.revision);
  await put(pods, podNamed('b'));
  await store.compact(store.revision);
  await assert.rejects(listPods(pods, { resourceVersion: old, resourceVersionMatch: 'Exact' }), {
    code: 410,
    reason: 'Expired',
    message: 'The resourceVersion for the provided list is too old.',
  });
});

test('a revision that has not come within three seconds is 504, with its cause and a time to wait', async () => {
  const { pods, store, clock } = await withPods('a');
  const late = assert.rejects(listPods(pods, { resourceVersion: '1000' }), {
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: 1000, current: ${store.revision}`,
    details: { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }] },
  });
  await clock.advance(3000);
  await late;
});

test('a revision that comes while the list waits is waited for', async () => {
  const { pods, store, clock } = await withPods('a');
  const waiting = listPods(pods, { resourceVersion: String(store.revision + 1) });
  await clock.advance(1000);
  await put(pods, podNamed('b'));
  assert.deepEqual(names(await waiting), ['a', 'b']);
});

test('options that contradict each other are 422, all at once', async () => {
  const { pods } = await withPods();
  await assert.rejects(listPods(pods, { resourceVersionMatch: 'Nearly', continue: 'x' }), {
    code: 422,
    message:
      'ListOptions.meta.k8s.io "" is invalid: [' +
      'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, ' +
      'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided, ' +
      'resourceVersionMatch: Unsupported value: "Nearly": supported values: "Exact", "NotOlderThan", ""]',
  });
  await assert.rejects(listPods(pods, { resourceVersion: 'x' }), {
    code: 400,
    message: 'invalid resource version: strconv.ParseUint: parsing "x": invalid syntax',
  });
});

test('a list of 10,000 pods decodes none of them', async () => {
  const { pods } = trialStorages({ decodedBytes: 1 });
  for (let i = 0; i < 10_000; i += 100)
    await Promise.all(
      Array.from({ length: 100 }, (_, j) => put(pods, podNamed(`p${String(i + j)}`, { labels: { parity: String(j % 2) } }))),
    );
  // Only the last one written is held, and it would make room for any other.
  await put(pods, podNamed('unlike-the-others', { labels: { parity: 'none', filler: 'x'.repeat(50) } }));
  const { heldBytes } = pods.family.cache;
  assert.ok(heldBytes > 0);
  const { objects } = await listPods(pods, { labelSelector: 'parity=1' });
  assert.equal(objects.length, 5000);
  for (const object of objects) object.json();
  assert.equal(pods.family.cache.heldBytes, heldBytes);
});
