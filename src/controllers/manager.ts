import type { Component, Running } from '../base/component.ts';
import type { Env } from '../base/env.ts';
import type { Kind } from '../api/kind.ts';
import type { Client } from '../client/client.ts';
import { Informers } from '../client/informers.ts';
import { allControllers } from './all.ts';
import type { ControllerDescriptor } from './descriptor.ts';
import { defaultFlags, type ControllerFlags } from './flags.ts';

export interface ManagerOptions {
  /** A client with the rights of a ServiceAccount in `kube-system`. */
  readonly clientOf: (serviceAccount: string) => Client;
  /** With the rights of `system:kube-controller-manager`: what informers read with. */
  readonly reader: Client;
  /** The preferred version of every kind that is served now. */
  readonly kinds: () => readonly Kind[];
  readonly flags?: Partial<ControllerFlags>;
  /** `--controllers`: names, `*` for all that are on by default, `-name` for all but that one. All when absent. */
  readonly controllers?: readonly string[];
}

/** kube-controller-manager: every controller in one process, over shared informers. */
export function kubeControllerManager(options: ManagerOptions): Component {
  const chosen = chooseControllers(options.controllers ?? ['*']);
  return {
    name: 'kube-controller-manager',
    async start(env): Promise<Running> {
      const life = new AbortController();
      const own: Env = { ...env, signal: AbortSignal.any([env.signal, life.signal]), log: env.log.named('kube-controller-manager') };
      const informers = new Informers(options.reader, own);
      const flags = { ...defaultFlags, ...options.flags };
      const ready = Promise.all(
        chosen.map((controller) =>
          controller.start({
            client: options.clientOf(controller.serviceAccount),
            informers,
            env: own,
            flags,
            kinds: options.kinds,
            reader: options.reader,
          }),
        ),
      ).then(() => undefined);
      return {
        ready,
        health: () => ({ ok: true }),
        async [Symbol.asyncDispose]() {
          life.abort();
        },
      };
    },
  };
}

/** Throws for a name that no controller has. Source: controller-manager's `IsControllerEnabled`. */
export function chooseControllers(selection: readonly string[]): ControllerDescriptor[] {
  const known = new Set(allControllers.map(({ name }) => name));
  for (const item of selection) {
    const name = item.replace(/^-/, '');
    if (name !== '*' && !known.has(name)) throw new RangeError(`"${name}" is not in the list of known controllers`);
  }
  return allControllers.filter(({ name }) => selection.includes(name) || (selection.includes('*') && !selection.includes(`-${name}`)));
}
