import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceQuotaSpec } from '../generated/core/v1.ts';
import { PersistentVolumeClaim } from '../kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../kinds/core/pod.ts';
import { ResourceClaim } from '../kinds/resource/resourceclaim.ts';
import { quantityText } from '../quantity.ts';
import { matchesScopes } from './scopes.ts';
import { usageOf } from './usage.ts';

test('a scope of volume attributes classes is one of claims, whatever class they have or want', () => {
  const scoped = (operator: string, values?: string[]): ResourceQuotaSpec => ({
    scopeSelector: { matchExpressions: [{ scopeName: 'VolumeAttributesClass', operator, ...(values && { values }) }] } as never,
  });
  const claim = (wanted?: string, current?: string) => ({
    metadata: {},
    spec: { ...(wanted && { volumeAttributesClassName: wanted }) },
    status: { ...(current && { currentVolumeAttributesClassName: current }) },
  });
  const matches = (spec: ResourceQuotaSpec, object: object) => matchesScopes(spec, PersistentVolumeClaim, object as never);
  assert.equal(matches(scoped('In', ['gold']), claim('gold')), true);
  assert.equal(matches(scoped('In', ['gold']), claim('silver', 'gold')), true);
  assert.equal(matches(scoped('In', ['gold']), claim('silver')), false);
  assert.equal(matches(scoped('Exists'), claim()), false);
  assert.equal(matches(scoped('DoesNotExist'), claim()), true);
  assert.equal(matches({ scopes: ['Terminating'] }, claim('gold')), false);
  assert.equal(matchesScopes(scoped('DoesNotExist'), Pod, { metadata: {}, spec: { containers: [] } } as never), false);
});

test('a resource claim takes devices of each class, of alternatives as many as the hungriest', () => {
  const requests = [
    { name: 'a', exactly: { deviceClassName: 'gpu', count: 2 } },
    { name: 'b', exactly: { deviceClassName: 'nic', allocationMode: 'All' } },
    {
      name: 'c',
      firstAvailable: [
        { name: 'x', deviceClassName: 'gpu', count: 4 },
        { name: 'y', deviceClassName: 'gpu' },
      ],
    },
  ];
  const usage = usageOf(ResourceClaim, { metadata: {}, spec: { devices: { requests } } } as never);
  assert.deepEqual(Object.fromEntries([...usage].map(([name, amount]) => [name, quantityText(amount)])), {
    'count/resourceclaims.resource.k8s.io': '1',
    'gpu.deviceclass.resource.k8s.io/devices': '6',
    'nic.deviceclass.resource.k8s.io/devices': '32',
  });
});
