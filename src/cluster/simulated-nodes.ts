import type { Env } from '../base/env.ts';
import type { ApiResult, ApiServer, Credentials } from '../api/call.ts';
import { notFound, serviceUnavailable } from '../api/errors.ts';
import type { Pod as PodType } from '../api/generated/core/v1.ts';
import { Node } from '../api/kinds/core/node.ts';
import type { NodeConnector, NodeRequest } from '../apiserver/ports.ts';
import type { Client } from '../client/client.ts';
import { typedClient } from '../client/typed-client.ts';
import { apiServiceSource, sharedNodeSource, sharedPodSource } from '../kubelet/api-sources.ts';
import type { KubeletConfig } from '../kubelet/config.ts';
import type { StatsSummary } from '../kubelet/ports.ts';
import { SimulatedNode, type NodeSources } from './simulated-node.ts';
import { taintsOf, type NodeSpec } from './spec.ts';

/** The simulated machines of one cluster. The API server is given its `connector` before the nodes exist, and reaches them once they do. */
export class SimulatedNodes {
  readonly #env: Env;
  readonly #cluster: string;
  readonly #config: Partial<KubeletConfig>;
  readonly #nodes = new Map<string, SimulatedNode>();

  /** `config`: of all kubelets, where it is not to be the default. */
  constructor(env: Env, cluster: string, config: Partial<KubeletConfig> = {}) {
    this.#env = env;
    this.#cluster = cluster;
    this.#config = config;
  }

  /** Brings the API server's requests to kubelets. */
  readonly connector: NodeConnector = {
    serve: (request) => this.#serve(request),
  };

  /** Starts a kubelet for each; resolves when all have registered. The kubelets reach the server by `way`. */
  async start(api: ApiServer, specs: readonly NodeSpec[], way: ApiServer = api): Promise<void> {
    const sources = sharedSources(way, this.#env);
    const alone = specs.length === 1;
    for (const [index, spec] of specs.entries()) {
      const node = new SimulatedNode({
        spec,
        cluster: this.#cluster,
        address: nodeAddress(index),
        // Where there is nowhere else to go, pods may run on the control plane; kind does the same.
        taints: taintsOf(spec, alone),
        env: this.#env,
        client: typedClient({ api: way, credentials: nodeCredentials(spec.name), userAgent: 'kubelet' }),
        sources,
        config: this.#config,
      });
      this.#nodes.set(spec.name, node);
    }
    const administrator = typedClient({ api, credentials: serverItself, userAgent: 'slipway' });
    await Promise.all(
      specs.map(async (spec) => {
        await this.node(spec.name).start();
        await label(administrator, spec);
      }),
    );
  }

  get names(): string[] {
    return [...this.#nodes.keys()];
  }

  /** Throws for a name that no simulated node has. */
  node(name: string): SimulatedNode {
    const node = this.#nodes.get(name);
    if (!node) throw new Error(`there is no simulated node "${name}"`);
    return node;
  }

  /** undefined for a node whose kubelet does not run. */
  async statsOf(name: string): Promise<StatsSummary | undefined> {
    return this.#nodes.get(name)?.running?.stats();
  }

  async stop(): Promise<void> {
    await Promise.all(Array.from(this.#nodes.values(), (node) => node.stop()));
  }

  async #serve(request: NodeRequest): Promise<ApiResult> {
    if (request.resource === 'services' || (request.resource === 'pods' && request.subresource === 'proxy'))
      throw serviceUnavailable('nothing listens in simulated pods');
    const name = request.resource === 'nodes' ? request.object.metadata.name : (request.object as PodType).spec.nodeName;
    const node = this.#nodes.get(name ?? '');
    if (!node) throw notFound({ group: '', resource: 'nodes' }, name ?? '');
    return node.kubelet.serve(request);
  }
}

/** In the network that the simulated machines share; the first two addresses are its own and its gateway's. */
export const nodeAddress = (index: number): string => `172.${18 + ((index + 2) >> 16)}.${((index + 2) >> 8) & 255}.${(index + 2) & 255}`;

/** A kubelet may not give itself a role, or any label by which others tell nodes apart; kubeadm marks control planes in the same way. */
async function label(client: Client, { name, role, labels }: NodeSpec): Promise<void> {
  const all = { ...(role === 'control-plane' && controlPlaneLabels), ...labels };
  if (Object.keys(all).length > 0) await client.patch(Node, { name }, 'merge', { metadata: { labels: all } });
}

const controlPlaneLabels = { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' };

/** Read with an administrator's rights: a node's own end at its own pods. */
function sharedSources(api: ApiServer, env: Env): NodeSources {
  const client = typedClient({ api, credentials: serverItself, userAgent: 'kubelet' });
  return { pods: sharedPodSource(client, env), nodes: sharedNodeSource(client, env), services: apiServiceSource(client, env) };
}

const serverItself: Credentials = { by: 'identity', user: { name: 'system:apiserver', groups: ['system:masters'] } };

const nodeCredentials = (name: string): Credentials => ({
  by: 'identity',
  user: { name: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] },
});
