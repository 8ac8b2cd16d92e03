import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Pod as PodObject, Service as ServiceObject } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Service } from '../../api/kinds/core/service.ts';
import type { KubeObject } from '../../api/meta.ts';
import { Informers } from '../../client/informers.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { ServicePods } from './service-pods.ts';

let plane: VirtualControlPlane;
let informers: Informers;
let selection: ServicePods;
const namespace = 'default';

describe('which pods a service selects', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
    informers = new Informers(plane.client, plane.env);
    selection = ServicePods.of(informers);
    await plane.clock.advance(100);
  });
  afterEach(() => plane[Symbol.dispose]());

  const makeService = (name: string, selector?: Record<string, string>) =>
    plane.client.create<KubeObject>(Service, {
      metadata: { name, namespace },
      spec: { ports: [{ port: 80 }], ...(selector && { selector }) },
    } as KubeObject);
  const makePod = (name: string, labels: Record<string, string>) =>
    plane.client.create<KubeObject>(Pod, {
      metadata: { name, namespace, labels },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    } as KubeObject);
  const podsOf = (name: string) =>
    selection.podsOf({ metadata: { namespace, name } } as ServiceObject).map(({ metadata }) => metadata.name);
  const servicesOf = (labels: Record<string, string>) => selection.servicesOf({ metadata: { namespace, labels } } as PodObject);

  test('all pairs of the selector have to be there, whichever came first', async () => {
    await makePod('p1', { app: 'web', tier: 'front' });
    await makeService('web', { app: 'web' });
    await makeService('front', { tier: 'front', app: 'web' });
    await makePod('p2', { app: 'web' });
    await plane.clock.settle();
    assert.deepEqual([podsOf('web'), podsOf('front')], [['p1', 'p2'], ['p1']]);
    assert.deepEqual(servicesOf({ app: 'web', tier: 'front' }), ['default/web', 'default/front']);
    assert.deepEqual(servicesOf({ tier: 'front' }), []);
  });

  test('it follows labels and selectors, and forgets what is gone', async () => {
    await makeService('web', { app: 'web' });
    await makePod('p1', { app: 'web' });
    await makePod('p2', { app: 'api' });
    await plane.client.patch(Pod, { namespace, name: 'p2' }, 'merge', { metadata: { labels: { app: 'web' } } });
    await plane.clock.settle();
    assert.deepEqual(podsOf('web'), ['p1', 'p2']);
    await plane.client.patch(Pod, { namespace, name: 'p1' }, 'merge', { metadata: { labels: { app: 'api' } } });
    await plane.clock.settle();
    assert.deepEqual(podsOf('web'), ['p2']);
    await plane.client.patch(Service, { namespace, name: 'web' }, 'merge', { spec: { selector: { app: 'api' } } });
    await plane.clock.settle();
    assert.deepEqual(podsOf('web'), ['p1']);
    await plane.client.delete(Pod, { namespace, name: 'p1' }, { gracePeriodSeconds: 0 });
    await plane.client.delete(Service, { namespace, name: 'web' });
    await plane.clock.settle();
    assert.deepEqual([podsOf('web'), servicesOf({ app: 'api' })], [[], []]);
    await makeService('web', { app: 'web' });
    await plane.clock.settle();
    assert.deepEqual(podsOf('web'), ['p2']);
  });

  test('without a selector nothing is selected; there is one for all who share informers', async () => {
    await makePod('p1', { app: 'web' });
    await makeService('bare');
    await plane.clock.settle();
    assert.deepEqual(podsOf('bare'), []);
    assert.equal(ServicePods.of(informers), selection);
  });
});
