import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LimitRange } from '../../src/api/kinds/core/limitrange.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { PriorityClass } from '../../src/api/kinds/scheduling/priorityclass.ts';
import { exercise } from './api-operations.ts';
import { conformance, refused } from './bed.ts';

const quantities = (cpu: string, memory: string, ephemeral: string) => ({ cpu, memory, 'ephemeral-storage': ephemeral });
const limits = {
  limits: [
    {
      type: 'Container',
      min: quantities('50m', '100Mi', '100Gi'),
      max: quantities('500m', '500Mi', '500Gi'),
      default: quantities('500m', '500Mi', '500Gi'),
      defaultRequest: quantities('100m', '200Mi', '200Gi'),
    },
  ],
};

conformance('scheduling', (bed) => {
  test('[sig-scheduling] LimitRange should create a LimitRange with defaults and ensure pod has those defaults applied. [Conformance]', async () => {
    const namespace = await bed.namespace();
    const range = await bed.client.create(LimitRange, { metadata: { namespace, name: 'limits' }, spec: limits });
    const create = async (name: string, resources: object) => {
      const containers = [{ name: 'pause', image: 'pause', resources }];
      return (await bed.client.create(Pod, { metadata: { namespace, name }, spec: { containers } } as never)).spec.containers[0]!.resources;
    };
    assert.deepEqual(await create('nothing-said', {}), {
      limits: quantities('500m', '500Mi', '500Gi'),
      requests: quantities('100m', '200Mi', '200Gi'),
    });
    assert.deepEqual(await create('partly-said', { requests: { cpu: '60m' }, limits: { cpu: '300m', memory: '150Mi' } }), {
      limits: quantities('300m', '150Mi', '500Gi'),
      requests: quantities('60m', '150Mi', '200Gi'),
    });
    await refused(
      create('too-little', { requests: quantities('10m', '50Mi', '50Gi') }),
      403,
      /forbidden: \[minimum cpu usage per Container is 50m, but request is 10m/,
    );
    await refused(create('too-much', { limits: quantities('600m', '600Mi', '600Gi') }), 403, 'maximum cpu usage per Container is 500m');
    const smaller = { limits: [{ ...limits.limits[0]!, min: quantities('9m', '49Mi', '49Gi') }] };
    await bed.client.update(LimitRange, { ...range, spec: smaller });
    await create('little', { requests: quantities('10m', '50Mi', '50Gi') });
    await bed.client.delete(LimitRange, { namespace, name: 'limits' });
    await create('much', { limits: quantities('600m', '600Mi', '600Gi') });
  });

  test('[sig-scheduling] LimitRange should list, patch and delete a LimitRange by collection [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: LimitRange,
      namespace,
      make: () => ({ spec: limits }),
      change: (range) => ({ ...range, spec: { limits: [{ ...limits.limits[0]!, min: quantities('40m', '100Mi', '100Gi') }] } }),
    });
  });

  test('[sig-scheduling] SchedulerPreemption PriorityClass endpoints verify PriorityClass endpoints can be operated with different HTTP methods [Conformance] [Serial]', async () => {
    await exercise(bed, {
      kind: PriorityClass,
      make: (index) => ({ value: 1000 + index, description: 'a class' }),
      change: (one) => ({ ...one, description: 'another' }),
    });
    const made = await bed.client.create(PriorityClass, { metadata: { name: 'fixed' }, value: 7 });
    assert.equal(made.preemptionPolicy, 'PreemptLowerPriority');
    await refused(
      bed.client.update(PriorityClass, { ...made, value: 8 }),
      422,
      'PriorityClass.scheduling.k8s.io "fixed" is invalid: value: Forbidden: may not be changed in an update.',
    );
    const namespace = await bed.namespace();
    const containers = [{ name: 'pause', image: 'pause' }];
    const { spec } = await bed.client.create(Pod, {
      metadata: { namespace, name: 'a' },
      spec: { containers, priorityClassName: 'fixed' },
    } as never);
    assert.deepEqual([spec.priority, spec.preemptionPolicy], [7, 'PreemptLowerPriority']);
    await refused(
      bed.client.create(Pod, { metadata: { namespace, name: 'b' }, spec: { containers, priorityClassName: 'none' } } as never),
      403,
      'no PriorityClass with name none was found',
    );
  });
});
