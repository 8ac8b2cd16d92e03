/** Runs every `*.txt` here. `REWRITE=1` writes the answers anew: read the diff before you believe them. */
import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Player } from './player.ts';
import { parseScenario, writeScenario, type Step } from './scenario-file.ts';

const rewrite = process.env['REWRITE'] === '1';
const paths = globSync('*.txt', { cwd: import.meta.dirname })
  .toSorted()
  .map((file) => join(import.meta.dirname, file));

describe('scenarios', () => {
  let player: Player;
  before(() => {
    player = new Player(paths);
  });
  after(() => player[Symbol.asyncDispose]());

  for (const path of paths) {
    const name = basename(path, '.txt');
    test(name.replaceAll('-', ' '), async () => {
      const played = await player.played(path);
      if (rewrite) return writeFileSync(path, writeScenario(played));
      const told = parseScenario(readFileSync(path, 'utf8'));
      for (const [i, step] of played.steps.entries()) compare(`test/scenarios/${name}.txt`, told.steps[i]!, step);
    });
  }
});

function compare(file: string, told: Step, came: Step): void {
  if (came.answer === told.answer) return;
  const marked = `${file}:${told.line}: ${told.command}\n\n${differences(told, came)}\n\nREWRITE=1 takes what came as the answer.`;
  throw new assert.AssertionError({ message: marked, actual: came.answer, expected: told.answer, operator: 'strictEqual' });
}

/** Both answers, the lines that are only in one marked. */
function differences({ answer: told }: Step, { answer: came }: Step): string {
  const [toldLines, cameLines] = [told.split('\n'), came.split('\n')];
  const mark = (lines: readonly string[], others: readonly string[], sign: string) =>
    lines.map((line) => `${others.includes(line) ? ' ' : sign} ${line}`).join('\n');
  return `told:\n${mark(toldLines, cameLines, '-')}\ncame:\n${mark(cameLines, toldLines, '+')}`;
}
