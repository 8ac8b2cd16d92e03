import type { File, FileSystem, OpenOptions } from '../files.ts';

export interface FileHooks {
  /** Runs before a file is synced: may hold it up, or throw for it to fail. */
  beforeSync?: (path: string) => Promise<void> | void;
  /** Runs before a file is written. */
  beforeWrite?: (path: string) => Promise<void> | void;
}

/** Another file system, whose syncs and writes a test can count, hold up and make fail. */
export function hookedFiles(files: FileSystem, hooks: FileHooks): FileSystem {
  return {
    open: async (path: string, options?: OpenOptions) => hookedFile(await files.open(path, options), path, hooks),
    readFile: (path) => files.readFile(path),
    list: (folder) => files.list(folder),
    exists: (path) => files.exists(path),
    makeFolder: (path, mode) => files.makeFolder(path, mode),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    syncFolder: (path) => files.syncFolder(path),
  };
}

function hookedFile(file: File, path: string, hooks: FileHooks): File {
  return {
    size: () => file.size(),
    read: (into, position) => file.read(into, position),
    truncate: (size) => file.truncate(size),
    close: () => file.close(),
    async write(chunks, position) {
      await hooks.beforeWrite?.(path);
      await file.write(chunks, position);
    },
    async sync() {
      await hooks.beforeSync?.(path);
      await file.sync();
    },
  };
}
