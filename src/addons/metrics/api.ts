import type { Clock } from '../../base/clock.ts';
import { utf8 } from '../../codec/bytes.ts';
import { stringifyJson } from '../../codec/json.ts';
import type { ApiResult, Encodable, ListOptions, ResourceCall } from '../../api/call.ts';
import { badRequest, notFound } from '../../api/errors.ts';
import { matchesFields, parseFieldSelector } from '../../api/field-selector.ts';
import type { Node as NodeType, Pod as PodType } from '../../api/generated/core/v1.ts';
import { listKindOf, type Kind } from '../../api/kind.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { NodeMetrics } from '../../api/kinds/metrics/nodemetrics.ts';
import { PodMetrics } from '../../api/kinds/metrics/podmetrics.ts';
import type { NodeMetrics as NodeMetricsType, PodMetrics as PodMetricsType } from '../../api/kinds/metrics/types.ts';
import type { LocalApi } from '../../api/local-api.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta.ts';
import type { Client } from '../../client/client.ts';
import type { StatsSummary } from '../../kubelet/ports.ts';
import { nodeMetrics, podMetrics } from './usage.ts';

export interface MetricsApiOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Reads pods and nodes; asked for when a call comes, which is after the API server has started. */
  readonly client: () => Pick<Client, 'get' | 'list'>;
  /** What a node's kubelet measures now. undefined, or rejected, for one that cannot be reached. */
  readonly statsOf: (nodeName: string) => Promise<StatsSummary | undefined>;
}

/**
 * metrics.k8s.io/v1beta1 as metrics-server serves it: what nodes and pods use, by label and field
 * selectors, from the kubelets' statistics. They are asked when a call comes, and only those on whose
 * nodes something is that the call is about.
 */
export function metricsApi(options: MetricsApiOptions): LocalApi {
  const server = new MetricsServer(options);
  return { kinds: [NodeMetrics, PodMetrics], serve: (call, kind) => server.serve(call, kind) };
}

class MetricsServer {
  readonly #options: MetricsApiOptions;

  constructor(options: MetricsApiOptions) {
    this.#options = options;
  }

  async serve(call: ResourceCall, kind: Kind): Promise<ApiResult> {
    if (call.verb === 'get') return objectResult(kind, await (kind === PodMetrics ? this.#pod(call) : this.#node(call)));
    const options = (call.verb === 'list' && call.options) || {};
    return listResult(kind, await (kind === PodMetrics ? this.#pods(call.resource.namespace, options) : this.#nodes(options)));
  }

  async #node({ resource: { name = '' } }: ResourceCall): Promise<NodeMetricsType> {
    const [found] = await this.#ofNodes([await this.#options.client().get(Node, { name })]);
    if (!found) throw notFound({ group: NodeMetrics.group, resource: NodeMetrics.plural }, name);
    return found;
  }

  async #nodes({ labelSelector, fieldSelector }: ListOptions): Promise<NodeMetricsType[]> {
    const { items } = await this.#options.client().list(Node, {}, { ...(labelSelector && { labelSelector }) });
    return this.#ofNodes(selected(items, fieldSelector));
  }

  async #pod({ resource: { namespace = '', name = '' } }: ResourceCall): Promise<PodMetricsType> {
    const [found] = await this.#ofPods([await this.#options.client().get(Pod, { namespace, name })]);
    if (!found) throw notFound({ group: PodMetrics.group, resource: PodMetrics.plural }, `${namespace}/${name}`);
    return found;
  }

  async #pods(namespace: string | undefined, { labelSelector, fieldSelector }: ListOptions): Promise<PodMetricsType[]> {
    const within = namespace === undefined ? {} : { namespace };
    const { items } = await this.#options.client().list(Pod, within, { ...(labelSelector && { labelSelector }) });
    return this.#ofPods(selected(items, fieldSelector));
  }

  async #ofNodes(nodes: readonly NodeType[]): Promise<NodeMetricsType[]> {
    const summaries = await this.#summaries(nodes.map(({ metadata }) => metadata.name ?? ''));
    const nowMs = this.#options.clock.now();
    return nodes.flatMap((node) => {
      const summary = summaries.get(node.metadata.name ?? '');
      return (summary && nodeMetrics(node, summary, nowMs)) ?? [];
    });
  }

  async #ofPods(pods: readonly PodType[]): Promise<PodMetricsType[]> {
    const summaries = await this.#summaries(pods.map(({ spec }) => spec?.nodeName ?? ''));
    const stats = new Map([...summaries.values()].flatMap((summary) => summary.pods.map((pod) => [pod.podRef.uid, pod] as const)));
    const nowMs = this.#options.clock.now();
    return pods.flatMap((pod) => {
      const own = stats.get(pod.metadata.uid ?? '');
      return (own && podMetrics(pod, own, nowMs)) ?? [];
    });
  }

  /** Of nodes that cannot be asked there is nothing. */
  async #summaries(nodeNames: readonly string[]): Promise<ReadonlyMap<string, StatsSummary>> {
    const names = [...new Set(nodeNames)].filter((name) => name !== '');
    const answers = await Promise.all(names.map((name) => this.#options.statsOf(name).catch(() => undefined)));
    return new Map(names.flatMap((name, i) => (answers[i] ? [[name, answers[i]] as const] : [])));
  }
}

/** In the API's order: by namespace and name. */
function selected<O extends KubeObject>(objects: readonly O[], fieldSelector: string | undefined): O[] {
  const requirements = fieldSelector ? parseFieldSelector(fieldSelector) : [];
  for (const { field } of requirements)
    if (field !== 'metadata.name' && field !== 'metadata.namespace')
      throw badRequest(`${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`);
  return objects
    .filter(({ metadata }) =>
      matchesFields(requirements, (field) => (field === 'metadata.name' ? metadata.name : metadata.namespace) ?? ''),
    )
    .sort((a, b) => compare(a.metadata.namespace, b.metadata.namespace) || compare(a.metadata.name, b.metadata.name));
}

const compare = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);

const objectResult = (kind: Kind, object: KubeObject): ApiResult => ({ type: 'object', code: 200, of: kind, value: encodable(object) });

const listResult = (kind: Kind, objects: readonly KubeObject[]): ApiResult => ({
  type: 'list',
  of: kind,
  list: { apiVersion: apiVersionOf(kind), kind: listKindOf(kind), metadata: {}, items: objects.map(encodable) },
});

const encodable = (object: KubeObject): Encodable => ({ object, json: () => [utf8(stringifyJson(object))] });
