import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../api/generated/core/v1.ts';
import type { Endpoint, EndpointSlice } from '../../api/generated/discovery/v1.ts';
import { asksForTopologyHints, withTopologyHints } from './topology-hints.ts';
import { zoneShares } from './zone-shares.ts';

const node = (zone: string, cpu: string, more: { ready?: boolean; labels?: Record<string, string> } = {}): Node => ({
  metadata: { labels: { ...(zone && { 'topology.kubernetes.io/zone': zone }), ...more.labels } },
  spec: {},
  status: { allocatable: { cpu }, conditions: [{ type: 'Ready', status: more.ready === false ? 'False' : 'True' }] },
});
let ip = 0;
const endpoints = (zone: string, count: number): Endpoint[] =>
  Array.from({ length: count }, () => ({ addresses: [`10.0.0.${ip++}`], conditions: { ready: true }, ...(zone && { zone }) }));
const slice = (...of: Endpoint[][]): EndpointSlice => ({ metadata: { name: `s${ip++}` }, addressType: 'IPv4', endpoints: of.flat() });
const hinted = (created: EndpointSlice, shares: Record<string, number> | undefined, existing: EndpointSlice[] = []) => {
  const { plan, problem } = withTopologyHints(
    { create: [created], update: [], remove: [] },
    existing,
    shares && new Map(Object.entries(shares)),
  );
  const zones = plan.create[0]!.endpoints!.map(({ hints }) => hints?.forZones?.[0]?.name);
  const counts = Object.fromEntries([...new Set(zones)].map((zone) => [zone, zones.filter((one) => one === zone).length]));
  return { counts, problem, updates: plan.update.length };
};

test('zones share by the CPU of their ready nodes, without those of the control plane', () => {
  const nodes = [node('b', '1'), node('a', '2'), node('a', '1'), node('b', '64', { ready: false }), node('a', '64', { labels: { 'node-role.kubernetes.io/control-plane': '' } })]; // prettier-ignore
  assert.deepEqual([...zoneShares(nodes)!], [['a', 0.75], ['b', 0.25]]); // prettier-ignore
  assert.equal(zoneShares([node('a', '1')]), undefined);
  assert.equal(zoneShares([node('a', '1'), node('b', '1'), node('', '1')]), undefined);
  assert.equal(zoneShares([node('a', '1'), node('b', '0')]), undefined);
});

test('balanced endpoints are for their own zone', () => {
  assert.deepEqual(hinted(slice(endpoints('a', 3), endpoints('b', 3)), { a: 0.5, b: 0.5 }).counts, { a: 3, b: 3 });
});

test('a zone with too many gives to one with too few', () => {
  assert.deepEqual(hinted(slice(endpoints('a', 5), endpoints('b', 1)), { a: 0.5, b: 0.5 }).counts, { b: 3, a: 3 });
});

test('slices with good hints stay; those with hints for zones that are no more are written', () => {
  const kept = slice(endpoints('a', 2).map((one) => ({ ...one, hints: { forZones: [{ name: 'a' }] } })));
  const old = slice(endpoints('a', 1).map((one) => ({ ...one, hints: { forZones: [{ name: 'gone' }] } })));
  assert.equal(hinted(slice(endpoints('b', 3), endpoints('a', 1)), { a: 0.5, b: 0.5 }, [kept]).updates, 0);
  assert.equal(hinted(slice(endpoints('b', 3), endpoints('a', 1)), { a: 0.5, b: 0.5 }, [kept, old]).updates, 1);
});

test('where it cannot be done well there are no hints at all, and a reason', () => {
  const none = (created: EndpointSlice, shares: Record<string, number> | undefined) => {
    const { counts, problem } = hinted(created, shares);
    assert.deepEqual(Object.keys(counts), ['undefined']);
    return problem;
  };
  assert.match(none(slice(endpoints('a', 3)), undefined) ?? '', /^Insufficient Node information: /);
  assert.equal(none(slice(endpoints('a', 1)), { a: 0.5, b: 0.5 }), 'Insufficient number of endpoints (1 endpoints, 2 zones)');
  assert.equal(none(slice(endpoints('', 4)), { a: 0.5, b: 0.5 }), 'One or more endpoints do not have a zone specified');
  assert.match(none(slice(endpoints('a', 3)), { a: 0.5, b: 0.5 }) ?? '', /^Unable to allocate .* \(3 endpoints, 2 zones\)$/);
});

test('a service asks for it by either annotation', () => {
  const asks = (annotations: Record<string, string>) => asksForTopologyHints({ metadata: { annotations }, spec: {}, status: {} });
  assert.ok(asks({ 'service.kubernetes.io/topology-mode': 'Auto' }));
  assert.ok(!asks({ 'service.kubernetes.io/topology-mode': 'Auto', 'service.kubernetes.io/topology-aware-hints': 'disabled' }));
  assert.ok(!asks({}));
});
