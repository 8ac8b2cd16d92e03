import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Affinity, PodAffinityTerm } from '../../../api/generated/core/v1.ts';
import { Namespace } from '../../../api/kinds/core/namespace.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { skip } from '../../framework.ts';
import { PluginBench, rejectionText, testCluster, testNode, testPod } from '../test-objects.ts';
import { interPodAffinity } from './plugin.ts';

const notNear = "node(s) didn't match pod affinity rules";
const tooNear = "node(s) didn't match pod anti-affinity rules";
const notWelcome = "node(s) didn't satisfy existing pods anti-affinity rules";

const term = (app: string, more: Partial<PodAffinityTerm> = {}): PodAffinityTerm => ({
  topologyKey: 'zone',
  labelSelector: { matchLabels: { app } },
  ...more,
});
const near = (...terms: PodAffinityTerm[]): Affinity => ({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } });
const away = (...terms: PodAffinityTerm[]): Affinity => ({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } });
const wish = (app: string, weight: number) => [{ weight, podAffinityTerm: term(app) }];
const liking = (app: string, weight: number): Affinity => ({
  podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: wish(app, weight) },
});
const disliking = (app: string, weight: number): Affinity => ({
  podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: wish(app, weight) },
});

const pod = (app: string, affinity: Affinity = {}, nodeName = '', namespace = 'default') =>
  testPod(`${app}-${nodeName}`, { labels: { app }, affinity, nodeName, namespace });
const nodes = [
  testNode('a1', { labels: { zone: 'a' } }),
  testNode('a2', { labels: { zone: 'a' } }),
  testNode('b1', { labels: { zone: 'b' } }),
  testNode('none'),
];
const bench = (pods: ReturnType<typeof pod>[], more: Partial<ConstructorParameters<typeof PluginBench>[1]> = {}) =>
  new PluginBench(interPodAffinity, { cluster: testCluster(nodes, pods), ...more });

describe('required', () => {
  test('affinity keeps a pod in the domains of those it wants to be near', () => {
    const verdicts = bench([pod('db', {}, 'a1')]).verdicts(pod('web', near(term('db'))));
    assert.deepEqual(verdicts, { a1: '', a2: '', b1: notNear, none: notNear });
  });

  test('all affinity terms must select the same pods', () => {
    const there = [pod('db', {}, 'a1'), pod('cache', {}, 'a1')];
    assert.equal(bench(there).verdicts(pod('web', near(term('db'), term('cache'))))['a1'], notNear);
  });

  test('the first pod of a group that wants to be together may begin, where the label is', () => {
    assert.deepEqual(bench([]).verdicts(pod('web', near(term('web')))), { a1: '', a2: '', b1: '', none: notNear });
    assert.equal(bench([]).verdicts(pod('web', near(term('db'))))['a1'], notNear);
    assert.equal(bench([pod('web', {}, 'b1')]).verdicts(pod('web', near(term('web'))))['a1'], notNear);
  });

  test('anti-affinity keeps it out of the domains of those it wants to be away from', () => {
    const verdicts = bench([pod('db', {}, 'a1')]).verdicts(pod('web', away(term('db'))));
    assert.deepEqual(verdicts, { a1: tooNear, a2: tooNear, b1: '', none: '' });
  });

  test('anti-affinity of those there holds too', () => {
    const verdicts = bench([pod('db', away(term('web')), 'a1')]).verdicts(pod('web'));
    assert.deepEqual(verdicts, { a1: notWelcome, a2: notWelcome, b1: '', none: '' });
  });

  test('preemption may help against anti-affinity, not against missing neighbours', () => {
    const codes = (affinity: Affinity, there: ReturnType<typeof pod>) => {
      const one = bench([there]);
      const info = one.info(pod('web', affinity));
      one.begin(info.pod);
      return rejectionText(one.plugin.filter!(one.state, info, one.cluster.node('a1')!)!);
    };
    assert.equal(codes(away(term('db')), pod('db', {}, 'a1')), `Unschedulable: ${tooNear}`);
    assert.equal(codes(near(term('db')), pod('x', {}, 'a1')), `UnschedulableAndUnresolvable: ${notNear}`);
    assert.equal(codes(near(term('web')), pod('db', away(term('web')), 'a1')), `Unschedulable: ${notWelcome}`);
  });

  test('terms speak of their pod’s namespace, of those they name, or of those with labels', () => {
    const there = [pod('db', {}, 'a1', 'other')];
    const objects = [[Namespace, { metadata: { name: 'other', labels: { team: 'x' } } }]] as const;
    const verdict = (more: Partial<PodAffinityTerm>) => bench(there, { objects }).verdicts(pod('web', away(term('db', more))))['a1'];
    assert.equal(verdict({}), '');
    assert.equal(verdict({ namespaces: ['other'] }), tooNear);
    assert.equal(verdict({ namespaceSelector: {} }), tooNear);
    assert.equal(verdict({ namespaceSelector: { matchLabels: { team: 'x' } } }), tooNear);
    assert.equal(verdict({ namespaceSelector: { matchLabels: { team: 'y' } } }), '');
  });

  test('a pod that wants nothing and that nobody minds is not judged', () => {
    assert.equal(bench([pod('db', away(term('cache')), 'a1')]).begin(pod('web')), skip);
  });

  test('what preemption would take away is taken into account, and leaves no trace', () => {
    const there = [pod('db', away(term('web')), 'a1')];
    const one = bench(there);
    const info = one.info(pod('web', away(term('db'))));
    const a2 = one.cluster.node('a2')!;
    one.begin(info.pod);
    const tried = one.state.clone();
    one.plugin.removePod!(tried, info, one.info(there[0]!), one.cluster.node('a1')!);
    assert.equal(one.plugin.filter!(tried, info, a2), undefined);
    one.plugin.addPod!(tried, info, one.info(there[0]!), one.cluster.node('b1')!);
    assert.deepEqual(one.plugin.filter!(tried, info, one.cluster.node('b1')!)?.reasons, [tooNear]);
    assert.deepEqual(one.plugin.filter!(one.state, info, a2)?.reasons, [tooNear]);
  });

  test('a group whose only member would go begins anew', () => {
    const there = [pod('web', {}, 'b1')];
    const one = bench(there);
    const info = one.info(pod('web', near(term('web'))));
    one.begin(info.pod);
    const tried = one.state.clone();
    one.plugin.removePod!(tried, info, one.info(there[0]!), one.cluster.node('b1')!);
    assert.equal(one.plugin.filter!(tried, info, one.cluster.node('a1')!), undefined);
  });

  test('pods that are alike are counted once, and what changes meanwhile is seen', () => {
    const one = bench([pod('db', {}, 'a1')]);
    const wanted = pod('web', near(term('db')));
    assert.equal(one.verdicts(wanted)['b1'], notNear);
    one.cluster.putPod(one.info(pod('db', {}, 'b1')));
    assert.equal(one.verdicts(wanted)['b1'], '');
  });
});

