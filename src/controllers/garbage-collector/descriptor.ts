import type { Env } from '../../base/env.ts';
import { CustomResourceDefinition } from '../../api/kinds/apiextensions/customresourcedefinition.ts';
import { Informers } from '../../client/informers.ts';
import type { ControllerDescriptor } from '../descriptor.ts';
import { collectable, GarbageCollector } from './collector.ts';
import { ownershipOf } from './graph.ts';

/** The collector as one of the manager's controllers. It keeps informers of its own, in which of each object only its ownership stays. */
export const garbageCollector: ControllerDescriptor = {
  name: 'garbage-collector-controller',
  serviceAccount: 'generic-garbage-collector',
  async start({ client, reader, informers, env, kinds, flags }) {
    const owners = new Informers(reader, env, ownershipOf);
    const collector = new GarbageCollector({ client, informers: owners, env, kinds: () => collectable(kinds()) });
    await owners.synced();
    collector.run(flags.concurrentSyncs['garbage-collector-controller']);
    followDefinitions(informers, env, () => collector.follow());
  },
};

/** Calls back soon after definitions of custom resources have changed, when what is served has changed too. */
function followDefinitions(informers: Informers, { clock }: Env, act: () => void): void {
  let due = false;
  informers.of(CustomResourceDefinition).onChange(() => {
    if (due) return;
    due = true;
    clock.after(definitionDelayMs, () => {
      due = false;
      act();
    });
  });
}

const definitionDelayMs = 50;
