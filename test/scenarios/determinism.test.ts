import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { trace } from './trace.ts';

const inAnotherProcess = async (seed: number): Promise<unknown> => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'trace.ts'), String(seed)]);
  return JSON.parse(stdout);
};

describe('the same seed gives the same trace', () => {
  test('again, beside another busy cluster, and in another process', async () => {
    const first = await trace(7);
    assert.ok(first.revisions > 500, `${first.revisions} revisions`);
    // The two take turns with each other and with a third, turn by turn.
    const [beside, other] = await Promise.all([trace(7), trace(8)]);
    assert.deepEqual(beside, first);
    assert.notEqual(other.digest, first.digest);
    assert.deepEqual(await inAnotherProcess(7), first);
  });
});
