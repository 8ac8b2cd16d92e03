import type { Env } from '../base/env.ts';
import type { Credentials } from '../api/call.ts';
import type { Kind } from '../api/kind.ts';
import { CustomResourceDefinition } from '../api/kinds/apiextensions/customresourcedefinition.ts';
import type { RunningApiServer } from '../apiserver/server.ts';
import type { Client } from '../client/client.ts';
import { runController } from '../client/controller.ts';
import { Informers } from '../client/informers.ts';
import { typedClient } from '../client/typed-client.ts';
import { customResourceDefinitionControllers } from '../controllers/custom-resource-definition/all.ts';
import { collectable, GarbageCollector } from '../controllers/garbage-collector/collector.ts';
import { ownershipOf } from '../controllers/garbage-collector/graph.ts';
import { namespaceController } from '../controllers/namespace/controller.ts';
import { rootCaPublisher } from '../controllers/root-ca-publisher/controller.ts';
import { serviceAccountController } from '../controllers/service-account/controller.ts';

export interface ControllersOptions {
  readonly api: RunningApiServer;
  readonly env: Env;
  /** What pods check the API server with. */
  readonly caPem: string;
}

/**
 * Starts the controllers, each under the ServiceAccount that kube-controller-manager gives it
 * (`--use-service-account-credentials`), so that each has the rights of its own role and no more.
 */
export async function startControllers({ api, env, caPem }: ControllersOptions): Promise<void> {
  const as = (name: string): Client =>
    typedClient({ api: api.call, credentials: serviceAccount(name), userAgent: `kube-controller-manager/${name}` });
  const reader = typedClient({ api: api.call, credentials: manager, userAgent: 'kube-controller-manager' });
  const informers = new Informers(reader, env);
  const owners = new Informers(reader, env, ownershipOf);
  // Upstream runs these within the API server.
  const apiServer = typedClient({ api: api.call, credentials: apiServerItself, userAgent: 'kube-apiserver' });
  const preferred = (): Kind[] => api.kinds().kinds.filter((kind) => api.kinds().preferred(kind.group, kind.plural) === kind);

  const collector = new GarbageCollector({
    client: as('generic-garbage-collector'),
    informers: owners,
    env,
    kinds: () => collectable(preferred()),
  });
  await Promise.all([
    owners.synced(),
    ...customResourceDefinitionControllers(api.customInstances).map((controller) => runController(controller, apiServer, informers, env)),
    runController(
      namespaceController(() => preferred().filter(isContent)),
      as('namespace-controller'),
      informers,
      env,
    ),
    runController(serviceAccountController, as('service-account-controller'), informers, env),
    runController(rootCaPublisher(caPem), as('root-ca-cert-publisher'), informers, env),
  ]);
  collector.run();
  followDefinitions(informers, env, () => collector.follow());
}

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

/** What a namespace may hold and can be emptied of. */
const isContent = ({ namespaced, verbs }: Kind): boolean => namespaced && verbs.includes('list') && verbs.includes('delete');

const apiServerItself: Credentials = { by: 'identity', user: { name: 'system:apiserver', groups: ['system:masters'] } };
const manager: Credentials = { by: 'identity', user: { name: 'system:kube-controller-manager', groups: ['system:authenticated'] } };

function serviceAccount(name: string): Credentials {
  return {
    by: 'identity',
    user: {
      name: `system:serviceaccount:kube-system:${name}`,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    },
  };
}
