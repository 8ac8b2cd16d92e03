import { rangeContains } from '../key-range.ts';
import {
  DuplicateKeyError,
  EmptyKeyError,
  type Key,
  type KeyRange,
  LeaseProvidedError,
  type Op,
  RequestTooLargeError,
  type StoreLimits,
  TooManyOpsError,
  type Txn,
  ValueProvidedError,
} from '../store.ts';

/** Throws for what is wrong with a transaction whatever the store holds, in etcd's order (its v3rpc `checkTxnRequest`). */
export function checkTxn(txn: Txn, limits: StoreLimits): void {
  checkShape(txn, limits.maxTxnOps);
  if (txnBytes(txn) > limits.maxRequestBytes) throw new RequestTooLargeError();
}

/** What the transaction takes on the wire, to a few bytes for each field. */
function txnBytes(txn: Txn): number {
  let bytes = 0;
  for (const compare of txn.compare ?? [])
    bytes += fieldBytes + compare.key.length + (compare.end?.length ?? 0) + (compare.target === 'value' ? compare.to.length : 0);
  for (const op of opsOf(txn)) bytes += fieldBytes + opBytes(op);
  return bytes;
}

const fieldBytes = 8;

function opBytes(op: Op): number {
  switch (op.op) {
    case 'put':
      return op.key.length + (op.value?.length ?? 0);
    case 'txn':
      return txnBytes(op.txn);
    default:
      return op.range.start.length + (op.range.end?.length ?? 0);
  }
}

function* opsOf(txn: Txn): Generator<Op> {
  yield* txn.success ?? [];
  yield* txn.failure ?? [];
}

function checkShape(txn: Txn, opsLeft: number): void {
  const { compare = [], success = [], failure = [] } = txn;
  const ops = Math.max(compare.length, success.length, failure.length);
  if (ops > opsLeft) throw new TooManyOpsError();
  for (const { key } of compare) if (key === '') throw new EmptyKeyError();
  for (const op of opsOf(txn)) {
    if (op.op === 'txn') checkShape(op.txn, opsLeft - ops);
    else checkOp(op);
  }
  touchedBy(success);
  touchedBy(failure);
}

function checkOp(op: Exclude<Op, { op: 'txn' }>): void {
  if (op.op !== 'put') {
    if (op.range.start === '') throw new EmptyKeyError();
    return;
  }
  if (op.key === '') throw new EmptyKeyError();
  if (op.ignoreValue && op.value && op.value.length > 0) throw new ValueProvidedError();
  if (op.ignoreLease && op.lease) throw new LeaseProvidedError();
}

interface Touched {
  readonly puts: Set<Key>;
  readonly deletes: KeyRange[];
}

/** What one branch may write; throws where a key could be put twice, or put and deleted. The branches of a nested one exclude each other. */
function touchedBy(ops: readonly Op[]): Touched {
  const puts = new Set<Key>();
  const deletes: KeyRange[] = [];
  for (const op of ops) if (op.op === 'delete') deletes.push(op.range);
  const claim = (key: Key) => {
    if (puts.has(key) || deletes.some((range) => rangeContains(range, key))) throw new DuplicateKeyError();
  };
  for (const op of ops) {
    if (op.op !== 'txn') continue;
    const branches = [touchedBy(op.txn.success ?? []), touchedBy(op.txn.failure ?? [])];
    for (const { puts: keys } of branches) for (const key of keys) claim(key);
    for (const branch of branches) {
      for (const key of branch.puts) puts.add(key);
      deletes.push(...branch.deletes);
    }
  }
  for (const op of ops) {
    if (op.op !== 'put') continue;
    claim(op.key);
    puts.add(op.key);
  }
  return { puts, deletes };
}
