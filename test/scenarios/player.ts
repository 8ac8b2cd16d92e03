/**
 * Plays scenarios in a thread of its own: the test runner watches every promise of its thread, and a
 * cluster makes so many of them that it would take twice as long there.
 */
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, workerData, Worker } from 'node:worker_threads';
import { runCommand } from './run-command.ts';
import { parseScenario, type Scenario, type Step } from './scenario-file.ts';
import { Session } from './session.ts';

interface Played {
  readonly path: string;
  readonly scenario?: Scenario;
  readonly error?: unknown;
}

/** What each of the files comes to, in their order. */
export class Player implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #played = new Map<string, PromiseWithResolvers<Scenario>>();

  constructor(paths: readonly string[]) {
    for (const path of paths) {
      const played = Promise.withResolvers<Scenario>();
      // Whoever asks for it hears of the failure.
      played.promise.catch(() => undefined);
      this.#played.set(path, played);
    }
    this.#worker = new Worker(new URL(import.meta.url), { workerData: paths });
    this.#worker.on('message', ({ path, scenario, error }: Played) => {
      const played = this.#played.get(path)!;
      if (scenario) played.resolve(scenario);
      else played.reject(error);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread has ended')));
  }

  played(path: string): Promise<Scenario> {
    return this.#played.get(path)!.promise;
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#played.values()) reject(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

async function play({ steps, end }: Scenario): Promise<Scenario> {
  using session = new Session();
  const played: Step[] = [];
  for (const step of steps) played.push({ ...step, answer: await runCommand(session, step.command, step.input) });
  return { steps: played, end };
}

if (!isMainThread && parentPort) {
  for (const path of workerData as readonly string[]) {
    const message: Played = await play(parseScenario(readFileSync(path, 'utf8'))).then(
      (scenario) => ({ path, scenario }),
      (error: unknown) => ({ path, error }),
    );
    parentPort.postMessage(message, []);
  }
}
