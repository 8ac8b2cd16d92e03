import type { Step } from './effects.ts';
import type { Shell } from './shell.ts';

/** `test`'s condition, and what stands between `[` and `]`. */
export function* testHolds(args: readonly string[], shell: Shell): Step<boolean> {
  const or = args.indexOf('-o');
  if (or > 0) return (yield* testHolds(args.slice(0, or), shell)) || (yield* testHolds(args.slice(or + 1), shell));
  const and = args.indexOf('-a');
  if (and > 0) return (yield* testHolds(args.slice(0, and), shell)) && (yield* testHolds(args.slice(and + 1), shell));
  if (args[0] === '!') return !(yield* testHolds(args.slice(1), shell));
  const [first = '', second = '', third = ''] = args;
  if (args.length >= 3) return comparisons[second]?.(first, third) ?? false;
  if (args.length === 1) return first !== '';
  if (args.length === 0) return false;
  if (first === '-z') return second === '';
  if (first === '-n') return second !== '';
  if (first === '-d') return (yield { type: 'list', path: shell.pathOf(second) }) !== undefined;
  const text = yield { type: 'read', path: shell.pathOf(second) };
  if (first === '-s') return text !== undefined && text !== '';
  if (text !== undefined || first === '-f') return text !== undefined;
  return (yield { type: 'list', path: shell.pathOf(second) }) !== undefined;
}

const comparisons: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '-eq': (a, b) => Number(a) === Number(b),
  '-ne': (a, b) => Number(a) !== Number(b),
  '-lt': (a, b) => Number(a) < Number(b),
  '-le': (a, b) => Number(a) <= Number(b),
  '-gt': (a, b) => Number(a) > Number(b),
  '-ge': (a, b) => Number(a) >= Number(b),
};
