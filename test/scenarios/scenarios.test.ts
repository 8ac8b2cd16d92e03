/** Runs every `*.txt` here. `REWRITE=1` writes the answers anew: read the diff before you believe them. */
import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runCommand } from './run-command.ts';
import { parseScenario, writeScenario, type Scenario, type Step } from './scenario-file.ts';
import { Session } from './session.ts';

const rewrite = process.env['REWRITE'] === '1';

describe('scenarios', () => {
  for (const file of globSync('*.txt', { cwd: import.meta.dirname }).toSorted()) {
    test(file.replace(/\.txt$/, '').replaceAll('-', ' '), async () => {
      const path = join(import.meta.dirname, file);
      const told = parseScenario(readFileSync(path, 'utf8'));
      const played = await play(told);
      if (rewrite) return writeFileSync(path, writeScenario(played));
      for (const [i, step] of played.steps.entries()) {
        const at = `test/scenarios/${file}:${step.line}: ${step.command}`;
        assert.equal(
          step.answer,
          told.steps[i]!.answer,
          `${at}\n\n${differences(told.steps[i]!, step)}\n\nREWRITE=1 takes what came as the answer.`,
        );
      }
    });
  }
});

async function play({ steps, end }: Scenario): Promise<Scenario> {
  using session = new Session();
  const played: Step[] = [];
  for (const step of steps) played.push({ ...step, answer: await runCommand(session, step.command, step.input) });
  return { steps: played, end };
}

/** Both answers, the lines that are only in one marked. */
function differences({ answer: told }: Step, { answer: came }: Step): string {
  const [toldLines, cameLines] = [told.split('\n'), came.split('\n')];
  const mark = (lines: readonly string[], others: readonly string[], sign: string) =>
    lines.map((line) => `${others.includes(line) ? ' ' : sign} ${line}`).join('\n');
  return `told:\n${mark(toldLines, cameLines, '-')}\ncame:\n${mark(cameLines, toldLines, '+')}`;
}
