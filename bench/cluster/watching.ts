import type { Node as NodeType, Pod as PodType } from '../../src/api/generated/core/v1.ts';
import type { Kind } from '../../src/api/kind.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { isReady } from '../../src/api/pods/pod-state.ts';
import type { Client } from '../../src/client/client.ts';
import { keyOf } from '../../src/client/informer.ts';

/** Resolves as soon as so many objects were seen for which it holds. Looks by a watch, which costs little. */
export function untilMany<O extends KubeObject>(
  client: Client,
  kind: Kind<O>,
  count: number,
  holds: (object: O) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const those = new Set<string>();
    const watch = client.watch(
      kind,
      {},
      {},
      {
        event(type, object) {
          if (type === 'BOOKMARK') return;
          if (type !== 'DELETED' && holds(object)) those.add(keyOf(object));
          else those.delete(keyOf(object));
          if (those.size < count) return;
          watch.cancel();
          resolve();
        },
        end: (error) => reject(error ?? new Error('the watch has ended')),
      },
    );
  });
}

export const isReadyNode = ({ spec, status }: NodeType): boolean =>
  status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true &&
  spec.taints?.some(({ key }) => key === 'node.kubernetes.io/not-ready') !== true;

export const nodesReady = (client: Client, count: number): Promise<void> => untilMany<NodeType>(client, Node, count, isReadyNode);

export const podsReady = (client: Client, count: number): Promise<void> =>
  untilMany<PodType>(client, Pod, count, (pod) => pod.status.phase === 'Running' && isReady(pod));
