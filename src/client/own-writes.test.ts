import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { timedOut } from '../api/errors.ts';
import type { KubeObject } from '../api/meta.ts';
import { ConfigMap } from '../api/kinds/core/configmap.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import type { Client } from './client.ts';
import { Informers } from './informers.ts';
import { OwnWrites } from './own-writes.ts';

describe('own writes', () => {
  let plane: VirtualControlPlane;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
  });
  afterEach(() => plane[Symbol.dispose]());

  const map = (name: string) => ({ metadata: { namespace: 'default', name } });

  test('what came while the server was asked about a lost answer is not taken for deleted', async () => {
    let isSlow = false;
    let release = () => {};
    const released = new Promise<void>((done) => (release = done));
    const client: Client = {
      ...plane.client,
      async create<O extends KubeObject>(...call: Parameters<typeof plane.client.create<O>>): Promise<O> {
        await plane.client.create(...call);
        throw timedOut('the answer was lost');
      },
      async list<O extends KubeObject>(...call: Parameters<typeof plane.client.list<O>>) {
        const answer = await plane.client.list(...call);
        if (isSlow) await released;
        return answer;
      },
    };
    const informers = new Informers(client, plane.env);
    informers.of(ConfigMap);
    await informers.synced();
    isSlow = true;
    const writes = new OwnWrites(informers, [ConfigMap], plane.env, () => undefined);
    await assert.rejects(writes.through(client).create(ConfigMap, map('mine')));
    await plane.clock.settle();
    assert.equal(writes.seen, false);
    await plane.client.create(ConfigMap, map('later'));
    await plane.clock.settle();
    release();
    await plane.clock.settle();
    assert.equal(writes.seen, true);
  });
});
