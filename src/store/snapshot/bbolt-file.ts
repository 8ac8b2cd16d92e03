import { CorruptError } from '../store.ts';
import {
  elementBytes,
  metaBytes,
  pageFlags,
  pageHeaderBytes,
  readMeta,
  readPageHeader,
  type Meta,
  type PageHeader,
} from './bbolt-format.ts';
import { BboltLeaf } from './bbolt-leaf.ts';
import { compareBytes, keyOfBytes } from './byte-order.ts';
import type { PageReader } from './page-reader.ts';
import { PageSet } from './page-set.ts';

/** A bucket of the file: a tree of pages from `root` on, or for a small one its only leaf. */
export interface BboltBucket {
  readonly name: string;
  readonly root: number;
  readonly inline?: BboltLeaf;
}

/** The longest page with its overflow that is read: far more than etcd's largest requests make. */
const maxPageRunBytes = 256 * 1024 * 1024;

/**
 * A bbolt database, read page by page. Every page is checked as it comes, and visited at most once in
 * one pass: whatever the bytes are, a pass ends, or throws `CorruptError` with file, page and offset.
 */
export class BboltFile {
  readonly meta: Meta;
  /** What is wrong with the other meta page; absent when both are fine. */
  readonly warning: string | undefined;
  readonly #pages: PageReader;

  private constructor(pages: PageReader, meta: Meta, warning: string | undefined) {
    this.#pages = pages;
    this.meta = meta;
    this.warning = warning;
  }

  static async open(pages: PageReader): Promise<BboltFile> {
    const { meta, warning } = await chooseMeta(pages);
    const { highWater, pageSize } = meta;
    if (highWater < 3 || highWater * pageSize > pages.size)
      throw new CorruptError(
        pages.name,
        pages.size,
        `truncated: the database has ${highWater} pages of ${pageSize} bytes, and the file only ${Math.floor(pages.size / pageSize)}`,
      );
    return new BboltFile(pages, meta, warning);
  }

  /** For one pass over the file, or over a part of it. */
  newPass(): PageSet {
    return new PageSet(this.meta.highWater);
  }

  /** In order of their names. */
  async buckets(pass: PageSet): Promise<BboltBucket[]> {
    const found: BboltBucket[] = [];
    for await (const leaf of this.#leaves({ root: this.meta.root }, pass, () => {}))
      for (let i = 0; i < leaf.count; i++) {
        if (!leaf.isBucket(i)) this.#fail(leaf.page, `${JSON.stringify(keyOfBytes(leaf.key(i)))} stands beside the buckets and is none`, 0);
        found.push(this.#bucket(keyOfBytes(leaf.key(i)), leaf.value(i), leaf.page));
      }
    return found;
  }

  /** The bucket's pairs, in order. Etcd has no buckets within buckets, so such are damage. */
  leaves(bucket: BboltBucket, pass: PageSet): AsyncGenerator<BboltLeaf> {
    return this.#leaves(bucket, pass, (leaf) => {
      for (let i = 0; i < leaf.count; i++)
        if (leaf.isBucket(i)) this.#fail(leaf.page, `a bucket within the bucket ${JSON.stringify(bucket.name)}`, 0);
    });
  }

  /** A leaf that an earlier pass has met. */
  async leaf(page: number): Promise<BboltLeaf> {
    const { bytes } = this.#cachedRun(page) ?? (await this.#run(page));
    return this.#leaf(page, bytes);
  }

  #bucket(name: string, value: Uint8Array, page: number): BboltBucket {
    if (value.length < 16) this.#fail(page, `bucket ${JSON.stringify(name)} has ${value.length} bytes, and needs 16`, 0);
    const root = Number(new DataView(value.buffer, value.byteOffset).getBigUint64(0, true));
    if (root !== 0) return { name, root };
    if (value.length < 16 + pageHeaderBytes) this.#fail(page, `bucket ${JSON.stringify(name)} is inline, and has no page`, 0);
    const image = value.subarray(16);
    if (readPageHeader(image).flags !== pageFlags.leaf) this.#fail(page, `the inline page of bucket ${JSON.stringify(name)} is no leaf`, 0);
    return { name, root, inline: this.#leaf(page, image) };
  }

