import { resolve } from 'node:path';
import { FileError } from '../../../machine/files.ts';
import { realFiles } from '../../../machine/real/files.ts';
import { sha256Stream } from '../../../machine/real/sha256-stream.ts';
import { CorruptError } from '../../../store/store.ts';
import { openSnapshot, type SnapshotFile } from '../../../store/snapshot/snapshot-file.ts';
import { CommandError } from '../command.ts';
import type { SnapshotInvocation } from './snapshot.ts';

/** Opens a snapshot for the length of `use`. What is wrong with the file becomes a sentence for the person. */
export async function withSnapshot<T>(path: string, { flags }: SnapshotInvocation, use: (file: SnapshotFile) => Promise<T>): Promise<T> {
  try {
    await using file = await openSnapshot({
      files: realFiles,
      path: resolve(path),
      newSha256: sha256Stream,
      skipHashCheck: flags['skip-hash-check'],
    });
    return await use(file);
  } catch (error) {
    if (error instanceof CorruptError || error instanceof FileError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}
