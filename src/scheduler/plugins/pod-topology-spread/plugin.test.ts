import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TopologySpreadConstraint } from '../../../api/generated/core/v1.ts';
import { ReplicaSet } from '../../../api/kinds/apps/replicaset.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { Service } from '../../../api/kinds/core/service.ts';
import { skip } from '../../framework.ts';
import { PluginBench, testCluster, testNode, testPod } from '../test-objects.ts';
import { podTopologySpread } from './plugin.ts';

const zone = 'topology.kubernetes.io/zone';
const skewed = "node(s) didn't match pod topology spread constraints";
const unlabelled = `${skewed} (missing required label)`;

const app = { labels: { app: 'web' } };
const spread = (more: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint => ({
  topologyKey: zone,
  maxSkew: 1,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: { app: 'web' } },
  ...more,
});
const web = (name: string, nodeName: string, more = {}) => testPod(name, { ...app, nodeName, ...more });
const wanting = (...topologySpreadConstraints: TopologySpreadConstraint[]) => testPod('p', { ...app, topologySpreadConstraints });
const zoned = (name: string, value: string, more = {}) => testNode(name, { labels: { [zone]: value }, ...more });
const nodes = [zoned('a1', 'a'), zoned('a2', 'a'), zoned('b1', 'b')];
/** Two pods in zone a, one in zone b. */
const cluster = testCluster([...nodes, testNode('none')], [web('w1', 'a1'), web('w2', 'a2'), web('w3', 'b1')]);
const verdicts = (constraint: TopologySpreadConstraint, in_ = cluster) =>
  new PluginBench(podTopologySpread, { cluster: in_ }).verdicts(wanting(constraint));

describe('constraints that must be kept', () => {
  test('turn down nodes of a domain that is too full, and nodes in none', () => {
    assert.deepEqual(verdicts(spread()), { a1: skewed, a2: skewed, b1: '', none: unlabelled });
    assert.deepEqual(verdicts(spread({ maxSkew: 2 })), { a1: '', a2: '', b1: '', none: unlabelled });
  });

  test('speak of pods of the same namespace and labels that are not on their way out', () => {
    const strange = testCluster(nodes, [web('w1', 'a1', { namespace: 'other' }), testPod('x', { nodeName: 'a1' })]);
    assert.equal(verdicts(spread(), strange)['a1'], '');
    const leaving = web('w1', 'a1');
    const withLeaving = testCluster(nodes, [{ ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }]);
    assert.equal(verdicts(spread(), withLeaving)['a1'], '');
  });

  test('with fewer domains than asked for, take the emptiest to be empty', () => {
    assert.deepEqual(verdicts(spread({ minDomains: 3, maxSkew: 2 })), { a1: skewed, a2: skewed, b1: '', none: unlabelled });
  });

  test('leave out nodes that the pod cannot go to, as policies say', () => {
    const withTaint = testCluster(
      [...nodes, zoned('c1', 'c', { taints: [{ key: 'x', effect: 'NoSchedule' }] })],
      [web('w1', 'a1'), web('w2', 'b1')],
    );
    assert.equal(verdicts(spread(), withTaint)['a1'], skewed, 'zone c is empty');
    assert.equal(verdicts(spread({ nodeTaintsPolicy: 'Honor' }), withTaint)['a1'], '');
    const choosy = (constraint: TopologySpreadConstraint) => ({
      ...wanting(constraint),
      spec: { ...wanting(constraint).spec, nodeSelector: { [zone]: 'a' } },
    });
    const bench = () => new PluginBench(podTopologySpread, { cluster });
    assert.equal(bench().verdicts(choosy(spread()))['a1'], '');
    assert.equal(bench().verdicts(choosy(spread({ nodeAffinityPolicy: 'Ignore' })))['a1'], skewed);
  });

  test('with matchLabelKeys, speak of pods of the same revision', () => {
    const old = testCluster(nodes, [testPod('w1', { nodeName: 'a1', labels: { app: 'web', revision: '1' } })]);
    const pod = testPod('p', {
      labels: { app: 'web', revision: '2' },
      topologySpreadConstraints: [spread({ matchLabelKeys: ['revision'] })],
    });
    assert.equal(new PluginBench(podTopologySpread, { cluster: old }).verdicts(pod)['a1'], '');
  });

  test('are judged anew for pods that preemption would take away', () => {
    const bench = new PluginBench(podTopologySpread, { cluster });
    const info = bench.info(wanting(spread()));
    bench.begin(info.pod);
    const [a1, b1] = ['a1', 'b1'].map((name) => cluster.node(name)!);
    const tried = bench.state.clone();
    bench.plugin.removePod!(tried, info, bench.info(web('w1', 'a1')), a1!);
    assert.equal(bench.plugin.filter!(tried, info, a1!), undefined);
    bench.plugin.addPod!(tried, info, bench.info(web('w4', 'a1')), a1!);
    bench.plugin.removePod!(tried, info, bench.info(web('w3', 'b1')), b1!);
    assert.deepEqual(bench.plugin.filter!(tried, info, a1!)?.reasons, [skewed]);
    assert.equal(bench.plugin.filter!(tried, info, b1!), undefined);
    assert.deepEqual(bench.plugin.filter!(bench.state, info, a1!)?.reasons, [skewed], 'what was tried leaves no trace');
  });

  test('a pod without has nothing to be judged by', () => {
    assert.equal(new PluginBench(podTopologySpread, { cluster }).begin(testPod('p')), skip);
  });
});

