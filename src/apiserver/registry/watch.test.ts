import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import type { WatchOptions } from '../../api/call.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { podNamed, put, RecordingSink, trialStorages } from '../cache/trial.ts';
import { watch } from './watch.ts';

type Trial = ReturnType<typeof trialStorages>;

async function startWatch({ pods, clock }: Trial, options: WatchOptions, sink: RecordingSink, signal?: AbortSignal) {
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const call = { verb: 'watch', resource, options, credentials: { by: 'nothing' }, ...(signal && { signal }) } as const;
  const context = { receivedMs: 0, user: { name: 'x', groups: [] }, auditId: '', warnings: [] };
  const result = await watch(
    { call, context, kind: Pod, storage: pods, name: '' },
    { clock, watchRng: seededRng(1), minWatchSeconds: 1800 },
  );
  assert.ok(result.type === 'watch');
  return result.start(sink);
}

test('a watch from nowhere begins with what there is', async () => {
  for (const resourceVersion of [undefined, '', '0']) {
    const trial = trialStorages();
    await put(trial.pods, podNamed('a'));
    const sink = new RecordingSink();
    await startWatch(trial, { resourceVersion }, sink);
    await put(trial.pods, podNamed('b'));
    assert.deepEqual(sink.seen, ['ADDED a', 'ADDED b']);
  }
});

test('a watch from a revision begins after it, and one that wants no initial events with the next', async () => {
  const trial = trialStorages();
  const { revision } = await put(trial.pods, podNamed('a'));
  await put(trial.pods, podNamed('b'));
  const [after, now] = [new RecordingSink(), new RecordingSink()];
  await startWatch(trial, { resourceVersion: String(revision) }, after);
  await startWatch(trial, { sendInitialEvents: false, resourceVersionMatch: 'NotOlderThan' }, now);
  await put(trial.pods, podNamed('c'));
  assert.deepEqual(after.seen, ['ADDED b', 'ADDED c']);
  assert.deepEqual(now.seen, ['ADDED c']);
});

test('sendInitialEvents with bookmarks marks the end of the initial events', async () => {
  const trial = trialStorages();
  await put(trial.pods, podNamed('a'));
  const sink = new RecordingSink();
  await startWatch(trial, { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true }, sink);
  assert.deepEqual(sink.seen, ['ADDED a', 'BOOKMARK']);
  assert.equal(sink.frames[1]!.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true');
});

test('a watch ends when its time is up, with a last bookmark for those who take them', async () => {
  const trial = trialStorages();
  const sink = new RecordingSink();
  await startWatch(trial, { timeoutSeconds: 10, allowWatchBookmarks: true, resourceVersion: '1' }, sink);
  await trial.clock.advance(10_000);
  assert.deepEqual(sink.seen, ['BOOKMARK']);
  assert.deepEqual(sink.ended, { error: undefined });
  assert.equal(trial.pods.cache.watchers.size, 0);
});

test('a watch without a timeout of its own lasts between half an hour and an hour', async () => {
  const trial = trialStorages();
  const sink = new RecordingSink();
  await startWatch(trial, { resourceVersion: '1' }, sink);
  await trial.clock.advance(1800_000);
  assert.equal(sink.ended, undefined);
  await trial.clock.advance(1800_000);
  assert.ok(sink.ended);
});

test('a watch that asks for what is no more begins, and ends at once with 410', async () => {
  const trial = trialStorages({ ringLimits: { minEvents: 1, maxEvents: 1, maxBytes: 1e6, keepMs: 1e6 } });
  await trial.pods.cache.current();
  for (const name of ['a', 'b', 'c']) await put(trial.pods, podNamed(name));
  const sink = new RecordingSink();
  await startWatch(trial, { resourceVersion: '1' }, sink);
  assert.equal(sink.ended?.error?.code, 410);
  assert.equal(sink.ended?.error?.message, `too old resource version: 1 (${trial.store.revision - 1})`);
});

test('initial events of a future that does not come end the watch with 504', async () => {
  const trial = trialStorages();
  const sink = new RecordingSink();
  const options = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', resourceVersion: '99' };
  const started = startWatch(trial, options, sink);
  await trial.clock.advance(3000);
  await started;
  assert.equal(sink.ended?.error?.code, 504);
});

test('a caller that has gone is told nothing more, and leaves no timer behind', async () => {
  const trial = trialStorages();
  await put(trial.pods, podNamed('a'));
  const caller = new AbortController();
  const sink = new RecordingSink();
  await startWatch(trial, {}, sink, caller.signal);
  caller.abort();
  await put(trial.pods, podNamed('b'));
  await trial.clock.advance(7200_000);
  assert.deepEqual(sink.seen, ['ADDED a']);
  assert.equal(sink.ended, undefined);
  assert.equal(trial.pods.cache.watchers.size, 0);
});

test('options that contradict each other are refused before the watch begins', async () => {
  await assert.rejects(startWatch(trialStorages(), { sendInitialEvents: true }, new RecordingSink()), {
    code: 422,
    message:
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  });
});
