import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import manifest from '../package.json' with { type: 'json' };

export const root = resolve(import.meta.dirname, '..');

/** A table in Markdown; the first row is the heading. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map(String));
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(cells[0]!), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...cells.slice(1).map(line)].join('\n');
}

/** The same of records, whose names are the heading. */
export function tableOf(rows: readonly object[]): string {
  const records = rows as readonly Readonly<Record<string, string | number | undefined>>[];
  const names = [...new Set(records.flatMap((row) => Object.keys(row)))];
  return table([names, ...records.map((row) => names.map((name) => row[name] ?? ''))]);
}

/** Where and with what it was measured. */
export function circumstances(): string {
  const commit = execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const [cpu] = cpus();
  return `${new Date().toISOString().slice(0, 10)}, Slipway ${manifest.version} (${commit}), Node ${process.version}, ${cpus().length} × ${cpu?.model.trim() || 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

/** Prints a question's answer and keeps it under `bench/NAME/results/`. */
export function keep(name: string, text: string): void {
  const folder = join(root, 'bench', name, 'results');
  mkdirSync(folder, { recursive: true });
  const whole = `# ${name}\n\n${circumstances()}\n\n${text}\n`;
  writeFileSync(join(folder, `${new Date().toISOString().slice(0, 10)}.md`), whole);
  console.log(whole);
}

export const round = (value: number, digits = 1): string => value.toFixed(digits);
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
