import type { Env } from '../../base/env.ts';
import type { ContainerConfig, ContainerStats, ContainerStatus } from '../cri.ts';
import type { ContainerFiles } from './container-files.ts';
import type { LogWriter } from './log-writer.ts';
import type { MainProcess } from './main-process.ts';
import type { Program, Stream } from './program/effects.ts';
import { ProgramRun, type ProgramHost } from './program/run.ts';
import type { ContainerScript } from './script/pod-script.ts';
import { TerminationMessage } from './termination-message.ts';
import { firstAbove, sumUntil, valueAt, type Step } from './script/values.ts';

export interface ContainerParts {
  readonly env: Pick<Env, 'clock' | 'rng' | 'crypto'>;
  readonly id: string;
  readonly sandboxId: string;
  readonly podUid: string;
  readonly config: ContainerConfig;
  /** Repository with digest. */
  readonly imageRef: string;
  /** The image's full name. */
  readonly image: string;
  readonly logPath: string;
  readonly script: ContainerScript;
  readonly main: MainProcess;
  readonly files: () => ContainerFiles;
  readonly log: LogWriter | undefined;
  readonly defaults: {
    readonly cpu: readonly Step[];
    readonly memory: readonly Step[];
    /** From SIGTERM to a server's end. */ readonly stopMs: number;
  };
  readonly onEnd: (container: SimulatedContainer) => void;
}

/** How a container's end comes to be. */
interface Ending {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
}

/** One container: created, running, exited. Its timers are those of its script and of what its program waits for. */
export class SimulatedContainer implements ProgramHost {
  readonly parts: ContainerParts;
  readonly #createdAtMs: number;
  #timers: Set<() => void> | undefined;
  #execs: Set<() => void> | undefined;
  #ended: (() => void)[] | undefined;
  #files: ContainerFiles | undefined;
  readonly #message: TerminationMessage;
  #state: ContainerStatus['state'] = 'Created';
  #startedAtMs = 0;
  #finishedAtMs = 0;
  #ending: Ending = { exitCode: 0, reason: '' };
  #run: ProgramRun | undefined;
  #isTerminating = false;
  #memoryLimitBytes: number;
  #cpuLimitNanoCores: number;

  constructor(parts: ContainerParts) {
    this.parts = parts;
    this.#createdAtMs = parts.env.clock.now();
    this.#message = new TerminationMessage(parts.config.annotations);
    this.#memoryLimitBytes = parts.config.resources.memoryLimitBytes;
    this.#cpuLimitNanoCores = cpuLimit(parts.config.resources);
  }

  get id(): string {
    return this.parts.id;
  }

  get state(): ContainerStatus['state'] {
    return this.#state;
  }

