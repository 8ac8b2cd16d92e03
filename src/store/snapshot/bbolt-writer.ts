import { bucketElement, elementBytes, pageFlags, pageHeaderBytes, writeMeta, writePageHeader } from './bbolt-format.ts';
import { planBucket, type PlannedBucket, type PlannedPage } from './bbolt-layout.ts';
import { bytesOfKey } from './byte-order.ts';
import { pairsOf, type PairList } from './pair-list.ts';

/** A bbolt database whose layout is settled and whose bytes are made as they are asked for. */
export interface DatabaseImage {
  readonly sizeBytes: number;
  /** Its pages, one after the other; each time from the start. */
  pages(): Iterable<Uint8Array>;
}

/** Even, so that the first transaction after it is written over the older of the two meta pages. */
const txid = 2n;
const freelistPage = 2;

/** `buckets` in order of their names. Pages are as etcd's hosts have them; only machines with larger ones make others. */
export function databaseImage(buckets: readonly (readonly [name: string, pairs: PairList])[], pageSize = 4096): DatabaseImage {
  let next = freelistPage + 1;
  const planned = buckets.map(([, pairs]) => {
    const bucket = planBucket(pairs, next, pageSize);
    next = bucket.next;
    return bucket;
  });
  const names = pairsOf(buckets.map(([name], i) => [bytesOfKey(name), bucketValue(planned[i]!.root)]));
  const root = planBucket(names, next, pageSize);
  return {
    sizeBytes: root.next * pageSize,
    *pages() {
      for (const [page, id] of [[0, txid] as const, [1, txid - 1n] as const]) yield metaPage(page, root, id, pageSize);
      yield emptyFreelist(pageSize);
      for (const bucket of planned) yield* bucketPages(bucket, 0, pageSize);
      yield* bucketPages(root, bucketElement, pageSize);
    },
  };
}

function metaPage(id: number, root: PlannedBucket, transaction: bigint, pageSize: number): Uint8Array {
  const page = new Uint8Array(pageSize);
  writePageHeader(page, { id, flags: pageFlags.meta, count: 0, overflow: 0 });
  writeMeta(page, { pageSize, root: root.root, highWater: root.next, txid: transaction }, freelistPage);
  return page;
}

function emptyFreelist(pageSize: number): Uint8Array {
  const page = new Uint8Array(pageSize);
  writePageHeader(page, { id: freelistPage, flags: pageFlags.freelist, count: 0, overflow: 0 });
  return page;
}

function bucketValue(root: number): Uint8Array {
  const value = new Uint8Array(16);
  new DataView(value.buffer).setBigUint64(0, BigInt(root), true);
  return value;
}

function* bucketPages({ pairs, leaves, branches }: PlannedBucket, elementFlags: number, pageSize: number): Iterable<Uint8Array> {
  for (const leaf of leaves) yield leafPage(leaf, pairs, elementFlags, pageSize);
  let below = leaves;
  let firstPairs = leaves.map(({ from }) => from);
  for (const level of branches) {
    const firstKeys = firstPairs;
    for (const branch of level) yield branchPage(branch, below, (child) => pairs.key(firstKeys[child]!), pageSize);
    firstPairs = level.map(({ from }) => firstKeys[from]!);
    below = level;
  }
}

function leafPage({ page: id, from, to, overflow }: PlannedPage, pairs: PairList, elementFlags: number, pageSize: number): Uint8Array {
  const page = new Uint8Array((1 + overflow) * pageSize);
  const view = new DataView(page.buffer);
  writePageHeader(page, { id, flags: pageFlags.leaf, count: to - from, overflow });
  let data = pageHeaderBytes + (to - from) * elementBytes;
  for (let index = from; index < to; index++) {
    const at = pageHeaderBytes + (index - from) * elementBytes;
    const key = pairs.key(index);
    const value = pairs.value(index);
    view.setUint32(at, elementFlags, true);
    view.setUint32(at + 4, data - at, true);
    view.setUint32(at + 8, key.length, true);
    view.setUint32(at + 12, value.length, true);
    page.set(key, data);
    page.set(value, data + key.length);
    data += key.length + value.length;
  }
  return page;
}

function branchPage(
  { page: id, from, to, overflow }: PlannedPage,
  below: readonly PlannedPage[],
  firstKey: (child: number) => Uint8Array,
  pageSize: number,
): Uint8Array {
  const page = new Uint8Array((1 + overflow) * pageSize);
  const view = new DataView(page.buffer);
  writePageHeader(page, { id, flags: pageFlags.branch, count: to - from, overflow });
  let data = pageHeaderBytes + (to - from) * elementBytes;
  for (let child = from; child < to; child++) {
    const at = pageHeaderBytes + (child - from) * elementBytes;
    const key = firstKey(child);
    view.setUint32(at, data - at, true);
    view.setUint32(at + 4, key.length, true);
    view.setBigUint64(at + 8, BigInt(below[child]!.page), true);
    page.set(key, data);
    data += key.length;
  }
  return page;
}
