import type { Component, Running } from '../base/component.ts';
import type { Env } from '../base/env.ts';
import type { Client } from '../client/client.ts';
import { Informers } from '../client/informers.ts';
import { problemsOf, type KubeSchedulerConfiguration } from './config.ts';
import type { PluginFactory } from './framework.ts';
import { defaultPlugins } from './plugins/all.ts';
import { SchedulingLoop } from './scheduling-loop.ts';

export interface KubeSchedulerOptions {
  /** With the rights of `system:kube-scheduler`. */
  readonly client: Client;
  readonly config?: KubeSchedulerConfiguration;
  /** Shared with others in the process, so that no object is kept twice; its own when absent. */
  readonly informers?: Informers;
  /** What profiles choose from; kube-scheduler's own when absent. */
  readonly plugins?: readonly PluginFactory[];
}

/** kube-scheduler. Throws for a configuration that is invalid. */
export function kubeScheduler(options: KubeSchedulerOptions): Component {
  const problems = problemsOf(options.config ?? {});
  if (problems.length > 0) throw new RangeError(problems.join('; '));
  return {
    name: 'kube-scheduler',
    async start(env): Promise<Running> {
      const life = new AbortController();
      const signal = AbortSignal.any([env.signal, life.signal]);
      const own: Env = { ...env, signal, log: env.log.named('kube-scheduler') };
      const { client, config = {}, informers = new Informers(client, own), plugins = defaultPlugins } = options;
      return {
        ready: new SchedulingLoop({ client, config, informers, plugins }, own).start(),
        health: () => ({ ok: true }),
        async [Symbol.asyncDispose]() {
          life.abort();
        },
      };
    },
  };
}
