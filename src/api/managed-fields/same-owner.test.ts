import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { KubeObject } from '../meta.ts';
import { schemaOf } from '../schemas.ts';
import { readManagers, writeManagers } from './managers.ts';
import { soleOwner } from './same-owner.ts';
import { trackedManagers, trackUpdate, withManagedFields } from './track-update.ts';
import { compareTyped } from './typed-compare.ts';

const schema = schemaOf('io.k8s.api.core.v1.ConfigMap');
const startMs = Date.parse('2026-01-01T00:00:00Z');

interface ConfigMap extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}
const map = (data: Record<string, string>): ConfigMap => ({ metadata: { name: 'c', uid: 'u' }, data });

const write = (live: ConfigMap | undefined, next: ConfigMap, manager: string, second: number): ConfigMap =>
  trackUpdate({ live, next, schema, manager, apiVersion: 'v1', nowMs: startMs + second * 1000 });

const steps = fc.array(
  fc.record({
    manager: fc.constantFrom('a', 'b', 'c'),
    data: fc.dictionary(fc.constantFrom('w', 'x', 'y', 'z'), fc.constantFrom('0', '1')),
    seconds: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 12 },
);

test('the short way writes down what the long way would', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      let live: ConfigMap | undefined;
      let second = 0;
      for (const { manager, data, seconds } of steps) {
        second += seconds;
        const next = map(data);
        const written = write(live, next, manager, second);
        const before = readManagers(live?.metadata.managedFields);
        const name = { name: manager, operation: 'Update', apiVersion: 'v1', subresource: '' } as const;
        const long = before.size > 0 || !live ? trackedManagers({ live, next, schema }, before, name, startMs + second * 1000) : before;
        assert.deepEqual(written.metadata.managedFields, writeManagers(long));
        live = written;
      }
    }),
  );
});

test('who changes what is his alone is asked for nothing but the time', () => {
  const live = write(write(undefined, map({ x: '0' }), 'a', 0), map({ x: '0', y: '0' }), 'b', 1);
  const name = { name: 'a', operation: 'Update', apiVersion: 'v1', subresource: '' } as const;
  const entries = live.metadata.managedFields ?? [];
  const own = soleOwner(entries, name, compareTyped({ data: live.data }, { data: { x: '1', y: '0' } }, schema));
  assert.equal(own, entries[0]);
  const after = write(live, withManagedFields(map({ x: '1', y: '0' }), entries), 'a', 2);
  assert.deepEqual(
    after.metadata.managedFields?.map(({ manager, time }) => [manager, time]),
    [
      ['b', '2026-01-01T00:00:01Z'],
      ['a', '2026-01-01T00:00:02Z'],
    ],
  );
});

test('what is new, gone, or of another is looked at closely', () => {
  const live = write(write(undefined, map({ x: '0' }), 'a', 0), map({ x: '0', y: '0' }), 'b', 1);
  const name = { name: 'a', operation: 'Update', apiVersion: 'v1', subresource: '' } as const;
  const ownerOf = (data: Record<string, string>) =>
    soleOwner(live.metadata.managedFields ?? [], name, compareTyped({ data: live.data }, { data }, schema));
  assert.equal(ownerOf({ x: '0', y: '1' }), undefined);
  assert.equal(ownerOf({ x: '1', y: '0', z: '0' }), undefined);
  assert.equal(ownerOf({ x: '1' }), undefined);
  assert.equal(ownerOf({ x: '0', y: '0' }), undefined);
});
