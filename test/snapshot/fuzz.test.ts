import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './damage.ts';

test('a damaged snapshot is refused with file and offset, and never passes for a sound one', async () => {
  const { noticed } = await fuzz(150, 1);
  assert.ok(noticed > 50, `only ${noticed} were noticed without the checksum`);
});
