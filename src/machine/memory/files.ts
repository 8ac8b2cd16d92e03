import { type File, FileError, type FileSystem, type OpenOptions } from '../files.ts';
import { FileContent } from './file-content.ts';
import { FolderTree, missing, normalPath } from './folder-tree.ts';

/** A file system that lives and ends with the process. Nothing in it is ever lost before that. */
export class MemoryFiles implements FileSystem {
  readonly #tree = new FolderTree<FileContent>();

  async open(path: string, { write = false, create = false, exclusive = false }: OpenOptions = {}): Promise<File> {
    const at = normalPath(path);
    let content = this.#tree.file(at);
    if (content && create && exclusive) throw new FileError('EEXIST', `EEXIST: file already exists, open '${at}'`);
    if (!content && create) {
      this.#tree.assertCanHold(at, 'open');
      content = new FileContent();
      this.#tree.set(at, content);
    }
    return new MemoryFile(content ?? this.#tree.existing(at, 'open'), at, write);
  }

  async readFile(path: string): Promise<Uint8Array> {
    return this.#tree.existing(normalPath(path), 'open').bytes().slice();
  }

  async list(folder: string): Promise<string[]> {
    return this.#tree.list(normalPath(folder));
  }

  async exists(path: string): Promise<boolean> {
    const at = normalPath(path);
    return this.#tree.file(at) !== undefined || this.#tree.hasFolder(at);
  }

  async makeFolder(path: string): Promise<void> {
    this.#tree.addFolder(normalPath(path));
  }

  async rename(from: string, to: string): Promise<void> {
    const content = this.#tree.existing(normalPath(from), 'rename');
    this.#tree.assertCanHold(normalPath(to), 'rename');
    this.#tree.delete(normalPath(from));
    this.#tree.set(normalPath(to), content);
  }

  async remove(path: string): Promise<void> {
    this.#tree.existing(normalPath(path), 'unlink');
    this.#tree.delete(normalPath(path));
  }

  async syncFolder(path: string): Promise<void> {
    if (!this.#tree.hasFolder(normalPath(path))) throw missing(normalPath(path), 'open');
  }
}

class MemoryFile implements File {
  readonly #content: FileContent;
  readonly #path: string;
  readonly #writable: boolean;
  #open = true;

  constructor(content: FileContent, path: string, writable: boolean) {
    this.#content = content;
    this.#path = path;
    this.#writable = writable;
  }

  async size(): Promise<number> {
    return this.#checked('fstat').size;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return this.#checked('read').read(into, position);
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    const content = this.#checked('write');
    for (const chunk of chunks) {
      content.write(chunk, position);
      position += chunk.length;
    }
  }

  async truncate(size: number): Promise<void> {
    this.#checked('ftruncate').truncate(size);
  }

  async sync(): Promise<void> {
    this.#checked('fdatasync');
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  #checked(verb: string): FileContent {
    if (!this.#open || (!this.#writable && (verb === 'write' || verb === 'ftruncate')))
      throw new FileError('EBADF', `EBADF: bad file descriptor, ${verb} '${this.#path}'`);
    return this.#content;
  }
}
