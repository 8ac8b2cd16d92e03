import { readFileSync } from 'node:fs';
import { decryptionOf, EncryptionConfigError, noDecryption, type Decrypt } from '../snapshots/decryption.ts';
import { CommandError } from './command.ts';

export const decryptionFlag = {
  type: 'string',
  usage: 'An EncryptionConfiguration `file` of the saved cluster, whose keys open what is encrypted in the snapshot.',
} as const;

/** Without a file nothing is opened. */
export function readDecryption(path: string): Decrypt {
  if (path === '') return noDecryption;
  try {
    return decryptionOf(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof EncryptionConfigError) throw new CommandError(`${path}: ${error.message}`, { cause: error });
    throw new CommandError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
