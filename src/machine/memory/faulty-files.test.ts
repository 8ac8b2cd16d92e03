import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { filesContract } from '../files.contract.ts';
import { FileError } from '../files.ts';
import { FaultyDisk } from './faulty-disk.ts';
import { FaultyFiles } from './faulty-files.ts';

filesContract('FaultyFiles without faults', async () => {
  const files = new FaultyFiles(new FaultyDisk(seededRng(1)));
  await files.makeFolder('/work');
  return { files, folder: '/work' };
});

const failsWith = (code: string) => (error: unknown) => error instanceof FileError && error.code === code;

/** What a crash can leave of the same steps, over many seeds, each outcome named by `look`. */
async function outcomes(steps: (files: FaultyFiles) => Promise<void>, look: (files: FaultyFiles) => Promise<string>): Promise<string[]> {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 60; seed++) {
    const disk = new FaultyDisk(seededRng(seed));
    await steps(new FaultyFiles(disk));
    disk.crash();
    seen.add(await look(new FaultyFiles(disk)));
  }
  return [...seen].sort();
}

async function write(files: FaultyFiles, path: string, fill: number, size = 4, sync = true): Promise<void> {
  const file = await files.open(path, { write: true, create: true });
  await file.write([new Uint8Array(size).fill(fill)], 0);
  if (sync) await file.sync();
  await file.close();
}

const firstByte = async (files: FaultyFiles, path: string) =>
  (await files.exists(path)) ? String((await files.readFile(path))[0]) : 'none';

test('a synced file in a synced folder survives', async () => {
  const left = await outcomes(
    async (files) => {
      await write(files, '/a', 1);
      await files.syncFolder('/');
    },
    (files) => firstByte(files, '/a'),
  );
  assert.deepEqual(left, ['1']);
});

test('a file in a folder that was not synced may be gone', async () => {
  const left = await outcomes(
    (files) => write(files, '/a', 1),
    (files) => firstByte(files, '/a'),
  );
  assert.deepEqual(left, ['1', 'none']);
});

test('what was written after the last sync may be there, gone, or torn at 512-byte sectors', async () => {
  const left = await outcomes(
    async (files) => {
      await write(files, '/a', 1, 1024);
      await files.syncFolder('/');
      await write(files, '/a', 2, 1024, false);
    },
    async (files) => {
      const content = await files.readFile('/a');
      assert.equal(new Set(content.subarray(0, 512)).size, 1);
      assert.equal(new Set(content.subarray(512)).size, 1);
      return `${content[0]}${content[512]}`;
    },
  );
  assert.deepEqual(left, ['11', '12', '21', '22']);
});

test('a rename that was not synced leaves either name, never both and never none', async () => {
  const left = await outcomes(
    async (files) => {
      await write(files, '/new', 1);
      await write(files, '/old', 2);
      await files.syncFolder('/');
      await files.rename('/new', '/old');
    },
    async (files) => `${await firstByte(files, '/new')},${await firstByte(files, '/old')}`,
  );
  assert.deepEqual(left, ['1,2', 'none,1']);
});

test('a removal that was not synced may be undone', async () => {
  const left = await outcomes(
    async (files) => {
      await write(files, '/a', 1);
      await files.syncFolder('/');
      await files.remove('/a');
    },
    (files) => firstByte(files, '/a'),
  );
  assert.deepEqual(left, ['1', 'none']);
});

test('after a failed sync the data reads well, may be lost, and the next sync does not tell', async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 40; seed++) {
    const disk = new FaultyDisk(seededRng(seed));
    const files = new FaultyFiles(disk);
    await write(files, '/a', 1);
    await files.syncFolder('/');
    const file = await files.open('/a', { write: true });
    await file.write([Uint8Array.of(2)], 0);
    disk.syncFails = () => true;
    await assert.rejects(file.sync(), failsWith('EIO'));
    disk.syncFails = () => false;
    await file.sync();
    assert.equal(await firstByte(files, '/a'), '2');
    disk.crash();
    seen.add(await firstByte(new FaultyFiles(disk), '/a'));
  }
  assert.deepEqual([...seen].sort(), ['1', '2']);
});

test('a full disk writes a part and fails with ENOSPC; removing something makes room', async () => {
  const disk = new FaultyDisk(seededRng(1));
  const files = new FaultyFiles(disk);
  disk.capacityBytes = 1000;
  await write(files, '/a', 1, 800);
  await assert.rejects(write(files, '/b', 1, 800), failsWith('ENOSPC'));
  assert.equal((await files.readFile('/b')).length, 200);
  await write(files, '/a', 2, 800);
  await files.remove('/a');
  await write(files, '/b', 1, 800);
});

test('the power goes in the middle of the operation that was named, and everything of that boot fails from then on', async () => {
  const disk = new FaultyDisk(seededRng(1));
  const files = new FaultyFiles(disk);
  disk.crashAtOperation = 2;
  const file = await files.open('/a', { write: true, create: true });
  await assert.rejects(file.write([Uint8Array.of(1)], 0), failsWith('EIO'));
  await assert.rejects(file.sync(), failsWith('EIO'));
  await assert.rejects(files.list('/'), failsWith('EIO'));
  assert.equal(disk.operations, 2);
  await new FaultyFiles(disk).list('/');
});

test('rot() flips a bit for good', async () => {
  const disk = new FaultyDisk(seededRng(1));
  const files = new FaultyFiles(disk);
  await write(files, '/a', 0);
  await files.syncFolder('/');
  disk.rot('/a', 2);
  disk.crash();
  const content = await new FaultyFiles(disk).readFile('/a');
  assert.deepEqual([...content].map(Boolean), [false, false, true, false]);
});

test('a kill loses nothing that was written, until the power goes too', async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 30; seed++) {
    const disk = new FaultyDisk(seededRng(seed));
    disk.crashIsKill = true;
    disk.crashAtOperation = 4;
    const files = new FaultyFiles(disk);
    await files.syncFolder('/');
    await assert.rejects(write(files, '/a', 1), failsWith('EIO'));
    assert.equal(await firstByte(new FaultyFiles(disk), '/a'), '1');
    disk.crash();
    seen.add(await firstByte(new FaultyFiles(disk), '/a'));
  }
  assert.deepEqual([...seen].sort(), ['1', 'none', 'undefined']);
});
