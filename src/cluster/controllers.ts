import type { Component } from '../base/component.ts';
import type { Env } from '../base/env.ts';
import type { ApiServer, Credentials } from '../api/call.ts';
import type { Kind } from '../api/kind.ts';
import type { RunningApiServer } from '../apiserver/server.ts';
import { runController } from '../client/controller.ts';
import { Informers } from '../client/informers.ts';
import { typedClient } from '../client/typed-client.ts';
import { customResourceDefinitionControllers } from '../controllers/custom-resource-definition/all.ts';
import type { ControllerFlags } from '../controllers/flags.ts';
import { kubeControllerManager } from '../controllers/manager.ts';

/** Starts those controllers that upstream runs within the API server. */
export async function startServerControllers(server: RunningApiServer, env: Env): Promise<void> {
  const client = typedClient({ api: server.call, credentials: apiServerItself, userAgent: 'kube-apiserver' });
  const informers = new Informers(client, env);
  await Promise.all(
    customResourceDefinitionControllers(server.customInstances).map((controller) => runController(controller, client, informers, env)),
  );
}

export interface ControllersOptions {
  readonly server: RunningApiServer;
  /** The way to the server. */
  readonly api: ApiServer;
  readonly flags: Partial<ControllerFlags>;
  /** `--controllers`; all when absent. */
  readonly controllers?: readonly string[];
}

/** kube-controller-manager over a server in this process, each controller with the rights of its own role and no more. */
export function controllerManager({ server, api, flags, controllers }: ControllersOptions): Component {
  return kubeControllerManager({
    clientOf: (name) => typedClient({ api, credentials: serviceAccount(name), userAgent: `kube-controller-manager/${name}` }),
    reader: typedClient({ api, credentials: managerItself, userAgent: 'kube-controller-manager' }),
    kinds: (): Kind[] => server.kinds().kinds.filter((kind) => server.kinds().preferred(kind.group, kind.plural) === kind),
    flags,
    ...(controllers && { controllers }),
  });
}

const apiServerItself: Credentials = { by: 'identity', user: { name: 'system:apiserver', groups: ['system:masters'] } };
const managerItself: Credentials = { by: 'identity', user: { name: 'system:kube-controller-manager', groups: ['system:authenticated'] } };

/** What a token of a ServiceAccount in `kube-system` would say. */
export function serviceAccount(name: string): Credentials {
  return {
    by: 'identity',
    user: {
      name: `system:serviceaccount:kube-system:${name}`,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    },
  };
}
