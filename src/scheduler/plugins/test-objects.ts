/** Pods, nodes and clusters for the plugins' tests. */
import type { Clock } from '../../base/clock.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { seededRng } from '../../base/rng.ts';
import type { Node, NodeSpec, Pod, PodSpec } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { SchedulerCache } from '../cache.ts';
import { Notes } from '../cycle-state.ts';
import type { Handle, NodeInfo, Plugin, PluginFactory, PodInfo, Rejection, Verdict } from '../framework.ts';
import { podInfoOf } from '../pod-info.ts';

interface PodParts extends Partial<PodSpec> {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Requests of its only container. */
  readonly requests?: Readonly<Record<string, string>>;
}

export function testPod(name: string, { namespace = 'default', labels = {}, requests, ...spec }: PodParts = {}): Pod {
  return {
    metadata: { name, namespace, labels, uid: `uid-of-${name}` },
    spec: { containers: [{ name: 'main', image: 'app', ...(requests && { resources: { requests } }) }], ...spec },
    status: {},
  };
}

interface NodeParts extends NodeSpec {
  readonly labels?: Readonly<Record<string, string>>;
  readonly allocatable?: Readonly<Record<string, string>>;
}

/** A node of 4 CPUs, 8 GiB and 110 pods, labelled with its name. */
export function testNode(name: string, { labels, allocatable, ...spec }: NodeParts = {}): Node {
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable } },
  };
}

export function testCluster(nodes: readonly Node[], pods: readonly Pod[] = []): SchedulerCache {
  const cache = new SchedulerCache();
  for (const node of nodes) cache.putNode(node);
  for (const pod of pods) cache.putPod(podInfoOf(pod));
  return cache;
}

/** A plugin over a cluster and other objects, asked as the cycle asks it. */
export class PluginBench {
  readonly cluster: SchedulerCache;
  readonly plugin: Plugin;
  readonly state = new Notes();

  constructor(factory: PluginFactory, { cluster = testCluster([]), objects = [], args, client, clock }: BenchOptions = {}) {
    this.cluster = cluster;
    this.plugin = factory.make(testHandle({ cluster, objects, client, clock }), args);
  }

  /** What `preFilter` says. */
  begin(pod: Pod): ReturnType<NonNullable<Plugin['preFilter']>> {
    return this.plugin.preFilter?.(this.state, podInfoOf(pod), this.cluster);
  }

  /** `preFilter` and `filter`: the first reason of each node that is turned down; '' for one that is not. */
  verdicts(pod: Pod): Record<string, string> {
    const info = podInfoOf(pod);
    const state = new Notes();
    const begun = this.plugin.preFilter?.(state, info, this.cluster);
    const outcome = begun && 'code' in begun ? begun : undefined;
    const verdict = (node: NodeInfo): Verdict => outcome ?? this.plugin.filter?.(state, info, node);
    return Object.fromEntries(this.cluster.nodes.map((node) => [node.name, textOf(verdict(node))]));
  }

  /** Normalized scores; undefined when the plugin has nothing to say. */
  scores(pod: Pod): Record<string, number> | undefined {
    const info = podInfoOf(pod);
    const { nodes } = this.cluster;
    if (this.plugin.preScore?.(this.state, info, nodes)?.code === 'Skip') return undefined;
    const scores = nodes.map((node) => this.plugin.score!(this.state, info, node));
    this.plugin.normalize?.(this.state, info, nodes, scores);
    return Object.fromEntries(nodes.map(({ name }, i) => [name, scores[i]!]));
  }

  info(pod: Pod): PodInfo {
    return podInfoOf(pod);
  }

  helps<O extends KubeObject>(kind: Kind<O>, pod: Pod, change: { readonly old?: O; readonly now?: O }): boolean {
    return (this.plugin.events ?? []).some((event) => event.kind === kind && (event.helps?.(pod, { kind, ...change }) ?? true));
  }
}

interface BenchOptions {
  readonly cluster?: SchedulerCache;
  readonly objects?: readonly (readonly [Kind, KubeObject])[];
  readonly args?: Readonly<Record<string, unknown>>;
  readonly client?: Partial<Handle['client']> | undefined;
  readonly clock?: Clock | undefined;
}

const textOf = (verdict: Verdict): string => (verdict === undefined || verdict.code === 'Skip' ? '' : (verdict.reasons[0] ?? verdict.code));

/** `Unschedulable: reason, reason` of a rejection, for short assertions. */
export const rejectionText = ({ code, reasons }: Rejection): string => `${code}: ${reasons.join(', ')}`;

const keyOf = ({ metadata: { namespace, name } }: KubeObject): string => (namespace ? `${namespace}/${name}` : (name ?? ''));

type HandleParts = Required<Pick<BenchOptions, 'cluster' | 'objects'>> & Pick<BenchOptions, 'client' | 'clock'>;

function testHandle({ cluster, objects, client, clock = new VirtualClock({ turn: () => Promise.resolve() }) }: HandleParts): Handle {
  const unused = (): never => {
    throw new Error('no test of a plugin needs this');
  };
  const ofKind = <O extends KubeObject>(kind: Kind<O>): O[] => objects.filter(([one]) => one === kind).map(([, object]) => object as O);
  return {
    get: (kind, key) => ofKind(kind).find((object) => keyOf(object) === key),
    list: (kind, namespace) => ofKind(kind).filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
    namespaceLabels: (namespace) =>
      objects.find(([kind, { metadata }]) => kind.kind === 'Namespace' && metadata.name === namespace)?.[1].metadata.labels,
    client: client as Handle['client'],
    clock,
    rng: seededRng(1),
    events: undefined as never,
    snapshot: () => cluster,
    fits: unused,
    podAdded: unused,
    podRemoved: unused,
    nominated: () => [],
    activate: unused,
  };
}
