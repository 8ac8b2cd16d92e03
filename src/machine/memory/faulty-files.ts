import { type File, FileError, type FileSystem, type OpenOptions } from '../files.ts';
import { type FaultyDisk, Inode, powerless } from './faulty-disk.ts';
import { missing, normalPath } from './folder-tree.ts';

/**
 * The files of a faulty disk as one boot of a machine sees them. After a crash every operation of it
 * fails; `new FaultyFiles(disk)` is the next boot.
 */
export class FaultyFiles implements FileSystem {
  readonly #disk: FaultyDisk;
  readonly #boot: number;

  constructor(disk: FaultyDisk) {
    this.#disk = disk;
    this.#boot = disk.boot;
  }

  async open(path: string, { write = false, create = false, exclusive = false }: OpenOptions = {}): Promise<File> {
    const at = normalPath(path);
    return this.#operate(() => {
      let inode = this.#disk.names.file(at);
      if (inode && create && exclusive) throw new FileError('EEXIST', `EEXIST: file already exists, open '${at}'`);
      if (!inode && create) {
        this.#disk.names.assertCanHold(at, 'open');
        inode = new Inode();
        this.#disk.changeName({ kind: 'set', path: at, inode });
      }
      return new FaultyFile(inode ?? this.#disk.names.existing(at, 'open'), at, write, this.#disk, (act) => this.#operate(act));
    });
  }

  async readFile(path: string): Promise<Uint8Array> {
    return this.#operate(() => this.#disk.names.existing(normalPath(path), 'open').content.bytes().slice());
  }

  async list(folder: string): Promise<string[]> {
    return this.#operate(() => this.#disk.names.list(normalPath(folder)));
  }

  async exists(path: string): Promise<boolean> {
    const at = normalPath(path);
    return this.#operate(() => this.#disk.names.file(at) !== undefined || this.#disk.names.hasFolder(at));
  }

  async makeFolder(path: string): Promise<void> {
    return this.#operate(() => this.#disk.makeFolder(normalPath(path)));
  }

  async rename(from: string, to: string): Promise<void> {
    return this.#operate(() => {
      const inode = this.#disk.names.existing(normalPath(from), 'rename');
      this.#disk.names.assertCanHold(normalPath(to), 'rename');
      this.#disk.changeName({ kind: 'rename', path: normalPath(from), to: normalPath(to), inode });
    });
  }

  async remove(path: string): Promise<void> {
    return this.#operate(() => {
      this.#disk.names.existing(normalPath(path), 'unlink');
      this.#disk.changeName({ kind: 'remove', path: normalPath(path) });
    });
  }

  async syncFolder(path: string): Promise<void> {
    return this.#operate(() => {
      if (!this.#disk.names.hasFolder(normalPath(path))) throw missing(normalPath(path), 'open');
      this.#disk.syncFolder(normalPath(path));
    });
  }

  /** One operation; nobody hears how the one ended that a crash interrupted. */
  async #operate<T>(act: () => T): Promise<T> {
    const lastOne = this.#disk.begin(this.#boot);
    // Something else may run while the disk works.
    await Promise.resolve();
    if (this.#boot !== this.#disk.boot) throw powerless();
    if (!lastOne) return act();
    this.#disk.interrupt(act);
    throw powerless();
  }
}

class FaultyFile implements File {
  readonly #inode: Inode;
  readonly #path: string;
  readonly #writable: boolean;
  readonly #disk: FaultyDisk;
  readonly #operate: <T>(act: () => T) => Promise<T>;
  #open = true;

  constructor(inode: Inode, path: string, writable: boolean, disk: FaultyDisk, operate: <T>(act: () => T) => Promise<T>) {
    this.#inode = inode;
    this.#path = path;
    this.#writable = writable;
    this.#disk = disk;
    this.#operate = operate;
  }

  async size(): Promise<number> {
    return this.#operate(() => this.#checked('fstat').content.size);
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return this.#operate(() => this.#checked('read').content.read(into, position));
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    return this.#operate(() => {
      const inode = this.#checked('write');
      let at = position;
      for (const chunk of chunks) {
        this.#disk.write(inode, chunk, at);
        at += chunk.length;
      }
    });
  }

  async truncate(size: number): Promise<void> {
    return this.#operate(() => this.#checked('ftruncate').truncate(size));
  }

  async sync(): Promise<void> {
    return this.#operate(() => this.#disk.sync(this.#checked('fdatasync')));
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  #checked(verb: string): Inode {
    if (!this.#open || (!this.#writable && (verb === 'write' || verb === 'ftruncate')))
      throw new FileError('EBADF', `EBADF: bad file descriptor, ${verb} '${this.#path}'`);
    return this.#inode;
  }
}
