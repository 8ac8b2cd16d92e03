import type { FileSystem } from '../../machine/files.ts';
import type { LogFileKind } from './file-header.ts';

/** `0000000012.log`, `0000000012.snapshot`: ten digits keep the folder's order that of the numbers. */
export function logFileName(file: number, kind: LogFileKind): string {
  return `${String(file).padStart(10, '0')}.${kind}`;
}

/** Made while a snapshot is written, renamed when it is whole. */
export const unfinishedSnapshotName = 'unfinished.tmp';
/** Bytes kept free for a disk that is full; see `ReserveFile`. */
export const reserveName = 'reserve';

export interface StoreFiles {
  /** Numbers, ascending. */
  readonly logs: readonly number[];
  readonly snapshots: readonly number[];
}

export async function storeFiles(files: FileSystem, folder: string): Promise<StoreFiles> {
  const names = await files.list(folder);
  const numbersOf = (kind: LogFileKind) =>
    names.filter((name) => new RegExp(`^\\d{10}\\.${kind}$`).test(name)).map((name) => Number(name.slice(0, 10)));
  return { logs: numbersOf('log'), snapshots: numbersOf('snapshot') };
}