describe('constraints that are wishes', () => {
  const soft = spread({ whenUnsatisfiable: 'ScheduleAnyway' });

  test('make emptier domains better; a node in none gets nothing', () => {
    assert.deepEqual(new PluginBench(podTopologySpread, { cluster }).scores(wanting(soft)), { a1: 33, a2: 33, b1: 100, none: 0 });
  });

  test('all domains alike are all good', () => {
    const empty = testCluster(nodes);
    assert.deepEqual(new PluginBench(podTopologySpread, { cluster: empty }).scores(wanting(soft)), { a1: 100, a2: 100, b1: 100 });
  });

  test('a pod of a service or a ReplicaSet is spread without asking, over zones and hosts', () => {
    const service = { metadata: { name: 's', namespace: 'default' }, spec: { selector: { app: 'web' } }, status: {} };
    const bench = new PluginBench(podTopologySpread, { cluster, objects: [[Service, service]] });
    const scores = bench.scores(testPod('p', app))!;
    assert.ok(scores['none']! > scores['b1']! && scores['b1']! > scores['a1']!, JSON.stringify(scores));

    const replicaSet = {
      metadata: { name: 'rs', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'web' } } },
      status: { replicas: 3 },
    };
    const owned = testPod('p', app);
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'u', controller: true }];
    const byOwner = new PluginBench(podTopologySpread, { cluster, objects: [[ReplicaSet, replicaSet]] });
    assert.deepEqual(byOwner.scores({ ...owned, metadata: { ...owned.metadata, ownerReferences } }), scores);
  });

  test('a pod of nothing is not scored; nor any, where the profile has no defaults', () => {
    assert.equal(new PluginBench(podTopologySpread, { cluster }).scores(testPod('p', app)), undefined);
    const service = { metadata: { name: 's', namespace: 'default' }, spec: { selector: { app: 'web' } }, status: {} };
    const args = { defaultingType: 'List', defaultConstraints: [] };
    assert.equal(new PluginBench(podTopologySpread, { cluster, objects: [[Service, service]], args }).scores(testPod('p', app)), undefined);
  });
});

test('helped by pods that are spread along, and by nodes that come into a domain', () => {
  const bench = new PluginBench(podTopologySpread);
  const pod = wanting(spread());
  assert.ok(bench.helps(Pod, pod, { now: web('w', 'b1') }));
  assert.ok(bench.helps(Pod, pod, { old: web('w', 'b1') }));
  assert.ok(!bench.helps(Pod, pod, { old: testPod('x', { nodeName: 'b1' }) }));
  assert.ok(!bench.helps(Pod, pod, { old: web('w', 'b1'), now: web('w', 'b1') }));
  assert.ok(!bench.helps(Pod, pod, { old: web('w', 'b1', { namespace: 'other' }) }));
  assert.ok(bench.helps(Node, pod, { now: zoned('c', 'c') }));
  assert.ok(bench.helps(Node, pod, { old: zoned('c', 'c') }));
  assert.ok(bench.helps(Node, pod, { old: testNode('c'), now: zoned('c', 'c') }));
  assert.ok(bench.helps(Node, pod, { old: zoned('c', 'a'), now: zoned('c', 'c') }));
  assert.ok(!bench.helps(Node, pod, { now: testNode('c') }));
  assert.ok(!bench.helps(Node, pod, { old: zoned('c', 'c'), now: zoned('c', 'c') }));
});