  /** Made when the first program asks: most never do. */
  get files(): ContainerFiles {
    return (this.#files ??= this.parts.files());
  }

  print(stream: Stream, text: string): void {
    this.parts.log?.print(stream, text);
    this.#message.printed(text);
  }

  /** How long it has been running. */
  get ageMs(): number {
    return this.#startedAtMs === 0 ? 0 : this.parts.env.clock.now() - this.#startedAtMs;
  }

  /** Begins to run, and tells so; may have ended when it returns. */
  start(onStart: () => void): void {
    const { env, log, main } = this.parts;
    this.#state = 'Running';
    this.#startedAtMs = env.clock.now();
    onStart();
    log?.open();
    this.#script();
    this.#watchMemory();
    const program = this.#hasScriptedExit() ? withoutEnd(main.program()) : main.program();
    this.#run = new ProgramRun(env.clock, this, program, (exitCode) => this.#end({ exitCode, reason: reasonOf(exitCode) }));
    this.#run.start();
  }

  /** It could not be started. */
  failToStart(message: string): void {
    this.#startedAtMs = this.parts.env.clock.now();
    this.#end({ exitCode: 128, reason: 'StartError', message });
  }

  /** SIGTERM, or the container's own stop signal. A second one changes nothing. */
  terminate(): void {
    if (this.#state !== 'Running' || this.#isTerminating) return;
    this.#isTerminating = true;
    const { script, main, config, defaults } = this.parts;
    const signal = (config.stopSignal ?? 'SIGTERM').replace(/^SIG/, '');
    if (signal === 'KILL') return this.kill();
    const exitCode = script.terminationExitCode ?? 0;
    const end = () => this.#end({ exitCode, reason: reasonOf(exitCode) });
    if (script.terminationMs !== undefined) {
      if (script.terminationMs !== Infinity) this.#after(script.terminationMs, end);
    } else if (main.signal(signal)) this.#run?.signal();
    // A server heeds SIGTERM. Nothing else does that is a container's first process and has set no trap.
    else if (this.#run?.isServing || script.terminationExitCode !== undefined) this.#afterOrNow(defaults.stopMs, end);
  }

  kill(): void {
    if (this.#state === 'Running') this.#end({ exitCode: 137, reason: 'Error' });
  }

  /** Resolves once it has ended; at once for one that does not run. */
  ended(): Promise<void> {
    return this.#state === 'Running' ? new Promise((resolve) => void (this.#ended ??= []).push(resolve)) : Promise.resolve();
  }

  /** Runs a command beside the first process, which takes it along when it ends. Returns how to stop it, after which `onEnd` is not called. */
  exec(program: Program, onEnd: (exitCode: number) => void): () => void {
    const run = new ProgramRun(this.parts.env.clock, this, program, (exitCode) => {
      this.#execs?.delete(kill);
      onEnd(exitCode);
    });
    const kill = () => {
      run.stop();
      onEnd(137);
    };
    (this.#execs ??= new Set()).add(kill);
    run.start();
    return () => {
      this.#execs?.delete(kill);
      run.stop();
    };
  }

  status(): ContainerStatus {
    const { id, sandboxId, podUid, config, image, imageRef, logPath } = this.parts;
    return {
      id,
      sandboxId,
      metadata: config.metadata,
      podUid,
      state: this.#state,
      image,
      imageRef,
      createdAtMs: this.#createdAtMs,
      startedAtMs: this.#startedAtMs,
      finishedAtMs: this.#finishedAtMs,
      exitCode: this.#ending.exitCode,
      reason: this.#ending.reason,
      message: this.#ending.message ?? '',
      labels: config.labels,
      annotations: config.annotations,
      logPath,
    };
  }

  stats(): ContainerStats {
    const { id, podUid, config, env } = this.parts;
    const ageMs = this.ageMs;
    const cpu = this.#cpu();
    return {
      containerId: id,
      podUid,
      name: config.metadata.name,
      atMs: env.clock.now(),
      cpuNanoCores: valueAt(cpu, ageMs),
      cpuCoreNanoSeconds: Math.round(sumUntil(cpu, ageMs) / 1000),
      memoryWorkingSetBytes: valueAt(this.#memory(), ageMs),
    };
  }

  updateResources(resources: ContainerConfig['resources']): void {
    this.#memoryLimitBytes = resources.memoryLimitBytes;
    this.#cpuLimitNanoCores = cpuLimit(resources);
    if (this.#state === 'Running') this.#watchMemory();
  }

  /** Nobody gets more CPU than the limit says. */
  #cpu(): readonly Step[] {
    const steps = this.parts.script.cpu ?? this.parts.defaults.cpu;
    const limit = this.#cpuLimitNanoCores;
    return limit === 0 ? steps : steps.map(({ fromMs, value }) => ({ fromMs, value: Math.min(value, limit) }));
  }

  #memory(): readonly Step[] {
    return this.parts.script.memory ?? this.parts.defaults.memory;
  }

  #script(): void {
    const { script } = this.parts;
    const { log: line, logEveryMs } = script;
    if (line !== undefined && logEveryMs === undefined) this.print('stdout', `${line}\n`);
    else if (line !== undefined && logEveryMs !== undefined) this.#every(logEveryMs, () => this.print('stdout', `${line}\n`));
    if (script.oomAfterMs !== undefined && this.#isScriptedRun()) this.#after(script.oomAfterMs, () => this.#outOfMemory());
    if (!this.#hasScriptedExit()) return;
    const { exitCode = 0, exitAfterMs = 0 } = script;
    this.#after(exitAfterMs, () => this.#end({ exitCode, reason: reasonOf(exitCode) }));
  }

  /** Is this one of the runs that end as the script says? */
  #isScriptedRun(): boolean {
    return this.parts.config.metadata.attempt < this.parts.script.exitRuns;
  }

  #hasScriptedExit(): boolean {
    const { exitCode, exitAfterMs } = this.parts.script;
    return this.#isScriptedRun() && (exitCode !== undefined || exitAfterMs !== undefined);
  }

  #watchMemory(): void {
    if (this.#memoryLimitBytes === 0 || !this.parts.script.memory) return;
    const atMs = firstAbove(this.parts.script.memory, this.#memoryLimitBytes);
    if (atMs === Infinity) return;
    this.#after(Math.max(0, atMs - this.ageMs), () => {
      // The limit may be another by now.
      if (this.#memoryLimitBytes > 0 && valueAt(this.#memory(), this.ageMs) > this.#memoryLimitBytes) this.#outOfMemory();
    });
  }

  #outOfMemory(): void {
    this.#end({ exitCode: 137, reason: 'OOMKilled' });
  }

  #after(ms: number, act: () => void): void {
    const cancel = this.parts.env.clock.after(ms, () => {
      this.#timers?.delete(cancel);
      act();
    });
    (this.#timers ??= new Set()).add(cancel);
  }

  #afterOrNow(ms: number, act: () => void): void {
    if (ms > 0) this.#after(ms, act);
    else act();
  }

  #every(ms: number, act: () => void): void {
    this.#after(ms, () => {
      this.#every(ms, act);
      act();
    });
  }

  #end(ending: Ending): void {
    if (this.#state === 'Exited') return;
    const { env, log, onEnd } = this.parts;
    this.#state = 'Exited';
    this.#finishedAtMs = env.clock.now();
    const message = ending.message ?? this.#message.textAt(ending.exitCode, this.#files);
    this.#ending = { ...ending, message };
    this.#run?.stop();
    for (const cancel of this.#timers ?? []) cancel();
    this.#timers = undefined;
    void log?.close();
    for (const kill of this.#execs ?? []) kill();
    this.#execs = undefined;
    for (const resolve of this.#ended ?? []) resolve();
    this.#ended = undefined;
    onEnd(this);
  }
}

const reasonOf = (exitCode: number): string => (exitCode === 0 ? 'Completed' : 'Error');

/** In billionths of a core; 0 for none. */
const cpuLimit = ({ cpuQuotaMicros, cpuPeriodMicros }: ContainerConfig['resources']): number =>
  cpuQuotaMicros > 0 && cpuPeriodMicros > 0 ? Math.round((cpuQuotaMicros / cpuPeriodMicros) * 1e9) : 0;

/** The program, which does not end by itself. */
function* withoutEnd(program: Program): Program {
  const exitCode = yield* program;
  yield { type: 'serve' };
  return exitCode;
}
