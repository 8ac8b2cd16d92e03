import type { MvccState } from '../index/mvcc-state.ts';
import type { Compare, Entry, Op, Txn } from '../store.ts';

/** A transaction after its compares: which branch runs, here and in every nested one. */
export interface Branch {
  readonly succeeded: boolean;
  readonly steps: readonly Step[];
}

export type Step = Exclude<Op, { op: 'txn' }> | { readonly op: 'txn'; readonly branch: Branch };

/** All compares, nested ones too, look at what was there before the transaction, as etcd's do. */
export function chooseBranch(txn: Txn, state: MvccState): Branch {
  const succeeded = (txn.compare ?? []).every((compare) => holds(compare, state));
  const ops = (succeeded ? txn.success : txn.failure) ?? [];
  return { succeeded, steps: ops.map((op) => (op.op === 'txn' ? { op: 'txn', branch: chooseBranch(op.txn, state) } : op)) };
}

/** All steps in the order they run, those of nested branches in their place. */
export function* flatSteps(branch: Branch): Generator<Exclude<Op, { op: 'txn' }>> {
  for (const step of branch.steps) {
    if (step.op === 'txn') yield* flatSteps(step.branch);
    else yield step;
  }
}

function holds(compare: Compare, state: MvccState): boolean {
  if (compare.end === undefined) return holdsFor(compare, state.newest(compare.key));
  const { entries } = state.list({ start: compare.key, end: compare.end }, state.head, {});
  // An empty range counts as one missing key.
  if (entries.length === 0) return holdsFor(compare, undefined);
  return entries.every((entry) => holdsFor(compare, entry));
}

function holdsFor(compare: Compare, entry: Entry | undefined): boolean {
  if (compare.target === 'value') return entry !== undefined && relations[compare.is](byteOrder(entry.value, compare.to));
  if (compare.target === 'lease') return relations[compare.is](order(entry?.lease ?? 0n, compare.to));
  return relations[compare.is](order(entry?.[fields[compare.target]] ?? 0, compare.to));
}

const fields = { version: 'version', create: 'createRevision', mod: 'modRevision' } as const;

const relations: Readonly<Record<Compare['is'], (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
};

function order<T extends number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byteOrder(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
