import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerPort } from '../../../api/generated/core/v1.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { skip } from '../../framework.ts';
import { PluginBench, testCluster, testNode, testPod } from '../test-objects.ts';
import { nodePorts, portsConflict } from './plugin.ts';

const using = (name: string, nodeName: string, ...ports: Partial<ContainerPort>[]) =>
  testPod(name, { nodeName, containers: [{ name: 'main', ports: ports.map((port) => ({ containerPort: 80, ...port })) }] });

test('a port conflicts on one protocol, and one address or all of them', () => {
  const port = (hostIp: string, protocol = 'TCP', number = 80) => [{ hostIp, protocol, port: number }];
  assert.ok(portsConflict(port('10.0.0.1'), port('10.0.0.1')));
  assert.ok(!portsConflict(port('10.0.0.1'), port('10.0.0.2')));
  assert.ok(portsConflict(port('10.0.0.1'), port('0.0.0.0')));
  assert.ok(portsConflict(port('0.0.0.0'), port('10.0.0.1')));
  assert.ok(!portsConflict(port('0.0.0.0', 'UDP'), port('0.0.0.0')));
  assert.ok(!portsConflict(port('0.0.0.0', 'TCP', 81), port('0.0.0.0')));
});

test('a node on which the port is taken turns the pod down', () => {
  const cluster = testCluster([testNode('a'), testNode('b')], [using('other', 'a', { hostPort: 8080 })]);
  const bench = new PluginBench(nodePorts, { cluster });
  assert.deepEqual(bench.verdicts(using('p', '', { hostPort: 8080 })), {
    a: "node(s) didn't have free ports for the requested pod ports",
    b: '',
  });
  assert.equal(bench.begin(using('p', '', {})), skip);
});

test('helped by the end of a pod that has the port', () => {
  const bench = new PluginBench(nodePorts);
  const pod = using('p', '', { hostPort: 8080 });
  assert.ok(bench.helps(Pod, pod, { old: using('other', 'a', { hostPort: 8080 }) }));
  assert.ok(!bench.helps(Pod, pod, { old: using('other', 'a', { hostPort: 8081 }) }));
  assert.ok(!bench.helps(Pod, pod, { old: using('other', '', { hostPort: 8080 }) }));
});
