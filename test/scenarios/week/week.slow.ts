/** `SLIPWAY_WEEK_SEED` chooses the failures, `SLIPWAY_WEEK_DAYS` how many days there are. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Week } from './week.ts';

const { SLIPWAY_WEEK_SEED: seed = '1', SLIPWAY_WEEK_DAYS: days = '7' } = process.env;

test(`${days} days of a hundred nodes with failures (seed ${seed})`, async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'week.ts'), seed, days]);
  const { troublesAtStart, troublesAtEnd, ...seen } = JSON.parse(stdout) as Week;
  t.diagnostic(JSON.stringify(seen));
  assert.deepEqual(troublesAtStart, []);
  assert.deepEqual(troublesAtEnd, []);
  // Three that succeeded, one that failed, and one that runs.
  assert.ok(seen.jobsKept <= 5, `${seen.jobsKept} jobs are kept`);
  // Each budget lets two pods go at a time; power cuts ask no budget.
  assert.ok(seen.fewestReady > 150, `only ${seen.fewestReady} of 205 pods were ready`);
});
