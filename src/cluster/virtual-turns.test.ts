import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repeatInTurns, turn } from './virtual-turns.ts';

test('each step comes after all that the step before has caused', async () => {
  const seen: string[] = [];
  let left = 200;
  await repeatInTurns(() => {
    const step = left;
    seen.push(`step ${step}`);
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => seen.push(`after ${step}`));
    return --left > 0;
  });
  await turn();
  const expected = Array.from({ length: 200 }, (_, i) => [`step ${200 - i}`, `after ${200 - i}`]).flat();
  assert.deepEqual(seen, expected);
});

test('a step that throws ends it', async () => {
  let steps = 0;
  const failing = repeatInTurns(() => {
    if (++steps === 3) throw new Error('enough');
    return true;
  });
  await assert.rejects(failing, /enough/);
  await turn();
  assert.equal(steps, 3);
});
