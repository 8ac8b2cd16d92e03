import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import type { Draft } from '../../api/draft.ts';
import type { Service as ServiceType, ServiceSpec } from '../../api/generated/core/v1.ts';
import { Service } from '../../api/kinds/core/service.ts';
import { readerOf } from '../admission/trial.ts';
import { serviceAddresses } from './hook.ts';
import { IpRange, firstAddress } from './ip-range.ts';
import { NodePortRange } from './node-port-range.ts';

const service = (spec: Partial<ServiceSpec>, name = 'web') =>
  ({ metadata: { name, namespace: 'ns' }, spec: { type: 'ClusterIP', ...spec }, status: {} }) as Draft<ServiceType>;
const withIp = (ip: string, more: Partial<ServiceSpec> = {}) =>
  service({ clusterIP: ip, clusterIPs: [ip], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ...more }, 'other');

function hookWith(stored: readonly Draft<ServiceType>[] = [], subnets = ['10.96.0.0/16']) {
  const reader = readerOf(...stored.map((one) => [Service, one] as const));
  const hook = serviceAddresses({ reader, serviceSubnets: subnets, nodePorts: { from: 30_000, to: 30_099 }, rng: seededRng(7) });
  return {
    ...hook,
    write: async (object: Draft<ServiceType>, old?: ServiceType, dryRun = false) => {
      const reservation = await hook.beforeWrite(object, old, dryRun);
      return { spec: object.spec, reservation };
    },
  };
}

const portsOf = (...ports: { port: number; protocol?: 'TCP' | 'UDP'; nodePort?: number }[]) =>
  ports.map(({ protocol = 'TCP', ...port }) => ({ ...port, protocol, name: `${protocol}${port.port}` }));

