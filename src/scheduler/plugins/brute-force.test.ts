/** Plugins that keep counts from cycle to cycle, against counting everything each time, while the cluster changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng, type Rng } from '../../base/rng.ts';
import type { Pod, PodAffinityTerm, PodSpec } from '../../api/generated/core/v1.ts';
import type { SchedulerCache } from '../cache.ts';
import type { NodeInfo } from '../framework.ts';
import { podInfoOf } from '../pod-info.ts';
import { interPodAffinity } from './inter-pod-affinity/plugin.ts';
import { podTopologySpread } from './pod-topology-spread/plugin.ts';
import { PluginBench, testCluster, testNode, testPod } from './test-objects.ts';

const apps = ['a', 'b', 'c'];
const zones = ['x', 'y', 'z', undefined];
const nodeNames = ['n1', 'n2', 'n3', 'n4', 'n5'];
const pick = <T>(rng: Rng, items: readonly T[]): T => items[rng.below(items.length)]!;

const appOf = ({ metadata }: Pod): string | undefined => metadata.labels?.['app'];
const zoneOf = ({ node }: NodeInfo): string | undefined => node.metadata.labels?.['zone'];
const podsIn = (cluster: SchedulerCache, zone: string): Pod[] =>
  cluster.nodes.filter((node) => zoneOf(node) === zone).flatMap(({ pods }) => pods.map(({ pod }) => pod));

/** Asks for random pods between random changes of a cluster, and compares each node's verdict. */
function compare(bench: PluginBench, specOf: (rng: Rng) => Partial<PodSpec>, fits: (pod: Pod, node: NodeInfo) => boolean): void {
  const rng = seededRng(11);
  const { cluster } = bench;
  let turnedDown = 0;
  for (let step = 0; step < 400; step++) {
    const zone = pick(rng, zones);
    const change = rng.below(8);
    if (change === 0) cluster.putNode(testNode(pick(rng, nodeNames), zone ? { labels: { zone } } : {}));
    else if (change < 3) cluster.removePod(`default/p${rng.below(12)}`);
    else {
      const there = testPod(`p${rng.below(12)}`, { labels: { app: pick(rng, apps) }, nodeName: pick(rng, nodeNames), ...specOf(rng) });
      cluster.putPod(podInfoOf(there));
    }
    const pod = testPod('new', { labels: { app: pick(rng, apps) }, ...specOf(rng) });
    for (const [name, reason] of Object.entries(bench.verdicts(pod))) {
      assert.equal(reason === '', fits(pod, cluster.node(name)!), `step ${step}, ${name}: ${reason} ${JSON.stringify(pod)}`);
      if (reason !== '') turnedDown++;
    }
  }
  assert.ok(turnedDown > 100, 'the test decides something');
}

const randomCluster = () => testCluster(nodeNames.map((name, i) => testNode(name, { labels: { zone: zones[i % 3]! } })));

test('pods are spread as counting says', () => {
  const cluster = randomCluster();
  const specOf = (rng: Rng): Partial<PodSpec> => ({
    topologySpreadConstraints: [
      {
        topologyKey: 'zone',
        maxSkew: 1 + rng.below(2),
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: pick(rng, apps) } },
      },
    ],
  });
  compare(new PluginBench(podTopologySpread, { cluster }), specOf, (pod, node) => {
    const { maxSkew, labelSelector } = pod.spec.topologySpreadConstraints![0]!;
    const app = labelSelector!.matchLabels!['app'];
    const zone = zoneOf(node);
    if (zone === undefined) return false;
    const countIn = (one: string) => podsIn(cluster, one).filter((other) => appOf(other) === app).length;
    const emptiest = Math.min(...cluster.nodes.map(zoneOf).flatMap((one) => (one === undefined ? [] : [countIn(one)])));
    return countIn(zone) + (appOf(pod) === app ? 1 : 0) - emptiest <= maxSkew;
  });
});

test('pods are kept near and away as looking at every pod says', () => {
  const cluster = randomCluster();
  const termOf = (rng: Rng): PodAffinityTerm[] => [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: pick(rng, apps) } } }];
  const specOf = (rng: Rng): Partial<PodSpec> => {
    const kind = pick(rng, ['podAffinity', 'podAntiAffinity', undefined]);
    return kind === undefined ? {} : { affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: termOf(rng) } } };
  };
  const wants = (pod: Pod, kind: 'podAffinity' | 'podAntiAffinity'): string | undefined =>
    pod.spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.labelSelector?.matchLabels?.['app'];
  compare(new PluginBench(interPodAffinity, { cluster }), specOf, (pod, node) => {
    const zone = zoneOf(node);
    const near = wants(pod, 'podAffinity');
    if (zone === undefined) return near === undefined;
    const neighbours = podsIn(cluster, zone);
    const exists = cluster.nodes.some((one) => zoneOf(one) !== undefined && one.pods.some((other) => appOf(other.pod) === near));
    const isMet = near === undefined || neighbours.some((other) => appOf(other) === near) || (!exists && appOf(pod) === near);
    const away = wants(pod, 'podAntiAffinity');
    const hurts = neighbours.some((other) => appOf(other) === away || wants(other, 'podAntiAffinity') === appOf(pod));
    return isMet && !hurts;
  });
});
