import type { Rng } from '../../base/rng.ts';
import { FileError } from '../files.ts';
import { FileContent } from './file-content.ts';
import { FolderTree, folderOf } from './folder-tree.ts';

/**
 * A disk as bad as a disk may be. What was not synced when the power goes is kept, lost or torn at
 * sectors, each on its own and so in any order; names that were made, changed or removed in a folder
 * not synced since may be back as they were. After a failed sync what it was to save may be gone for
 * good though it still reads well, and the next sync will not say so. All of it by the seed.
 */
export class FaultyDisk {
  /** Bytes all files together may have; writes past it fail with ENOSPC after a part. */
  capacityBytes = Infinity;
  /** The machine crashes in the middle of the operation of this number, counted from 1. */
  crashAtOperation = Infinity;
  /** Then, only the process is killed: what it wrote stays in the cache, to be lost with the power later. */
  crashIsKill = false;
  /** Asked before each sync: whether it fails with EIO. */
  syncFails: () => boolean = () => false;
  readonly #rng: Rng;
  /** The operation under way will not be finished: a sync saves nothing more. */
  #interrupted = false;
  #operations = 0;
  #boot = 1;
  #names = new FolderTree<Inode>();
  /** What a crash leaves of the names, but for what is pending. */
  #durableNames = new FolderTree<Inode>();
  #pendingNames: NameChange[] = [];

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /** Operations so far, over all boots. */
  get operations(): number {
    return this.#operations;
  }

  get names(): FolderTree<Inode> {
    return this.#names;
  }

  /** Counts up with each crash: who was started in an earlier one is dead. */
  get boot(): number {
    return this.#boot;
  }

  /** Begins an operation of a process of that boot; true when the machine crashes in the middle of it. */
  begin(boot: number): boolean {
    if (boot !== this.#boot) throw powerless();
    return ++this.#operations === this.crashAtOperation;
  }

  /** Does half of an operation, and crashes. */
  interrupt(act: () => void): void {
    this.#interrupted = true;
    try {
      act();
    } catch {
      // Nobody is left to be told.
    }
    this.#interrupted = false;
    if (this.crashIsKill) this.kill();
    else this.crash();
  }

  /** The process is gone; what it wrote is not. */
  kill(): void {
    this.#boot++;
    this.crashAtOperation = Infinity;
  }

  /** The power goes and comes back. */
  crash(): void {
    this.kill();
    for (const change of this.#pendingNames) if (this.#rng.below(2) === 0) applyTo(this.#durableNames, change);
    this.#pendingNames = [];
    this.#names = new FolderTree();
    for (const folder of this.#durableNames.folders()) this.#names.addFolder(folder);
    for (const [path, inode] of this.#durableNames.files()) {
      inode.crash(this.#rng);
      this.#names.set(path, inode);
    }
  }

  makeFolder(path: string): void {
    this.#names.addFolder(path);
    // Folders are made once, long before anything is at stake: they are never lost.
    this.#durableNames.addFolder(path);
  }

  changeName(change: NameChange): void {
    applyTo(this.#names, change);
    this.#pendingNames.push(change);
  }

  syncFolder(folder: string): void {
    if (this.#interrupted) return;
    const isHere = (change: NameChange) => folderOf(change.path) === folder;
    for (const change of this.#pendingNames) if (isHere(change)) applyTo(this.#durableNames, change);
    this.#pendingNames = this.#pendingNames.filter((change) => !isHere(change));
  }

  /** Writes what there is room for; throws ENOSPC where that is not all. */
  write(inode: Inode, bytes: Uint8Array, position: number): void {
    const growth = Math.max(0, position + bytes.length - inode.content.size);
    const room = Math.max(0, this.capacityBytes - this.usedBytes());
    if (growth <= room) return inode.write(bytes, position);
    inode.write(bytes.subarray(0, Math.max(0, bytes.length - (growth - room))), position);
    throw new FileError('ENOSPC', 'ENOSPC: no space left on device, write');
  }

  sync(inode: Inode): void {
    if (this.#interrupted) return;
    if (!this.syncFails()) return inode.sync();
    inode.forgetSome(this.#rng);
    throw new FileError('EIO', 'EIO: i/o error, fdatasync');
  }

  usedBytes(): number {
    let used = 0;
    for (const [, inode] of this.#names.files()) used += inode.content.size;
    return used;
  }

  /** Flips one bit, as old disks do. */
  rot(path: string, offset: number): void {
    this.#names.existing(path, 'open').rot(offset, 1 << this.#rng.below(8));
  }
}

export type NameChange =
  | { readonly kind: 'set'; readonly path: string; readonly inode: Inode }
  | { readonly kind: 'remove'; readonly path: string }
  /** Both names at once, as rename(2) promises. */
  | { readonly kind: 'rename'; readonly path: string; readonly to: string; readonly inode: Inode };

function applyTo(names: FolderTree<Inode>, change: NameChange): void {
  if (change.kind === 'set') return names.set(change.path, change.inode);
  names.delete(change.path);
  if (change.kind === 'rename') names.set(change.to, change.inode);
}

export function powerless(): FileError {
  return new FileError('EIO', 'EIO: the power is gone');
}

/** One file's bytes: as they read, as they are on the disk, and what lies between. */
export class Inode {
  content = new FileContent();
  #durable = new FileContent();
  #pending: ContentChange[] = [];

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return;
    this.content.write(bytes, position);
    this.#pending.push({ bytes: bytes.slice(), position });
  }

  truncate(size: number): void {
    this.content.truncate(size);
    this.#pending.push({ size });
  }

  sync(): void {
    for (const change of this.#pending) makeDurable(this.#durable, change);
    this.#pending = [];
  }

  forgetSome(rng: Rng): void {
    this.#pending = this.#pending.filter(() => rng.below(2) === 0);
  }

  crash(rng: Rng): void {
    for (const change of this.#pending) {
      const fate = rng.below(3);
      if (fate === 0) makeDurable(this.#durable, change);
      else if (fate === 1 && 'bytes' in change) tear(this.#durable, change, rng);
    }
    this.#pending = [];
    this.content = new FileContent(this.#durable.bytes());
  }

  rot(offset: number, mask: number): void {
    for (const content of [this.content, this.#durable]) if (offset < content.size) content.bytes()[offset]! ^= mask;
  }
}

type ContentChange = { readonly bytes: Uint8Array; readonly position: number } | { readonly size: number };

function makeDurable(durable: FileContent, change: ContentChange): void {
  if ('size' in change) durable.truncate(change.size);
  else durable.write(change.bytes, change.position);
}

const sectorBytes = 512;

/** Some sectors of a write reach the disk, others do not. */
function tear(durable: FileContent, { bytes, position }: { bytes: Uint8Array; position: number }, rng: Rng): void {
  for (let at = 0; at < bytes.length;) {
    const next = Math.min(bytes.length, at + sectorBytes - ((position + at) % sectorBytes));
    if (rng.below(2) === 0) durable.write(bytes.subarray(at, next), position + at);
    at = next;
  }
}