  async *#leaves(
    { root, inline }: Pick<BboltBucket, 'root' | 'inline'>,
    pass: PageSet,
    check: (leaf: BboltLeaf) => void,
  ): AsyncGenerator<BboltLeaf> {
    if (inline) {
      check(inline);
      yield inline;
      return;
    }
    this.#meet(root, pass, 1);
    const ahead: Ahead[] = [{ page: root }];
    for (let next = ahead.pop(); next; next = ahead.pop()) {
      const { header, bytes } = this.#cachedRun(next.page) ?? (await this.#run(next.page));
      for (let page = next.page + 1; page <= next.page + header.overflow; page++) this.#meet(page, pass, next.page);
      if (header.flags === pageFlags.branch) {
        ahead.push(...this.#children(next, header, bytes, pass).reverse());
        continue;
      }
      const leaf = this.#leaf(next.page, bytes);
      if (leaf.count > 0) this.#checkBounds(next, leaf.key(0), leaf.key(leaf.count - 1));
      check(leaf);
      yield leaf;
    }
  }

  #leaf(page: number, bytes: Uint8Array): BboltLeaf {
    return new BboltLeaf(page, bytes, (problem, at) => this.#fail(page, problem, at));
  }

  #children(parent: Ahead, { count }: PageHeader, bytes: Uint8Array, pass: PageSet): Ahead[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (count === 0 || pageHeaderBytes + count * elementBytes > bytes.length)
      this.#fail(parent.page, `a branch of ${count} elements cannot be`, 10);
    const children: Ahead[] = [];
    for (let index = 0; index < count; index++) {
      const at = pageHeaderBytes + index * elementBytes;
      const start = at + view.getUint32(at, true);
      const end = start + view.getUint32(at + 4, true);
      if (end > bytes.length) this.#fail(parent.page, `element ${index} reaches out of it`, at);
      const page = Number(view.getBigUint64(at + 8, true));
      this.#meet(page, pass, parent.page, at);
      // A copy: a view would keep the whole chunk around it in memory.
      const from = bytes.slice(start, end);
      const before = children.at(-1);
      if (before?.from && compareBytes(before.from, from) >= 0) this.#fail(parent.page, `element ${index} is not in order`, at);
      if (before) before.to = from;
      children.push({ page, from, ...(parent.to && { to: parent.to }) });
    }
    this.#checkBounds(parent, children[0]!.from!, children.at(-1)!.from!);
    return children;
  }

  #checkBounds({ page, from, to }: Ahead, first: Uint8Array, last: Uint8Array): void {
    if (from && compareBytes(first, from) < 0) this.#fail(page, 'its first key is below what the branch above says', pageHeaderBytes);
    if (to && compareBytes(last, to) >= 0) this.#fail(page, 'its last key belongs to the page after it', pageHeaderBytes);
  }

  #meet(page: number, pass: PageSet, by: number, at = 0): void {
    if (page < 2 || page >= this.meta.highWater)
      this.#fail(by, `it refers to page ${page}, and pages are 2 to ${this.meta.highWater - 1}`, at);
    if (!pass.add(page)) this.#fail(by, `it refers to page ${page}, which is in use elsewhere`, at);
  }

  #cachedRun(page: number): PageRun | undefined {
    const { pageSize } = this.meta;
    const first = this.#pages.cached(page * pageSize, pageSize);
    if (!first) return undefined;
    const header = this.#header(page, first);
    const bytes = header.overflow === 0 ? first : this.#pages.cached(page * pageSize, (1 + header.overflow) * pageSize);
    return bytes && { header, bytes };
  }

  async #run(page: number): Promise<PageRun> {
    const { pageSize } = this.meta;
    const first = await this.#pages.read(page * pageSize, pageSize);
    const header = this.#header(page, first);
    return { header, bytes: header.overflow === 0 ? first : await this.#pages.read(page * pageSize, (1 + header.overflow) * pageSize) };
  }

  #header(page: number, bytes: Uint8Array): PageHeader {
    const header = readPageHeader(bytes);
    if (header.id !== page) this.#fail(page, `it says of itself that it is page ${header.id}`, 0);
    if (header.flags !== pageFlags.branch && header.flags !== pageFlags.leaf)
      this.#fail(page, `neither a branch nor a leaf: its flags are ${header.flags}`, 8);
    const { highWater, pageSize } = this.meta;
    if (page + header.overflow >= highWater || (1 + header.overflow) * pageSize > maxPageRunBytes)
      this.#fail(page, `it cannot go on for ${header.overflow} more pages`, 12);
    return header;
  }

  #fail(page: number, problem: string, at: number): never {
    throw new CorruptError(this.#pages.name, page * this.meta.pageSize + at, `page ${page}: ${problem}`);
  }
}

interface PageRun {
  readonly header: PageHeader;
  readonly bytes: Uint8Array;
}

/** A page still to be read, and what the branches above say of its keys: at least `from`, below `to`. */
interface Ahead {
  readonly page: number;
  readonly from?: Uint8Array;
  to?: Uint8Array;
}

/** The valid meta page of the later transaction. Where page 0 is unusable, page 1 is looked for at every page size there is. */
async function chooseMeta(pages: PageReader): Promise<{ meta: Meta; warning: string | undefined }> {
  const at = async (offset: number) =>
    offset + pageHeaderBytes + metaBytes > pages.size
      ? 'the file ends before it'
      : readMeta(await pages.read(offset, pageHeaderBytes + metaBytes));
  const first = await at(0);
  if (typeof first !== 'string') {
    const second = await at(first.pageSize);
    if (typeof second === 'string') return { meta: first, warning: `page 1: ${second}` };
    return { meta: second.txid > first.txid ? second : first, warning: undefined };
  }
  for (let pageSize = 1024; pageSize <= 1024 << 14; pageSize *= 2) {
    const second = await at(pageSize);
    if (typeof second !== 'string' && second.pageSize === pageSize) return { meta: second, warning: `page 0: ${first}` };
  }
  throw new CorruptError(pages.name, 0, `page 0: no valid meta page: ${first}, and neither is there a second one`);
}
