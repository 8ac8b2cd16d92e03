import { sleep } from '../../src/base/clock.ts';
import type { Client } from '../../src/client/client.ts';
import { defaultNodes } from '../../src/cluster/spec.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../src/cluster/virtual-control-plane.ts';
import { UsageError } from './arguments.ts';

/** A command that waits may wait so long, of virtual time. */
const patienceMs = 24 * 3600_000;
/** So finely time passes while somebody waits. */
const stepMs = 50;

export interface ClusterOptions {
  readonly workers: number;
  readonly seed: number;
  readonly startMs?: number;
  /** How often kubelets give a sign of life, and look at their node; every ten seconds when absent. */
  readonly heartbeatMs?: number;
}

/** What a person has before them: one cluster at a time, and what they left running in the background. */
export class Session implements Disposable {
  #plane: VirtualControlPlane | undefined;
  #background: Background | undefined;

  async start({ workers, seed, startMs, heartbeatMs }: ClusterOptions): Promise<void> {
    this[Symbol.dispose]();
    this.#plane = await startVirtualControlPlane({
      seed,
      nodes: defaultNodes('v', workers),
      ...(startMs !== undefined && { startMs }),
      ...(heartbeatMs !== undefined && heartbeats(heartbeatMs)),
    });
  }

  get plane(): VirtualControlPlane {
    if (!this.#plane) throw new UsageError('there is no cluster yet: begin with "cluster workers=2 seed=1"');
    return this.#plane;
  }

  get client(): Client {
    return this.plane.client;
  }

  now(): number {
    return this.plane.clock.now();
  }

  /** For commands that poll; time passes by `during` and by the commands that follow a command in the background. */
  sleep(ms: number): Promise<void> {
    return sleep(this.plane.clock, ms);
  }

  /** Lets time pass until the promise has settled. */
  async during<T>(promise: Promise<T>): Promise<T> {
    const { clock } = this.plane;
    const waiting = { for: true };
    const watched = promise.finally(() => (waiting.for = false));
    watched.catch(() => undefined);
    await clock.settle();
    const endMs = clock.monotonic() + patienceMs;
    while (waiting.for && clock.monotonic() < endMs) await clock.advance(stepMs);
    if (waiting.for) throw new UsageError('it does not end within a day');
    return watched;
  }

  /** Lets it run on beside the next commands. */
  putInBackground(lines: readonly string[], end: Promise<void>): void {
    if (this.#background) throw new UsageError('something runs in the background already');
    end.catch(() => undefined);
    this.#background = { lines, end, shown: 0 };
  }

  /** What the command in the background has said since one asked last. */
  newLines(): string[] {
    const job = this.#job();
    const lines = job.lines.slice(job.shown);
    job.shown = job.lines.length;
    return lines;
  }

  /** Waits for the command in the background, and answers what it has said since one asked last. */
  async foreground(): Promise<string[]> {
    await this.during(this.#job().end);
    const lines = this.newLines();
    this.#background = undefined;
    return lines;
  }

  #job(): Background {
    if (!this.#background) throw new UsageError('nothing runs in the background');
    return this.#background;
  }

  [Symbol.dispose](): void {
    this.#plane?.[Symbol.dispose]();
    this.#plane = undefined;
    this.#background = undefined;
  }
}

/** Nodes that speak more rarely are waited for longer, as with the defaults: five times. */
export const heartbeats = (everyMs: number) => ({
  kubelet: { nodeLeaseDurationSeconds: (4 * everyMs) / 1000, nodeStatusUpdateFrequencyMs: everyMs },
  flags: { nodeMonitorGracePeriodMs: 5 * everyMs, nodeMonitorPeriodMs: everyMs / 2 },
});

interface Background {
  readonly lines: readonly string[];
  readonly end: Promise<void>;
  shown: number;
}
