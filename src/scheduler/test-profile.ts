/** Profiles of a few small plugins, for tests of what calls them. */
import { VirtualClock } from '../base/virtual-clock.ts';
import { seededRng } from '../base/rng.ts';
import type { Client } from '../client/client.ts';
import type { KubeSchedulerProfile } from './config.ts';
import type { Handle, Plugin, PluginFactory } from './framework.ts';
import { makeProfile, type Profile } from './profile.ts';

export const factoryOf = (plugin: Plugin, weight = 1): PluginFactory => ({ name: plugin.name, weight, make: () => plugin });

export function testProfile(
  plugins: readonly (Plugin | PluginFactory)[],
  config: KubeSchedulerProfile = {},
  handle: Partial<Handle> = {},
): Profile {
  const factories = plugins.map((plugin) => ('make' in plugin ? plugin : factoryOf(plugin)));
  return makeProfile({ config, percentageOfNodesToScore: 0, factories, handle: { ...unusedHandle, ...handle } });
}

function unused(): never {
  throw new Error('no plugin of this test needs it');
}

const unusedHandle: Handle = {
  get: unused,
  list: unused,
  namespaceLabels: unused,
  client: {} as Client,
  clock: new VirtualClock({ turn: () => Promise.resolve() }),
  rng: seededRng(1),
  events: { event() {} },
  snapshot: unused,
  fits: unused,
  podAdded: unused,
  podRemoved: unused,
  nominated: unused,
  activate: unused,
};
