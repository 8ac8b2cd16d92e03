import type { CycleState, StateKey } from './framework.ts';
import type { At } from './profile.ts';

/** The notes of one pod's cycle, and which plugins have something to say in it. */
export class Notes implements CycleState {
  readonly #values: Map<object, unknown>;
  /** Plugins whose `preFilter` had nothing to say: they neither filter nor hear of pods added and removed. */
  readonly skipped: Set<string>;
  /** Plugins whose `preScore` had nothing to say. */
  readonly skippedScores = new Set<string>();
  /** The filters that are left. */
  filters: readonly At<'filter'>[] = [];

  constructor(values = new Map<object, unknown>(), skipped = new Set<string>()) {
    this.#values = values;
    this.skipped = skipped;
  }

  read<T>(key: StateKey<T>): T | undefined {
    return this.#values.get(key) as T | undefined;
  }

  write<T>(key: StateKey<T>, value: T): void {
    this.#values.set(key, value);
  }

  clone(): Notes {
    const values = new Map<object, unknown>();
    for (const [key, value] of this.#values) {
      const { clone } = key as StateKey<unknown>;
      values.set(key, clone ? clone(value) : value);
    }
    const notes = new Notes(values, this.skipped);
    notes.filters = this.filters;
    return notes;
  }
}

/** States come from the cycle alone; whoever hands one back has it from there. */
export function notesOf(state: CycleState): Notes {
  if (state instanceof Notes) return state;
  throw new TypeError('the state is not of a scheduling cycle');
}
