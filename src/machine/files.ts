/**
 * Files as a component may use them. Every operation that can lose data is its own call, so that a
 * faulty disk in tests can lose, tear and reorder whatever was not synced.
 */
export interface FileSystem {
  /** Fails with `FileError` code `ENOENT` where the file is missing and `create` is not asked for. */
  open(path: string, options?: OpenOptions): Promise<File>;
  readFile(path: string): Promise<Uint8Array>;
  /** Names of files and folders in a folder, sorted. */
  list(folder: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  /** Makes the folder and its parents, with the mode for those it makes. */
  makeFolder(path: string, mode?: number): Promise<void>;
  /** Moves a file, in place of one of that name if there is one: at any moment the name leads to one of the two. */
  rename(from: string, to: string): Promise<void>;
  /** Takes a file's name away; who has it open keeps its bytes. */
  remove(path: string): Promise<void>;
  /** Makes creations, renames and removals in the folder durable. */
  syncFolder(path: string): Promise<void>;
}

export interface OpenOptions {
  readonly write?: boolean;
  readonly create?: boolean;
  /** Fail with `EEXIST` where it is there. */
  readonly exclusive?: boolean;
  /** Unix permission bits for a file that is made; 0o600 when absent. */
  readonly mode?: number;
}

export interface File {
  size(): Promise<number>;
  /** Reads up to `into.length` bytes at `position`; resolves to how many, 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes all chunks one after the other at `position`. May have written a part when it fails. */
  write(chunks: readonly Uint8Array[], position: number): Promise<void>;
  truncate(size: number): Promise<void>;
  /** fdatasync: what was written is on the disk when it resolves. After a failure nothing is known. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** `code` is the operating system's: ENOENT, EEXIST, ENOSPC, EIO, EACCES … */
export class FileError extends Error {
  override name = 'FileError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
