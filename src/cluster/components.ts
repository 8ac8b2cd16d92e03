import type { Component, Running } from '../base/component.ts';
import type { Env } from '../base/env.ts';
import type { Credentials } from '../api/call.ts';
import { isAlreadyExists } from '../api/errors.ts';
import { StorageClass } from '../api/kinds/storage/storageclass.ts';
import { defaultStorageClass } from '../addons/local-provisioner/storage-class.ts';
import { localProvisioner } from '../addons/local-provisioner/provisioner.ts';
import { installMetrics } from '../addons/metrics/install.ts';
import type { RunningApiServer } from '../apiserver/server.ts';
import type { Client } from '../client/client.ts';
import { Informers } from '../client/informers.ts';
import { typedClient } from '../client/typed-client.ts';
import type { ControllerFlags } from '../controllers/flags.ts';
import { kubeScheduler } from '../scheduler/scheduler.ts';
import { startControllers, startServerControllers } from './controllers.ts';
import type { SimulatedNodes } from './simulated-nodes.ts';
import type { NodeSpec } from './spec.ts';

export interface ComponentsOptions {
  readonly api: RunningApiServer;
  /** An administrator's. */
  readonly client: Client;
  readonly env: Env;
  readonly nodes: SimulatedNodes;
  readonly nodeSpecs: readonly NodeSpec[];
  readonly flags: Partial<ControllerFlags>;
  /** kube-controller-manager's `--controllers`; all when absent. */
  readonly controllers?: readonly string[];
}

/** Everything of a cluster beside its store and API server. Resolves when all of it works and the nodes have registered. */
export async function startComponents(options: ComponentsOptions): Promise<void> {
  const { api, client, env, nodes, nodeSpecs, flags, controllers } = options;
  await startServerControllers({ api, env });
  await Promise.all([
    startControllers({ api, env, flags, ...(controllers && { controllers }) }),
    run(kubeScheduler({ client: typedClient({ api: api.call, credentials: scheduler, userAgent: 'kube-scheduler' }) }), env),
    provideVolumes(client, env),
    installMetrics(client),
    nodes.start(api.call, nodeSpecs),
  ]);
}

async function run(component: Component, env: Env): Promise<Running> {
  const running = await component.start(env);
  await running.ready;
  return running;
}

/** The default class of kind's clusters, and who makes its volumes. */
async function provideVolumes(client: Client, env: Env): Promise<void> {
  await client.create(StorageClass, defaultStorageClass).catch((error: unknown) => {
    if (!isAlreadyExists(error)) throw error;
  });
  await localProvisioner(client, new Informers(client, env), env);
}

const scheduler: Credentials = { by: 'identity', user: { name: 'system:kube-scheduler', groups: ['system:authenticated'] } };
