import type { Clock } from '../../../base/clock.ts';
import type { Answer, Effect, Program, Stream } from './effects.ts';

/** What programs of one container share. */
export interface ProgramHost {
  print(stream: Stream, text: string): void;
  readonly files: ProgramFiles;
}

/** Answers at once for what is the container's own, later for what lies in a volume. */
export interface ProgramFiles {
  read(path: string): Answer | Promise<Answer>;
  list(path: string): Answer | Promise<Answer>;
  write(path: string, text: string, append: boolean): Answer | Promise<Answer>;
  remove(path: string): Answer | Promise<Answer>;
}

/** Runs a program on the clock, and what it spawns. There is a timer only while something sleeps. */
export class ProgramRun {
  readonly #clock: Clock;
  readonly #host: ProgramHost;
  readonly #program: Program;
  readonly #onEnd: (exitCode: number) => void;
  #spawned: Set<ProgramRun> | undefined;
  #cancelSleep = () => {};
  #state: 'running' | 'serving' | 'joining' | 'ended' = 'running';

  /** `onEnd` is not called for a run that is stopped. */
  constructor(clock: Clock, host: ProgramHost, program: Program, onEnd: (exitCode: number) => void) {
    this.#clock = clock;
    this.#host = host;
    this.#program = program;
    this.#onEnd = onEnd;
  }

  /** Runs until the program first waits, or ends. */
  start(): void {
    this.#go(undefined);
  }

  get isServing(): boolean {
    return this.#state === 'serving';
  }

  /** Who waits for others goes on. */
  signal(): void {
    if (this.#state !== 'joining') return;
    this.#state = 'running';
    this.#go(undefined);
  }

  stop(): void {
    this.#state = 'ended';
    this.#cancelSleep();
    for (const spawned of this.#spawned ?? []) spawned.stop();
  }

  #go(answer: Answer): void {
    let given = answer;
    while (this.#state === 'running') {
      const { done, value } = this.#program.next(given);
      if (!this.#isRunning()) return;
      if (done) return this.#end(value);
      const next = this.#perform(value);
      if (next === waits) return;
      if (next instanceof Promise) return void next.then((later) => this.#go(later));
      given = next;
    }
  }

  /** Asked for anew: a program may bring about its own end. */
  #isRunning(): boolean {
    return this.#state === 'running';
  }

  #perform(effect: Effect): Answer | Promise<Answer> | typeof waits {
    switch (effect.type) {
      case 'print':
        this.#host.print(effect.stream, effect.text);
        return undefined;
      case 'sleep':
        if (effect.ms !== Infinity) this.#cancelSleep = this.#clock.after(effect.ms, () => this.#go(undefined));
        return waits;
      case 'serve':
        this.#state = 'serving';
        return waits;
      case 'spawn':
        return this.#spawn(effect.program);
      case 'join':
        if (!this.#spawned?.size) return undefined;
        this.#state = 'joining';
        return waits;
      case 'read':
        return this.#host.files.read(effect.path);
      case 'list':
        return this.#host.files.list(effect.path);
      case 'write':
        return this.#host.files.write(effect.path, effect.text, effect.append);
      case 'remove':
        return this.#host.files.remove(effect.path);
    }
  }

  #spawn(program: Program): undefined {
    const spawned = (this.#spawned ??= new Set());
    const run = new ProgramRun(this.#clock, this.#host, program, () => {
      spawned.delete(run);
      if (spawned.size === 0) this.signal();
    });
    spawned.add(run);
    run.start();
    return undefined;
  }

  #end(exitCode: number): void {
    this.stop();
    this.#onEnd(exitCode);
  }
}

/** Somebody else will let it go on. */
const waits = Symbol('waits');
