import type { Env } from '../base/env.ts';
import type { Node as NodeType, Pod as PodType, Service as ServiceType } from '../api/generated/core/v1.ts';
import { Node } from '../api/kinds/core/node.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { Service } from '../api/kinds/core/service.ts';
import type { Client } from '../client/client.ts';
import { Informer, type Change } from '../client/informer.ts';
import type { NodeSource, PodListener, PodSource, ServiceSource } from './ports.ts';

type SourceEnv = Pick<Env, 'clock' | 'rng' | 'signal'>;

/** The pods that the API server has bound to the node: a watch of its own for each node. */
export function apiPodSource(client: Client, env: SourceEnv): PodSource {
  return {
    follow(nodeName, listener) {
      const life = new AbortController();
      const informer = new Informer<PodType>({ kind: Pod, client, ...env, fieldSelector: `spec.nodeName=${nodeName}` });
      informer.onChange((change) => {
        if (!life.signal.aborted) tell(listener, change);
      });
      void informer.start(AbortSignal.any([env.signal, life.signal])).then(() => {
        if (!life.signal.aborted) listener.synced();
      });
      return () => life.abort();
    },
  };
}

/** One watch of all pods for many kubelets of one process, which hands each its own. */
export function sharedPodSource(client: Client, env: SourceEnv): PodSource {
  const informer = new Informer<PodType>({
    kind: Pod,
    client,
    ...env,
    fieldSelector: 'spec.nodeName!=',
    indexes: { node: ({ spec }) => [spec.nodeName ?? ''] },
  });
  const listeners = new Map<string, PodListener>();
  informer.onChange((change) => {
    const listener = listeners.get((change.now ?? change.old).spec.nodeName ?? '');
    if (listener) tell(listener, change);
  });
  let synced: Promise<void> | undefined;
  return {
    follow(nodeName, listener) {
      listeners.set(nodeName, listener);
      for (const pod of informer.byIndex('node', nodeName)) listener.pod(pod);
      synced ??= informer.start(env.signal);
      void synced.then(() => {
        if (listeners.get(nodeName) === listener) listener.synced();
      });
      return () => {
        if (listeners.get(nodeName) === listener) listeners.delete(nodeName);
      };
    },
  };
}

/** A pod that was replaced by another of its name between two lists shows as a change. */
function tell(listener: PodListener, { now, old }: Change<PodType>): void {
  if (old && old.metadata.uid !== now?.metadata.uid) listener.gone(old);
  if (now) listener.pod(now);
}

export function apiNodeSource(client: Client, env: SourceEnv): NodeSource {
  return {
    follow(nodeName, listener) {
      const life = new AbortController();
      const informer = new Informer<NodeType>({ kind: Node, client, ...env, fieldSelector: `metadata.name=${nodeName}` });
      informer.onChange(({ now }) => {
        if (!life.signal.aborted) listener(now);
      });
      void informer.start(AbortSignal.any([env.signal, life.signal]));
      return () => life.abort();
    },
  };
}

/** One watch of all nodes for many kubelets of one process. */
export function sharedNodeSource(client: Client, env: SourceEnv): NodeSource {
  const informer = new Informer<NodeType>({ kind: Node, client, ...env });
  const listeners = new Map<string, (node: NodeType | undefined) => void>();
  informer.onChange(({ now, old }) => listeners.get((now ?? old).metadata.name ?? '')?.(now));
  let started = false;
  return {
    follow(nodeName, listener) {
      listeners.set(nodeName, listener);
      const known = informer.get(nodeName);
      if (known) listener(known);
      if (!started) void informer.start(env.signal);
      started = true;
      return () => {
        if (listeners.get(nodeName) === listener) listeners.delete(nodeName);
      };
    },
  };
}

/** One watch of all services for all kubelets of the process, begun when the first pod asks. */
export function apiServiceSource(client: Client, env: SourceEnv): ServiceSource {
  const informer = new Informer<ServiceType>({
    kind: Service,
    client,
    ...env,
    indexes: { namespace: ({ metadata }) => [metadata.namespace ?? ''] },
  });
  let synced: Promise<void> | undefined;
  return {
    async inNamespace(namespace) {
      await (synced ??= informer.start(env.signal));
      return informer.byIndex('namespace', namespace);
    },
  };
}
