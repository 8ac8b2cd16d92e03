import type { Env } from '../base/env.ts';
import type { Kind } from '../api/kind.ts';
import type { Client } from '../client/client.ts';
import { runController, type Controller } from '../client/controller.ts';
import type { Informers } from '../client/informers.ts';
import type { ControllerFlags } from './flags.ts';

/** One of kube-controller-manager's controllers, as `--controllers` names it. */
export interface ControllerDescriptor {
  /** `deployment-controller`, `garbage-collector-controller` … */
  readonly name: string;
  /** The ServiceAccount in `kube-system` whose rights it has (`--use-service-account-credentials`). */
  readonly serviceAccount: string;
  /** Begins, and resolves when it works; it ends when `env.signal` aborts. */
  start(context: ManagerContext): Promise<void>;
}

/** What the manager gives each controller. */
export interface ManagerContext {
  /** With the rights of the controller's own ServiceAccount. */
  readonly client: Client;
  /** Shared by all controllers of the manager. */
  readonly informers: Informers;
  readonly env: Env;
  readonly flags: ControllerFlags;
  /** The preferred version of every kind that is served now, custom ones too. */
  readonly kinds: () => readonly Kind[];
  /** Reads with the manager's own rights, for informers of a controller's own making. */
  readonly reader: Client;
}

/** A controller that is one control loop, or several; what they are may depend on the flags. */
export const loops = (
  name: string,
  serviceAccount: string,
  controllers: (context: ManagerContext) => readonly Controller[],
): ControllerDescriptor => ({
  name,
  serviceAccount,
  async start(context) {
    const { client, informers, env, flags } = context;
    const workers = flags.concurrentSyncs[name];
    const loops = controllers(context).map((controller) => (workers === undefined ? controller : { ...controller, workers }));
    await Promise.all(loops.map((controller) => runController(controller, client, informers, env)));
  },
});
