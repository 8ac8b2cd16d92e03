/**
 * What a simulated program does to the world, one thing at a time: it is a generator that yields
 * these, is given the answers, and returns its exit code. So programs can wait without timers of
 * their own, and end when nobody asks them to go on.
 */
export type Effect =
  /** Infinity for a program that waits for ever. */
  | { readonly type: 'sleep'; readonly ms: number }
  /** It has become a server, and goes on until it is told to end. */
  | { readonly type: 'serve' }
  | { readonly type: 'print'; readonly stream: Stream; readonly text: string }
  /** Answers the file's text; undefined where it is missing. */
  | { readonly type: 'read'; readonly path: string }
  /** Answers the names in the folder with line ends; undefined where there is none. */
  | { readonly type: 'list'; readonly path: string }
  /** Answers undefined where there is no room. */
  | { readonly type: 'write'; readonly path: string; readonly text: string; readonly append: boolean }
  | { readonly type: 'remove'; readonly path: string }
  /** Runs beside this one. */
  | { readonly type: 'spawn'; readonly program: Program }
  /** Goes on when all that was spawned has ended, or at a signal. */
  | { readonly type: 'join' };

export type Stream = 'stdout' | 'stderr';
export type Answer = string | undefined;
export type Program = Generator<Effect, number, Answer>;
/** A step of a program that resolves to something else than an exit code. */
export type Step<T> = Generator<Effect, T, Answer>;
