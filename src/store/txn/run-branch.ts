import type { MvccState } from '../index/mvcc-state.ts';
import type { ChangeWriter } from '../index/change-writer.ts';
import type { Leases } from '../leases.ts';
import { KeyNotFoundError, type LeaseId, LeaseNotFoundError, type Op, type OpResult, type TxnResult } from '../store.ts';
import { type Branch, type Step, flatSteps } from './choose-branch.ts';

/** Throws for what cannot be done as the store stands, so that a transaction is done wholly or not at all. */
export function checkBranch(branch: Branch, state: MvccState, leases: Leases): void {
  for (const step of flatSteps(branch)) {
    if (step.op === 'range') state.readRevision(step.at, state.head);
    if (step.op !== 'put') continue;
    if ((step.ignoreValue || step.ignoreLease) && !state.newest(step.key)) throw new KeyNotFoundError();
    if (step.lease && !leases.has(step.lease)) throw new LeaseNotFoundError();
  }
}

/** Does the steps at the writer's revision. Nothing in here can fail after `checkBranch`. */
export function runBranch(branch: Branch, state: MvccState, writer: ChangeWriter, revision: number): TxnResult {
  return {
    succeeded: branch.succeeded,
    revision,
    results: branch.steps.map((step) => runStep(step, state, writer, revision)),
  };
}

function runStep(step: Step, state: MvccState, writer: ChangeWriter, revision: number): OpResult {
  if (step.op === 'txn') return { op: 'txn', result: runBranch(step.branch, state, writer, revision) };
  if (step.op === 'range') return { op: 'range', ...state.list(step.range, state.readRevision(step.at, revision), step), revision };
  if (step.op === 'put') {
    const previous = writer.put(step.key, ...valueAndLease(step, state));
    return step.prevKv && previous ? { op: 'put', previous } : { op: 'put' };
  }
  const { entries } = state.list(step.range, revision, {});
  for (const entry of entries) writer.delete(entry);
  return { op: 'delete', deleted: entries.length, ...(step.prevKv && { previous: entries }) };
}

function valueAndLease(put: Extract<Op, { op: 'put' }>, state: MvccState): [Uint8Array, LeaseId] {
  const current = put.ignoreValue || put.ignoreLease ? state.newest(put.key) : undefined;
  const value = put.ignoreValue ? current?.value : put.value;
  const lease = put.ignoreLease ? current?.lease : put.lease;
  return [value ?? new Uint8Array(0), lease ?? 0n];
}
