import { text, utf8 } from '../codec/bytes.ts';
import { FileError, type FileSystem } from '../machine/files.ts';

/** Private keys are for their owner alone; certificates and public keys anyone may read. */
export const keyMode = 0o600;
export const certificateMode = 0o644;

/** The file's text; undefined where there is none. */
export async function readTextFile(files: FileSystem, path: string): Promise<string | undefined> {
  try {
    return text(await files.readFile(path));
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All or nothing, and durable: whoever reads the path sees the old content or the whole new one, also after a crash. */
export async function replaceFile(files: FileSystem, path: string, content: string, mode: number): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const draft = `${path}.new`;
  await files.makeFolder(folder, 0o700);
  if (await files.exists(draft)) await files.remove(draft);
  const file = await files.open(draft, { write: true, create: true, exclusive: true, mode });
  try {
    await file.write([utf8(content)], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(draft, path);
  await files.syncFolder(folder);
}
