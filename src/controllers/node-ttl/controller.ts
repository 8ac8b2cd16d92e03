import { Node } from '../../api/kinds/core/node.ts';
import { defineController, runController } from '../../client/controller.ts';
import type { ControllerDescriptor } from '../descriptor.ts';

const annotation = 'node.alpha.kubernetes.io/ttl';

/** For how long kubelets may keep what they have read, by the size of the cluster; the bounds overlap, so that a node more or less does not change it back and forth. */
const steps = [
  { min: 0, max: 100, seconds: 0 },
  { min: 90, max: 500, seconds: 15 },
  { min: 450, max: 1000, seconds: 30 },
  { min: 900, max: 2000, seconds: 60 },
  { min: 1800, max: Infinity, seconds: 300 },
] as const;

/** The step for a number of nodes, coming from another step. */
export function nextStep(step: number, nodes: number): number {
  let next = step;
  while (nodes > steps[next]!.max) next++;
  while (nodes < steps[next]!.min) next--;
  return next;
}

/** Tells each kubelet, in an annotation of its node, for how long secrets and config maps may be kept. Source: pkg/controller/ttl. */
export const ttlController: ControllerDescriptor = {
  name: 'ttl-controller',
  serviceAccount: 'ttl-controller',
  async start({ client, informers, env }) {
    let nodes = 0;
    let step = 0;
    informers.of(Node).onChange(({ now, old }) => {
      if (now && old) return;
      nodes += now ? 1 : -1;
      step = nextStep(step, nodes);
    });
    const annotating = defineController({
      name: 'ttl-controller',
      for: Node,
      async reconcile({ metadata }, context) {
        const seconds = String(steps[step]!.seconds);
        if (metadata.annotations?.[annotation] === seconds) return;
        const patch = { metadata: { annotations: { [annotation]: seconds } } };
        await context.client.patch(Node, { name: metadata.name! }, 'strategic', patch);
      },
    });
    await runController(annotating, client, informers, env);
  },
};
