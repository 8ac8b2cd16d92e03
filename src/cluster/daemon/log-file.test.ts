import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { logFile } from './log-file.ts';

test('lines come in order, and old files are put aside and then dropped', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'slipway-log-')), 'a', 'x.log');
  const log = logFile({ path, maxBytes: 100, keep: 2 });
  for (let n = 0; n < 40; n++) {
    log.line(`line ${String(n).padStart(3, '0')}`);
    if (n % 4 === 3) await log.flush();
  }
  await log.flush();
  const kept = [`${path}.2`, `${path}.1`, path].map((file) => readFileSync(file, 'utf8'));
  assert.equal(existsSync(`${path}.3`), false);
  for (const text of kept) assert.ok(text.length <= 100);
  const lines = kept.join('').trimEnd().split('\n');
  assert.equal(lines.at(-1), 'line 039');
  assert.deepEqual(lines, lines.toSorted());
});