describe('cluster addresses', () => {
  test('are given out above the part that is kept for wishes, and fill the dual-stack fields', async () => {
    const { spec } = await hookWith().write(service({}));
    assert.match(spec.clusterIP!, /^10\.96\.\d+\.\d+$/);
    const [, , third = 0, fourth = 0] = spec.clusterIP!.split('.').map(Number);
    assert.ok(third * 256 + fourth > 256, spec.clusterIP);
    assert.deepEqual(spec.clusterIPs, [spec.clusterIP]);
    assert.deepEqual([spec.ipFamilies, spec.ipFamilyPolicy], [['IPv4'], 'SingleStack']);
  });

  test('are one of each family where two are wanted', async () => {
    const hook = hookWith([], ['10.96.0.0/16', 'fd00:10:96::/112']);
    const { spec } = await hook.write(service({ ipFamilyPolicy: 'PreferDualStack' }));
    assert.deepEqual(spec.ipFamilies, ['IPv4', 'IPv6']);
    assert.match(spec.clusterIPs![1]!, /^fd00:10:96::[0-9a-f]+$/);
  });

  test('are none for headless and external services', async () => {
    const hook = hookWith();
    const headless = await hook.write(service({ clusterIP: 'None', clusterIPs: ['None'], selector: { app: 'web' } }));
    assert.deepEqual(headless.spec.clusterIPs, ['None']);
    assert.deepEqual(headless.spec.ipFamilies, ['IPv4']);
    const external = await hook.write(service({ type: 'ExternalName', externalName: 'example.org' }));
    assert.equal(external.spec.clusterIP, undefined);
    assert.equal(external.spec.ipFamilies, undefined);
  });

  test('are refused when a stored service has them, or no range does', async () => {
    const hook = hookWith([withIp('10.96.0.10')]);
    const wish = (ip: string) => hook.write(service({ clusterIP: ip, clusterIPs: [ip] }));
    await assert.rejects(wish('10.96.0.10'), {
      code: 422,
      message:
        'Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    });
    await assert.rejects(wish('10.97.0.10'), /failed to allocate IP 10\.97\.0\.10: the provided network does not match the current range$/);
    await assert.rejects(
      wish('10.96.0.0'),
      /the provided IP \(10\.96\.0\.0\) is not in the valid range\. The range of valid IPs is 10\.96\.0\.0\/16$/,
    );
  });

  test('stay on update, go with the type, and come back on delete', async () => {
    const old = withIp('10.96.0.10') as ServiceType;
    const hook = hookWith([withIp('10.96.0.10')]);
    const same = await hook.write(structuredClone(old) as Draft<ServiceType>, old);
    assert.equal(same.spec.clusterIP, '10.96.0.10');
    const wish = () => hook.write(service({ clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] }));
    const external = await hook.write(service({ type: 'ExternalName', externalName: 'x.org' }, 'other'), old);
    await assert.rejects(wish(), /already allocated/);
    external.reservation!.commit();
    const taken = await wish();
    taken.reservation!.commit();
    hook.afterDelete(withIp('10.96.0.10'));
    await wish();
  });

  test('are free again after a write that failed, and after a dry run', async () => {
    const hook = hookWith();
    const wish = (dryRun: boolean) => hook.write(service({ clusterIP: '10.96.0.20', clusterIPs: ['10.96.0.20'] }), undefined, dryRun);
    assert.equal((await wish(true)).reservation, undefined);
    (await wish(false)).reservation!.release();
    await wish(false);
    await assert.rejects(wish(true), /already allocated/);
  });

  test('run out', async () => {
    const hook = hookWith([], ['10.96.0.0/30']);
    await hook.write(service({}));
    await hook.write(service({}));
    await assert.rejects(hook.write(service({})), { code: 500, message: /failed to allocate a serviceIP: range is full/ });
  });
});

describe('node ports', () => {
  const nodePort = (ports: Draft<ServiceSpec>['ports']) => service({ type: 'NodePort', ports });

  test('are given to each port, one number for two protocols of a port', async () => {
    const { spec } = await hookWith().write(nodePort(portsOf({ port: 53 }, { port: 53, protocol: 'UDP' }, { port: 80 })));
    const [tcp, udp, http] = spec.ports!.map((port) => port.nodePort);
    assert.ok(tcp! >= 30_016 && tcp! <= 30_099, String(tcp));
    assert.equal(udp, tcp);
    assert.notEqual(http, tcp);
  });

  test('are refused when they are taken or out of range, and nothing else is kept then', async () => {
    const hook = hookWith();
    await hook.write(nodePort(portsOf({ port: 80, nodePort: 30_000 })));
    await assert.rejects(hook.write(nodePort(portsOf({ port: 81, nodePort: 30_001 }, { port: 80, nodePort: 30_000 }))), {
      code: 422,
      message: 'Service "web" is invalid: spec.ports[1].nodePort: Invalid value: 30000: provided port is already allocated',
    });
    await hook.write(nodePort(portsOf({ port: 81, nodePort: 30_001 })));
    const message = 'provided port is not in the valid range. The range of valid ports is 30000-30099';
    await assert.rejects(
      hook.write(nodePort(portsOf({ port: 80, nodePort: 80 }))),
      new RegExp(`spec\\.ports\\[0\\]\\.nodePort: Invalid value: 80: ${message}`),
    );
  });

  test('a load balancer that keeps to local endpoints has one for health checks too', async () => {
    const { spec } = await hookWith().write(
      service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: portsOf({ port: 80 }) }),
    );
    assert.ok(spec.healthCheckNodePort! >= 30_000);
    assert.notEqual(spec.healthCheckNodePort, spec.ports![0]!.nodePort);
  });

  test('a load balancer may do without', async () => {
    const { spec } = await hookWith().write(
      service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: portsOf({ port: 80 }) }),
    );
    assert.equal(spec.ports![0]!.nodePort, undefined);
  });
});

describe('ranges', () => {
  test('fall back on what is kept for wishes when the rest is gone', () => {
    const range = new NodePortRange({ from: 1000, to: 1019 });
    const rng = seededRng(1);
    const given = Array.from({ length: 20 }, () => range.takeNext(rng)!);
    assert.deepEqual(
      given.toSorted((one, other) => one - other),
      Array.from({ length: 20 }, (_, i) => 1000 + i),
    );
    assert.ok(given.slice(0, 4).every((port) => port >= 1016));
    assert.equal(range.takeNext(rng), undefined);
  });

  test('know their first address, and none that is not theirs', () => {
    assert.equal(firstAddress('10.96.0.0/12'), '10.96.0.1');
    assert.equal(firstAddress('fd00::/112'), 'fd00::1');
    assert.equal(new IpRange('10.96.0.0/24').take('10.96.0.254'), undefined);
    assert.match(new IpRange('10.96.0.0/24').take('10.96.0.255')!, /not in the valid range/);
    assert.throws(() => new IpRange('10.96.0.0/32'), RangeError);
  });
});
