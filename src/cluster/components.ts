import type { Env } from '../base/env.ts';
import type { ApiServer, Credentials } from '../api/call.ts';
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
import type { KubeSchedulerConfiguration } from '../scheduler/config.ts';
import { kubeScheduler } from '../scheduler/scheduler.ts';
import { controllerManager, startServerControllers } from './controllers.ts';
import { Restartable } from './restartable.ts';
import type { SimulatedNodes } from './simulated-nodes.ts';
import type { NodeSpec } from './spec.ts';

export interface ComponentsOptions {
  readonly server: RunningApiServer;
  /** An administrator's. */
  readonly client: Client;
  readonly env: Env;
  readonly nodes: SimulatedNodes;
  readonly nodeSpecs: readonly NodeSpec[];
  readonly flags: Partial<ControllerFlags>;
  /** kube-controller-manager's `--controllers`; all when absent. */
  readonly controllers?: readonly string[];
  /** kube-scheduler's; its default when absent. */
  readonly schedulerConfig?: KubeSchedulerConfiguration;
  /** Where a component is to have chance of its own; `env` when absent. */
  readonly envOf?: (component: string) => Env;
  /** Each component's way to the API server; straight when absent. Tests put faults there. */
  readonly wayOf?: (component: string) => ApiServer;
}

/** Those that can be stopped and started, as people do with static pods. */
export interface Components {
  readonly controllerManager: Restartable;
  readonly scheduler: Restartable;
}

/** Everything of a cluster beside its store and API server. Resolves when all of it works and the nodes have registered. */
export async function startComponents(options: ComponentsOptions): Promise<Components> {
  const {
    server,
    client,
    env,
    nodes,
    nodeSpecs,
    flags,
    controllers,
    schedulerConfig,
    wayOf = () => server.call,
    envOf = () => env,
  } = options;
  await startServerControllers(server, env);
  const manager = controllerManager({ server, api: wayOf('kube-controller-manager'), flags, ...(controllers && { controllers }) });
  const scheduler = kubeScheduler({
    client: typedClient({ api: wayOf('kube-scheduler'), credentials: schedulerItself, userAgent: 'kube-scheduler' }),
    ...(schedulerConfig && { config: schedulerConfig }),
  });
  const components = {
    controllerManager: new Restartable(manager, envOf('kube-controller-manager')),
    scheduler: new Restartable(scheduler, envOf('kube-scheduler')),
  };
  await Promise.all([
    components.controllerManager.start(),
    components.scheduler.start(),
    provideVolumes(client, env),
    installMetrics(client),
    nodes.start(server.call, nodeSpecs, wayOf('kubelet')),
  ]);
  return components;
}

/** The default class of kind's clusters, and who makes its volumes. */
async function provideVolumes(client: Client, env: Env): Promise<void> {
  await client.create(StorageClass, defaultStorageClass).catch((error: unknown) => {
    if (!isAlreadyExists(error)) throw error;
  });
  await localProvisioner(client, new Informers(client, env), env);
}

const schedulerItself: Credentials = { by: 'identity', user: { name: 'system:kube-scheduler', groups: ['system:authenticated'] } };
