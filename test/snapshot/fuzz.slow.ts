import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './damage.ts';

test('ten thousand damaged snapshots are refused or read, and none of them crashes, hangs, or passes for a sound one', async () => {
  const { noticed } = await fuzz(10_000, 2);
  assert.ok(noticed > 3000, `only ${noticed} were noticed without the checksum`);
});
