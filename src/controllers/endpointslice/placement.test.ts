import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint, EndpointSlice } from '../../api/generated/discovery/v1.ts';
import { place } from './placement.ts';

const endpoint = (n: number, ready = true): Endpoint => ({
  addresses: [`10.0.0.${n}`],
  conditions: { ready },
  targetRef: { kind: 'Pod', namespace: 'default', name: `p${n}`, uid: `u${n}` },
});
const endpoints = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => endpoint(first + i));
const slice = (name: string, of: Endpoint[]): EndpointSlice => ({ metadata: { name }, addressType: 'IPv4', endpoints: of });
const fresh = (): EndpointSlice => ({ metadata: { generateName: 'web-' }, addressType: 'IPv4', endpoints: [] });
const relabel = (one: EndpointSlice): EndpointSlice => one;
const shape = (slices: readonly EndpointSlice[]) => slices.map(({ metadata, endpoints: of = [] }) => [metadata.name ?? 'new', of.length]);

const placed = (existing: EndpointSlice[], wanted: Endpoint[], maxEndpoints = 10) => {
  const { create, update, remove } = place({ existing, wanted, maxEndpoints, fresh, relabel });
  return { create: shape(create), update: shape(update), remove: shape(remove) };
};

test('new endpoints fill new slices up to the limit', () => {
  assert.deepEqual(placed([], endpoints(1, 25)), { create: [['new', 10], ['new', 10], ['new', 5]], update: [], remove: [] }); // prettier-ignore
});

test('nothing is written when all have their place', () => {
  assert.deepEqual(placed([slice('a', endpoints(1, 10)), slice('b', endpoints(11, 12))], endpoints(1, 12)), { create: [], update: [], remove: [] }); // prettier-ignore
});

test('newcomers go into slices that are written anyway, the fullest first', () => {
  const existing = [slice('a', endpoints(1, 5)), slice('b', endpoints(6, 14)), slice('c', endpoints(15, 15))];
  // One of `a` and one of `b` are gone, so both are written; two newcomers go to `b`, one to `a`; `c` stays.
  const wanted = [...endpoints(2, 13), endpoint(15), ...endpoints(20, 22)];
  assert.deepEqual(placed(existing, wanted), { create: [], update: [['a', 5], ['b', 10]], remove: [] }); // prettier-ignore
});

test('what is left goes into the one untouched slice that becomes fullest by it', () => {
  const existing = [slice('a', endpoints(1, 3)), slice('b', endpoints(4, 10))];
  assert.deepEqual(placed(existing, [...endpoints(1, 10), ...endpoints(20, 22)]), { create: [], update: [['b', 10]], remove: [] });
});

test('what fits into no slice as a whole gets one of its own', () => {
  const existing = [slice('a', endpoints(1, 8)), slice('b', endpoints(9, 16))];
  assert.deepEqual(placed(existing, [...endpoints(1, 16), ...endpoints(20, 22)]), { create: [['new', 3]], update: [], remove: [] });
});

test('a slice that loses all its endpoints goes', () => {
  assert.deepEqual(placed([slice('a', endpoints(1, 2)), slice('b', endpoints(3, 4))], endpoints(1, 2)), { create: [], update: [], remove: [['b', 2]] }); // prettier-ignore
});

test('an endpoint that changed its state keeps its place and its hints', () => {
  const hinted = { ...endpoint(2, false), hints: { forZones: [{ name: 'z' }] } };
  const { update } = place({ existing: [slice('a', [endpoint(1), hinted])], wanted: endpoints(1, 2), maxEndpoints: 10, fresh, relabel });
  assert.deepEqual(update[0]?.endpoints, [endpoint(1), { ...endpoint(2), hints: hinted.hints }]);
});

test('a slice with wrong labels is written though its endpoints are right', () => {
  const relabelled = slice('a', endpoints(1, 1));
  const { update } = place({
    existing: [slice('a', endpoints(1, 1))],
    wanted: endpoints(1, 1),
    maxEndpoints: 10,
    fresh,
    relabel: () => relabelled,
  });
  assert.deepEqual(shape(update), [['a', 1]]);
});
