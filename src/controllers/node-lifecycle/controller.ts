import { Node } from '../../api/kinds/core/node.ts';
import { timestampOf } from '../../api/timestamps.ts';
import { eventRecorder } from '../../client/event-recorder.ts';
import { defineController, runController } from '../../client/controller.ts';
import type { ControllerDescriptor } from '../descriptor.ts';
import { NodeMonitor } from './monitor.ts';
import { changeNode } from './node-writes.ts';
import { reconciledLabels, reconciledTaints } from './taints.ts';

/** Keeps a node's taints to what its conditions say, and its old labels to its new ones, whenever it changes. */
const nodeMarks = defineController({
  name: 'node-controller',
  for: Node,
  workers: 8,
  async reconcile(node, { client, env }) {
    await changeNode(client, node, (one) => {
      const taints = reconciledTaints(one, timestampOf(env.clock.now()));
      const labels = reconciledLabels(one);
      if (!taints && !labels) return undefined;
      return {
        ...one,
        metadata: { ...one.metadata, ...(labels && { labels }) },
        spec: { ...one.spec, ...(taints && { taints }) },
      };
    });
  },
});

/** Watches over nodes' health, and marks nodes so that pods keep or get away from those that are not well. */
export const nodeLifecycleController: ControllerDescriptor = {
  name: 'node-lifecycle-controller',
  serviceAccount: 'node-controller',
  async start({ client, informers, env, flags }) {
    const events = eventRecorder({ client, env, component: 'node-controller' });
    const monitor = new NodeMonitor({ client, informers, events, env: { ...env, log: env.log.named('node-controller') }, rules: flags });
    await runController(nodeMarks, client, informers, env);
    monitor.start();
  },
};
