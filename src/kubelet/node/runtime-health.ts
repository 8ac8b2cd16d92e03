import type { ContainerRuntime } from '../../runtime/cri.ts';

/** What the runtime says of itself, as it was asked last. Source: pkg/kubelet/runtime.go. */
export class RuntimeHealth {
  readonly #runtime: ContainerRuntime;
  #runtimeProblem: string | undefined = 'container runtime status check may not have completed yet';
  #networkProblem: string | undefined;

  constructor(runtime: ContainerRuntime) {
    this.#runtime = runtime;
  }

  /** Why pods cannot have a network; undefined when they can. */
  get networkProblem(): string | undefined {
    return this.#networkProblem;
  }

  /** Why the node is not ready. */
  get problems(): string[] {
    return [this.#runtimeProblem, this.#networkProblem].filter((problem) => problem !== undefined);
  }

  async refresh(): Promise<void> {
    try {
      const { conditions } = await this.#runtime.status();
      const problemOf = (type: string, what: string): string | undefined => {
        const condition = conditions.find((one) => one.type === type);
        if (!condition) return `${what} not ready: condition ${type} not set`;
        return condition.status ? undefined : `${what} not ready: ${type}=false reason:${condition.reason} message:${condition.message}`;
      };
      this.#runtimeProblem = problemOf('RuntimeReady', 'container runtime');
      this.#networkProblem = problemOf('NetworkReady', 'container runtime network');
    } catch (error) {
      this.#runtimeProblem = `container runtime is down: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