describe('preferred', () => {
  test('neighbours that are liked or not make a node better or worse', () => {
    assert.deepEqual(bench([pod('db', {}, 'a1')]).scores(pod('web', liking('db', 5))), { a1: 100, a2: 100, b1: 0, none: 0 });
    assert.deepEqual(bench([pod('db', {}, 'a1')]).scores(pod('web', disliking('db', 5))), { a1: 0, a2: 0, b1: 100, none: 100 });
  });

  test('what pods there wish counts as well, and a little what they require', () => {
    const there = [pod('db', liking('web', 4), 'a1'), pod('cache', near(term('web')), 'b1')];
    assert.deepEqual(bench(there).scores(pod('web')), { a1: 100, a2: 100, b1: 25, none: 0 });
    assert.deepEqual(bench(there, { args: { hardPodAffinityWeight: 4 } }).scores(pod('web')), { a1: 100, a2: 100, b1: 100, none: 0 });
    assert.equal(bench(there, { args: { ignorePreferredTermsOfExistingPods: true } }).scores(pod('web')), undefined);
  });

  test('where nobody wishes anything there is nothing to score', () => {
    assert.equal(bench([pod('db', {}, 'a1')]).scores(pod('web')), undefined);
    assert.equal(bench([pod('db', liking('other', 4), 'a1')]).scores(pod('web')), undefined);
  });
});

test('helped by neighbours that come, by others that go, and by nodes in other places', () => {
  const one = bench([]);
  const wantsDb = pod('web', near(term('db')));
  const mindsDb = pod('web', away(term('db')));
  assert.ok(one.helps(Pod, wantsDb, { now: pod('db', {}, 'a1') }));
  assert.ok(!one.helps(Pod, wantsDb, { now: pod('x', {}, 'a1') }));
  assert.ok(!one.helps(Pod, wantsDb, { old: pod('db', {}, 'a1') }));
  assert.ok(one.helps(Pod, mindsDb, { old: pod('db', {}, 'a1') }));
  assert.ok(one.helps(Pod, mindsDb, { old: pod('db', {}, 'a1'), now: pod('x', {}, 'a1') }));
  assert.ok(one.helps(Pod, pod('web'), { old: pod('db', away(term('web')), 'a1') }));
  assert.ok(!one.helps(Pod, pod('web'), { old: pod('db', {}, 'a1') }));
  const [a, b] = [nodes[0]!, nodes[2]!];
  assert.ok(one.helps(Node, wantsDb, { now: a }));
  assert.ok(one.helps(Node, wantsDb, { old: a, now: b }));
  assert.ok(!one.helps(Node, wantsDb, { old: a, now: testNode('x', { labels: { zone: 'a' } }) }));
});
