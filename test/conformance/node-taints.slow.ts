import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { PodSpec } from '../../src/api/generated/core/v1.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { isActive } from '../../src/api/pods/pod-state.ts';
import { conformance } from './bed.ts';
import { createPod, podIsGone, podNow, podRuns } from './pods-of.ts';

const speed = 20;
const taint = { key: 'kubernetes.io/e2e-evict-taint-key', value: 'evictTaintVal', effect: 'NoExecute' } as const;

/** Side by side, each on a node of its own: most of it is waiting. */
conformance(
  'node taints',
  (bed) => {
    const worker = async (index: number) => {
      const { items } = await bed.client.list(Node);
      return items.flatMap(({ metadata, spec }) => (metadata.name!.includes('worker') && !spec?.unschedulable ? [metadata.name!] : []))[
        index
      ]!;
    };
    /** Runs there, and stays for so long when the taint comes. */
    const tolerating = async (namespace: string, name: string, nodeName: string, tolerationSeconds: number) => {
      const tolerations = [{ key: taint.key, value: taint.value, effect: taint.effect, tolerationSeconds }];
      const spec: Partial<PodSpec> = {
        nodeSelector: { 'kubernetes.io/hostname': nodeName },
        tolerations,
        terminationGracePeriodSeconds: 1,
      };
      await createPod(bed, namespace, name, spec);
      await podRuns(bed, namespace, name);
    };
    const setTaints = (name: string, taints: readonly object[]) => bed.client.patch(Node, { name }, 'merge', { spec: { taints } });
    const passes = (clusterSeconds: number) => delay((clusterSeconds * 1000) / speed);
    const stays = async (namespace: string, name: string) => {
      const pod = await podNow(bed, namespace, name);
      return pod !== undefined && isActive(pod);
    };

    test('[sig-node] NoExecuteTaintManager Single Pod removing taint cancels eviction [Conformance] [Disruptive] [Serial]', async () => {
      const [namespace, node] = [await bed.namespace(), await worker(0)];
      await tolerating(namespace, 'taint-eviction', node, 40);
      await setTaints(node, [taint]);
      await passes(5);
      assert.ok(await stays(namespace, 'taint-eviction'), 'it is tolerated for a while');
      await setTaints(node, []);
      await passes(45);
      assert.ok(await stays(namespace, 'taint-eviction'), 'and is not evicted once the taint is gone');
    });

    test('[sig-node] NoExecuteTaintManager Multiple Pods evicts pods with minTolerationSeconds [Conformance] [Disruptive] [Serial]', async () => {
      const [namespace, node] = [await bed.namespace(), await worker(1)];
      await tolerating(namespace, 'taint-eviction-1', node, 5);
      await tolerating(namespace, 'taint-eviction-2', node, 45);
      await setTaints(node, [taint]);
      await podIsGone(bed, namespace, 'taint-eviction-1');
      assert.ok(await stays(namespace, 'taint-eviction-2'), 'who tolerates it longer stays longer');
      await podIsGone(bed, namespace, 'taint-eviction-2');
      await setTaints(node, []);
    });
  },
  { workers: 2, speed, concurrency: true },
);
