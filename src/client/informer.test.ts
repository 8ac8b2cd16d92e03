import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { seededRng } from '../base/rng.ts';
import { VirtualClock } from '../base/virtual-clock.ts';
import { ApiError, expired } from '../api/errors.ts';
import { defineKind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Client, WatchEvents } from './client.ts';
import { Informer, type Change } from './informer.ts';

const Thing = defineKind<KubeObject>({
  group: 'x',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  namespaced: true,
  schema: () => ({ type: 'any' }),
});
const thing = (name: string, resourceVersion: string, labels = {}): KubeObject => ({
  metadata: { namespace: 'ns', name, resourceVersion, labels },
});

/** A server that answers lists from a script and hands its watches to the test. */
class Server {
  lists: (KubeObject[] | ApiError)[] = [];
  listed: (string | undefined)[] = [];
  watches: { from: string | undefined; sink: WatchEvents<KubeObject>; cancelled: boolean }[] = [];
  revision = '10';

  readonly client = {
    list: async (_kind: unknown, _within: unknown, options: { resourceVersion?: string }) => {
      this.listed.push(options.resourceVersion);
      const answer = this.lists.shift() ?? [];
      if (answer instanceof ApiError) throw answer;
      return { metadata: { resourceVersion: this.revision }, items: answer };
    },
    watch: (_kind: unknown, _within: unknown, options: { resourceVersion?: string }, sink: WatchEvents<KubeObject>) => {
      const watch = { from: options.resourceVersion, sink, cancelled: false };
      this.watches.push(watch);
      return { cancel: () => (watch.cancelled = true) };
    },
  } as unknown as Client;
}

let clock: VirtualClock;
let server: Server;
let stop: AbortController;
let seen: Change<KubeObject>[];

describe('informer', () => {
  beforeEach(() => {
    clock = new VirtualClock({ turn: () => new Promise((resolve) => setImmediate(resolve)) });
    server = new Server();
    stop = new AbortController();
    seen = [];
  });

  async function started(): Promise<Informer<KubeObject>> {
    const informer = new Informer({
      kind: Thing,
      client: server.client,
      clock,
      rng: seededRng(1),
      indexes: { color: (object) => Object.values(object.metadata.labels ?? {}) },
    });
    informer.onChange((change) => seen.push(change));
    void informer.start(stop.signal);
    await clock.settle();
    return informer;
  }

  test('it lists, then watches from the list’s revision', async () => {
    server.lists = [[thing('a', '3')]];
    const informer = await started();
    assert.equal(informer.synced, true);
    assert.deepEqual(
      server.watches.map((watch) => watch.from),
      ['10'],
    );
    server.watches[0]!.sink.event('ADDED', thing('b', '11'));
    assert.deepEqual(
      informer.list().map((object) => object.metadata.name),
      ['a', 'b'],
    );
    assert.equal(informer.revision, '11');
  });

  test('listeners hear what was, what is and what is gone', async () => {
    server.lists = [[thing('a', '3')]];
    const informer = await started();
    const { sink } = server.watches[0]!;
    sink.event('MODIFIED', thing('a', '12'));
    sink.event('DELETED', thing('a', '13'));
    assert.deepEqual(
      seen.map(({ now, old }) => [now?.metadata.resourceVersion, old?.metadata.resourceVersion]),
      [
        ['3', undefined],
        ['12', '3'],
        [undefined, '12'],
      ],
    );
    assert.equal(informer.get('ns/a'), undefined);
  });

  test('a late listener hears of what is there', async () => {
    server.lists = [[thing('a', '3')]];
    const informer = await started();
    const late: string[] = [];
    informer.onChange(({ now }) => late.push(now!.metadata.name!));
    assert.deepEqual(late, ['a']);
  });

  test('a watch whose time is up goes on where it was', async () => {
    await started();
    server.watches[0]!.sink.event('BOOKMARK', thing('', '42'));
    server.watches[0]!.sink.end();
    assert.deepEqual(
      server.watches.map((watch) => watch.from),
      ['10', '42'],
    );
  });

  test('an expired watch lists again and tells only the difference', async () => {
    server.lists = [
      [thing('a', '3'), thing('b', '4')],
      [thing('a', '3'), thing('c', '20')],
    ];
    await started();
    seen = [];
    server.revision = '21';
    server.watches[0]!.sink.end(expired('too old'));
    await clock.settle();
    assert.deepEqual(
      seen.map(({ now, old }) => [now?.metadata.name, old?.metadata.name]),
      [
        [undefined, 'b'],
        ['c', undefined],
      ],
    );
    assert.equal(server.watches[1]!.from, '21');
  });

  test('a server that is away is asked again, ever more slowly', async () => {
    const away = new ApiError(503, 'ServiceUnavailable', 'away');
    server.lists = [away, away, [thing('a', '3')]];
    const informer = await started();
    assert.equal(server.listed.length, 1);
    await clock.advance(1600);
    assert.equal(server.listed.length, 2);
    await clock.advance(3200);
    assert.equal(server.listed.length, 3);
    assert.equal(informer.synced, true);
  });

  test('indexes follow the objects', async () => {
    server.lists = [[thing('a', '3', { color: 'red' })]];
    const informer = await started();
    const { sink } = server.watches[0]!;
    sink.event('ADDED', thing('b', '11', { color: 'red' }));
    sink.event('MODIFIED', thing('a', '12', { color: 'blue' }));
    assert.deepEqual(
      informer.byIndex('color', 'red').map((object) => object.metadata.name),
      ['b'],
    );
    assert.deepEqual(
      informer.byIndex('color', 'blue').map((object) => object.metadata.name),
      ['a'],
    );
    sink.event('DELETED', thing('b', '13'));
    assert.deepEqual(informer.byIndex('color', 'red'), []);
    assert.throws(() => informer.byIndex('shape', 'x'), RangeError);
  });

  test('a transform decides what is kept of each object', async () => {
    server.lists = [[thing('a', '3', { color: 'red' })]];
    const informer = new Informer({
      kind: Thing,
      client: server.client,
      clock,
      rng: seededRng(1),
      transform: ({ metadata: { namespace, name, resourceVersion } }) => ({ metadata: { namespace, name, resourceVersion } }),
    });
    void informer.start(stop.signal);
    await clock.settle();
    server.watches[0]!.sink.event('ADDED', thing('b', '11', { color: 'blue' }));
    assert.deepEqual(
      informer.list().map(({ metadata }) => [metadata.name, metadata.labels]),
      [
        ['a', undefined],
        ['b', undefined],
      ],
    );
  });

  test('a stopped informer watches no more and asks no more', async () => {
    server.lists = [new ApiError(503, 'ServiceUnavailable', 'away')];
    await started();
    stop.abort();
    await clock.advance(100_000);
    assert.equal(server.listed.length, 1);

    server.lists = [[]];
    stop = new AbortController();
    await started();
    stop.abort();
    assert.equal(server.watches.at(-1)!.cancelled, true);
  });
});
