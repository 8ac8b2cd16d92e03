import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { filesContract } from '../files.contract.ts';
import { realFiles } from './files.ts';

const folders: string[] = [];
async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-files-'));
  folders.push(folder);
  return folder;
}
describe('files', () => {
  after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  filesContract('realFiles', async () => ({ files: realFiles, folder: await tempFolder() }));

  test('a new file is for its owner only, unless a mode is given', async () => {
    const folder = await tempFolder();
    await (await realFiles.open(join(folder, 'secret'), { write: true, create: true })).close();
    await (await realFiles.open(join(folder, 'public'), { write: true, create: true, mode: 0o644 })).close();
    assert.equal((await stat(join(folder, 'secret'))).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, 'public'))).mode & 0o777, 0o644);
  });
});
