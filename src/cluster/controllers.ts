import type { Running } from '../base/component.ts';
import type { Env } from '../base/env.ts';
import type { Credentials } from '../api/call.ts';
import type { Kind } from '../api/kind.ts';
import type { RunningApiServer } from '../apiserver/server.ts';
import type { Client } from '../client/client.ts';
import { runController } from '../client/controller.ts';
import { Informers } from '../client/informers.ts';
import { typedClient } from '../client/typed-client.ts';
import { customResourceDefinitionControllers } from '../controllers/custom-resource-definition/all.ts';
import type { ControllerFlags } from '../controllers/flags.ts';
import { kubeControllerManager } from '../controllers/manager.ts';

export interface ControllersOptions {
  readonly api: RunningApiServer;
  readonly env: Env;
  readonly flags: Partial<ControllerFlags>;
  /** `--controllers`. */
  readonly controllers?: readonly string[];
}

/** Those controllers that upstream runs within the API server. */
export async function startServerControllers({ api, env }: Pick<ControllersOptions, 'api' | 'env'>): Promise<void> {
  const client = typedClient({ api: api.call, credentials: apiServerItself, userAgent: 'kube-apiserver' });
  const informers = new Informers(client, env);
  await Promise.all(
    customResourceDefinitionControllers(api.customInstances).map((controller) => runController(controller, client, informers, env)),
  );
}

/** Starts kube-controller-manager in this process, each controller with the rights of its own role and no more. */
export async function startControllers({ api, env, flags, controllers }: ControllersOptions): Promise<Running> {
  const clientOf = (name: string): Client =>
    typedClient({ api: api.call, credentials: serviceAccount(name), userAgent: `kube-controller-manager/${name}` });
  const manager = kubeControllerManager({
    clientOf,
    reader: typedClient({ api: api.call, credentials: managerItself, userAgent: 'kube-controller-manager' }),
    kinds: (): Kind[] => api.kinds().kinds.filter((kind) => api.kinds().preferred(kind.group, kind.plural) === kind),
    flags,
    ...(controllers && { controllers }),
  });
  const running = await manager.start(env);
  await running.ready;
  return running;
}

const apiServerItself: Credentials = { by: 'identity', user: { name: 'system:apiserver', groups: ['system:masters'] } };
const managerItself: Credentials = { by: 'identity', user: { name: 'system:kube-controller-manager', groups: ['system:authenticated'] } };

function serviceAccount(name: string): Credentials {
  return {
    by: 'identity',
    user: {
      name: `system:serviceaccount:kube-system:${name}`,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    },
  };
}
