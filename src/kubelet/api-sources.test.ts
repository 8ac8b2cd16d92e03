import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Pod as PodType } from '../api/generated/core/v1.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import { apiPodSource, sharedPodSource } from './api-sources.ts';
import type { PodSource } from './ports.ts';

const sources = { 'of its own': apiPodSource, shared: sharedPodSource };

for (const [name, sourceOf] of Object.entries(sources)) {
  describe(`a source of pods, ${name}`, () => {
    let plane: VirtualControlPlane;
    beforeEach(async () => {
      plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
      await plane.clock.advance(1000);
    });
    afterEach(() => plane[Symbol.dispose]());

    const create = (podName: string, nodeName: string): Promise<PodType> => {
      const spec = { containers: [{ name: 'main', image: 'nginx' }], ...(nodeName !== '' && { nodeName }) };
      return plane.client.create<PodType>(Pod, { metadata: { name: podName, namespace: 'default' }, spec, status: {} });
    };

    function heard(source: PodSource, nodeName: string): { readonly log: string[]; readonly end: () => void } {
      const log: string[] = [];
      const end = source.follow(nodeName, {
        pod: ({ metadata }) => log.push(metadata.name!),
        gone: ({ metadata }) => log.push(`-${metadata.name}`),
        synced: () => log.push('synced'),
      });
      return { log, end };
    }

    test('tells each node of its own pods, first of those that are there', async () => {
      await create('old', 'a');
      const source = sourceOf(plane.client, plane.env);
      const [a, b] = [heard(source, 'a'), heard(source, 'b')];
      await plane.clock.settle();
      await create('new', 'b');
      await create('nowhere', '');
      await plane.client.delete(Pod, { namespace: 'default', name: 'old' }, { gracePeriodSeconds: 0 });
      await plane.clock.settle();
      assert.deepEqual(a.log, ['old', 'synced', '-old']);
      assert.deepEqual(b.log, ['synced', 'new']);
    });

    test('tells who comes back of all there is, and those who left of nothing', async () => {
      const source = sourceOf(plane.client, plane.env);
      const first = heard(source, 'a');
      await plane.clock.settle();
      first.end();
      await create('pod', 'a');
      await plane.clock.settle();
      const second = heard(source, 'a');
      await plane.clock.settle();
      assert.deepEqual(first.log, ['synced']);
      assert.deepEqual(second.log, ['pod', 'synced']);
    });
  });
}
