/** The bytes of bbolt's database files, which etcd's are: all numbers little-endian, page n at n × page size. */

export const pageHeaderBytes = 16;
/** Of a branch's and of a leaf's elements alike. */
export const elementBytes = 16;
export const metaBytes = 64;

export const pageFlags = { branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10 } as const;
/** A leaf element whose value is a bucket. */
export const bucketElement = 0x01;

const magic = 0xed0cdaed;
const version = 2;
const checkedMetaBytes = 56;
/** bbolt's own limit of a key. */
export const maxKeyBytes = 32_768;

/** As much of a page's header as readers need. */
export interface PageHeader {
  readonly id: number;
  readonly flags: number;
  readonly count: number;
  /** How many more pages follow that are part of this one. */
  readonly overflow: number;
}

export interface Meta {
  readonly pageSize: number;
  /** Page of the bucket of buckets. */
  readonly root: number;
  /** The first page that was never used: the file is at least so many pages long. */
  readonly highWater: number;
  readonly txid: bigint;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export function readPageHeader(page: Uint8Array): PageHeader {
  const view = viewOf(page);
  return {
    id: Number(view.getBigUint64(0, true)),
    flags: view.getUint16(8, true),
    count: view.getUint16(10, true),
    overflow: view.getUint32(12, true),
  };
}

export function writePageHeader(page: Uint8Array, { id, flags, count, overflow }: PageHeader): void {
  const view = viewOf(page);
  view.setBigUint64(0, BigInt(id), true);
  view.setUint16(8, flags, true);
  view.setUint16(10, count, true);
  view.setUint32(12, overflow, true);
}

/** The meta that a page holds, or what is wrong with it. */
export function readMeta(page: Uint8Array): Meta | string {
  if (page.length < pageHeaderBytes + metaBytes) return 'the file ends within it';
  const view = viewOf(page.subarray(pageHeaderBytes));
  if (view.getUint32(0, true) !== magic) return 'it does not begin as a bbolt database';
  if (view.getUint32(4, true) !== version) return `bbolt's version 2 is known, not ${view.getUint32(4, true)}`;
  if (view.getBigUint64(checkedMetaBytes, true) !== fnv1a(page.subarray(pageHeaderBytes, pageHeaderBytes + checkedMetaBytes)))
    return 'its checksum is wrong';
  const pageSize = view.getUint32(8, true);
  if (pageSize < 512 || pageSize > 1 << 24 || (pageSize & (pageSize - 1)) !== 0) return `a page size of ${pageSize} cannot be`;
  return {
    pageSize,
    root: Number(view.getBigUint64(16, true)),
    highWater: Number(view.getBigUint64(40, true)),
    txid: view.getBigUint64(48, true),
  };
}

export function writeMeta(page: Uint8Array, { pageSize, root, highWater, txid }: Meta, freelist: number): void {
  const view = viewOf(page.subarray(pageHeaderBytes));
  view.setUint32(0, magic, true);
  view.setUint32(4, version, true);
  view.setUint32(8, pageSize, true);
  view.setBigUint64(16, BigInt(root), true);
  view.setBigUint64(32, BigInt(freelist), true);
  view.setBigUint64(40, BigInt(highWater), true);
  view.setBigUint64(48, txid, true);
  view.setBigUint64(checkedMetaBytes, fnv1a(page.subarray(pageHeaderBytes, pageHeaderBytes + checkedMetaBytes)), true);
}

/** FNV-1a over 64 bits. */
function fnv1a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}
