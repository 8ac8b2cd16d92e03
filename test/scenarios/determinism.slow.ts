import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Trace } from './trace.ts';

/** The traces of each group of seeds, in a process of their own. */
async function traces(...groups: readonly string[]): Promise<Trace[][]> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'trace.ts'), ...groups]);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Trace[]);
}

test('the same seed gives the same trace: again, beside another busy cluster, and in another process', async () => {
  const [[[first], [beside, other]], [[elsewhere]]] = (await Promise.all([traces('7', '7+8'), traces('7')])) as [
    [[Trace], [Trace, Trace]],
    [[Trace]],
  ];
  assert.ok(first.revisions > 500, `${first.revisions} revisions`);
  assert.deepEqual(beside, first);
  assert.deepEqual(elsewhere, first);
  assert.notEqual(other.digest, first.digest);
});
