import { FileError } from '../files.ts';

/** `/a//b/` → `/a/b`. */
export function normalPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return `/${parts.join('/')}`;
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** Names and what they lead to: files of type `F`, and folders. Paths are normal ones. */
export class FolderTree<F> {
  readonly #files = new Map<string, F>();
  readonly #folders = new Set<string>(['/']);

  file(path: string): F | undefined {
    return this.#files.get(path);
  }

  hasFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  addFolder(path: string): void {
    for (let at = path; !this.#folders.has(at); at = folderOf(at)) {
      if (this.#files.has(at)) throw new FileError('EEXIST', `EEXIST: file already exists, mkdir '${at}'`);
      this.#folders.add(at);
    }
  }

  set(path: string, file: F): void {
    this.#files.set(path, file);
  }

  delete(path: string): void {
    this.#files.delete(path);
  }

  /** Throws unless a file may be made under this name. */
  assertCanHold(path: string, verb: string): void {
    if (this.#folders.has(path)) throw new FileError('EISDIR', `EISDIR: illegal operation on a directory, ${verb} '${path}'`);
    if (!this.#folders.has(folderOf(path))) throw missing(path, verb);
  }

  existing(path: string, verb: string): F {
    if (this.#folders.has(path)) throw new FileError('EISDIR', `EISDIR: illegal operation on a directory, ${verb} '${path}'`);
    const file = this.#files.get(path);
    if (file === undefined) throw missing(path, verb);
    return file;
  }

  list(folder: string): string[] {
    if (!this.#folders.has(folder)) throw missing(folder, 'scandir');
    const names = [...this.#files.keys(), ...this.#folders].filter((path) => path !== '/' && folderOf(path) === folder);
    return names.map((path) => path.slice(path.lastIndexOf('/') + 1)).sort();
  }

  files(): IterableIterator<[string, F]> {
    return this.#files.entries();
  }

  folders(): IterableIterator<string> {
    return this.#folders.values();
  }
}

export function missing(path: string, verb: string): FileError {
  return new FileError('ENOENT', `ENOENT: no such file or directory, ${verb} '${path}'`);
}
