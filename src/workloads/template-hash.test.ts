import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodTemplateSpec } from '../api/generated/core/v1.ts';
import { templateHash } from './template-hash.ts';

const template: PodTemplateSpec = {
  metadata: { labels: { app: 'web', tier: 'front' } },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
};

test('the hash of a template stays what it is: replica sets are found by it after an upgrade', () => {
  assert.equal(templateHash(template), '6f6ccc9b75');
});

test('the order of keys and empty lists make no difference', () => {
  const { spec } = template;
  const same: PodTemplateSpec = {
    spec: { ...spec, containers: [{ image: 'nginx', name: 'c', env: [] }], volumes: undefined },
    metadata: { labels: { tier: 'front', app: 'web' } },
  };
  assert.equal(templateHash(same), templateHash(template));
});

test('another image, another order of containers, an empty object and another collision count all do', () => {
  const containers = [
    { name: 'a', image: 'x' },
    { name: 'b', image: 'y' },
  ];
  const hashes = [
    templateHash(template),
    templateHash(template, 0),
    templateHash(template, 1),
    templateHash({ ...template, spec: { containers } }),
    templateHash({ ...template, spec: { containers: containers.toReversed() } }),
    templateHash({ ...template, spec: { containers, volumes: [{ name: 'v' }] } }),
    templateHash({ ...template, spec: { containers, volumes: [{ name: 'v', emptyDir: {} }] } }),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
});

test('it is fit for a label and for the end of a name', () => assert.match(templateHash(template), /^[bcdf-hj-np-tv-xz24-9]{1,10}$/));
