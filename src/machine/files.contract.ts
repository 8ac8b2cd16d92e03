import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type File, FileError, type FileSystem } from './files.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
const failsWith = (code: string) => (error: unknown) => error instanceof FileError && error.code === code;

/** What every FileSystem promises. `make` gives one with an empty folder to work in. */
export function filesContract(name: string, make: () => Promise<{ files: FileSystem; folder: string }>): void {
  const it = (promise: string, body: (files: FileSystem, folder: string) => Promise<void>) =>
    void test(promise, async () => {
      const { files, folder } = await make();
      await body(files, folder);
    });
  const write = async (files: FileSystem, path: string, content: string) => {
    const file = await files.open(path, { write: true, create: true });
    await file.write([bytes(content)], 0);
    await file.close();
  };
  const using = async (file: Promise<File>, body: (file: File) => Promise<void>) => {
    const opened = await file;
    await body(opened);
    await opened.close();
  };

  describe(`${name}: a file`, () => {
    it('reads back what was written, at any place', async (files, folder) => {
      await using(files.open(`${folder}/a`, { write: true, create: true }), async (file) => {
        await file.write([bytes('Hello '), bytes('World')], 0);
        await file.write([bytes('w')], 6);
        assert.equal(await file.size(), 11);
        const into = new Uint8Array(5);
        assert.equal(await file.read(into, 6), 5);
        assert.equal(text(into), 'world');
        assert.equal(await file.read(into, 9), 2);
        assert.equal(await file.read(into, 11), 0);
        assert.equal(await file.read(into, 100), 0);
        await file.sync();
      });
      assert.equal(text(await files.readFile(`${folder}/a`)), 'Hello world');
    });

    it('takes writes large and in many pieces', async (files, folder) => {
      const chunks = Array.from({ length: 300 }, (_, i) => new Uint8Array(1000).fill(i % 251));
      await using(files.open(`${folder}/a`, { write: true, create: true }), async (file) => {
        await file.write(chunks, 10);
        await file.write(chunks.slice(0, 3), 0);
        await file.write([], 0);
        assert.equal(await file.size(), 300_010);
      });
      const content = await files.readFile(`${folder}/a`);
      assert.deepEqual(
        [content[0], content[1000], content[2999], content[3009], content[3010], content[300_009]],
        [0, 1, 2, 2, 3, 299 % 251],
      );
    });

    it('a gap that was never written reads as zeros, as does what was cut off and grown again', async (files, folder) => {
      await using(files.open(`${folder}/a`, { write: true, create: true }), async (file) => {
        await file.write([bytes('xyz')], 3);
        await file.truncate(4);
        await file.truncate(6);
      });
      assert.deepEqual([...(await files.readFile(`${folder}/a`))], [0, 0, 0, 120, 0, 0]);
    });

    it('opens only where it is, unless it may be made', async (files, folder) => {
      await assert.rejects(files.open(`${folder}/none`), failsWith('ENOENT'));
      await assert.rejects(files.open(`${folder}/none`, { write: true }), failsWith('ENOENT'));
      await assert.rejects(files.open(`${folder}/none/a`, { write: true, create: true }), failsWith('ENOENT'));
      await assert.rejects(files.readFile(`${folder}/none`), failsWith('ENOENT'));
      await write(files, `${folder}/a`, 'kept');
      await assert.rejects(files.open(`${folder}/a`, { write: true, create: true, exclusive: true }), failsWith('EEXIST'));
      await using(files.open(`${folder}/a`, { write: true, create: true }), async (file) => assert.equal(await file.size(), 4));
      await using(files.open(`${folder}/b`, { write: true, create: true, exclusive: true }), async (file) =>
        assert.equal(await file.size(), 0),
      );
    });

    it('opened for reading cannot be written', async (files, folder) => {
      await write(files, `${folder}/a`, 'kept');
      const file = await files.open(`${folder}/a`);
      await assert.rejects(file.write([bytes('x')], 0), FileError);
      await assert.rejects(file.truncate(0), FileError);
      await file.close();
      assert.equal(text(await files.readFile(`${folder}/a`)), 'kept');
    });

    it('stays readable through an open handle when its name is gone', async (files, folder) => {
      await write(files, `${folder}/a`, 'still here');
      await using(files.open(`${folder}/a`), async (file) => {
        await files.remove(`${folder}/a`);
        assert.equal(await file.read(new Uint8Array(20), 0), 10);
      });
    });
  });

  describe(`${name}: a folder`, () => {
    it('lists the names in it, sorted, folders too, but not what is below', async (files, folder) => {
      await files.makeFolder(`${folder}/sub/deeper`);
      await write(files, `${folder}/b`, '');
      await write(files, `${folder}/a`, '');
      await write(files, `${folder}/sub/c`, '');
      assert.deepEqual(await files.list(folder), ['a', 'b', 'sub']);
      assert.deepEqual(await files.list(`${folder}/sub`), ['c', 'deeper']);
      await assert.rejects(files.list(`${folder}/none`), failsWith('ENOENT'));
    });

    it('may be made twice, not where a file is', async (files, folder) => {
      await files.makeFolder(`${folder}/sub`);
      await files.makeFolder(`${folder}/sub`);
      await write(files, `${folder}/a`, '');
      await assert.rejects(files.makeFolder(`${folder}/a`), failsWith('EEXIST'));
    });

    it('exists() tells of files and folders', async (files, folder) => {
      await write(files, `${folder}/a`, '');
      assert.deepEqual(await Promise.all(['', '/a', '/b', '/a/b'].map((path) => files.exists(folder + path))), [true, true, false, false]);
    });

    it('rename() moves a file in place of another', async (files, folder) => {
      await write(files, `${folder}/a`, 'new');
      await write(files, `${folder}/b`, 'old');
      await files.rename(`${folder}/a`, `${folder}/b`);
      await files.syncFolder(folder);
      assert.deepEqual(await files.list(folder), ['b']);
      assert.equal(text(await files.readFile(`${folder}/b`)), 'new');
      await assert.rejects(files.rename(`${folder}/a`, `${folder}/b`), failsWith('ENOENT'));
    });

    it('remove() takes a name away', async (files, folder) => {
      await write(files, `${folder}/a`, '');
      await files.remove(`${folder}/a`);
      assert.deepEqual(await files.list(folder), []);
      await assert.rejects(files.remove(`${folder}/a`), failsWith('ENOENT'));
    });

    it('syncFolder() needs the folder', async (files, folder) => {
      await files.syncFolder(folder);
      await assert.rejects(files.syncFolder(`${folder}/none`), failsWith('ENOENT'));
    });
  });
}
