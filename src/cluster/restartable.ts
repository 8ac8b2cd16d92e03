import type { Component, Running } from '../base/component.ts';
import type { Env } from '../base/env.ts';

/** A component that can be stopped and started again while the rest of the cluster goes on. */
export class Restartable {
  readonly #component: Component;
  readonly #env: Env;
  #running: Running | undefined;

  constructor(component: Component, env: Env) {
    this.#component = component;
    this.#env = env;
  }

  get name(): string {
    return this.#component.name;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when it works. */
  async start(): Promise<void> {
    this.#running ??= await this.#component.start(this.#env);
    await this.#running.ready;
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.[Symbol.asyncDispose]();
  }
}
