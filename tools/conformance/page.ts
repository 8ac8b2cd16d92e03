import { whyMissing } from './gaps.ts';
import { classes, type Class, type SuiteTest } from './suite.ts';

/** The page in Markdown: counts, then each sig's tests in the suite's order. `shown` names the file that shows a test. */
export function page(suite: readonly SuiteTest[], shown: ReadonlyMap<string, string>): string {
  const bySig = Map.groupBy(suite, ({ name }) => /^\[(sig-[^\]]+)\]/.exec(name)?.[1] ?? 'others');
  const sigs = [...bySig].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    '# Conformance',
    '',
    introduction,
    '',
    ...counts(suite, shown),
    ...sigs.flatMap(([sig, tests]) => section(sig, tests, shown)),
  ].join('\n');
}

const introduction = `Kubernetes calls a cluster conformant that passes the tests of its conformance suite. A real cluster runs pods; ours simulates what
is in them, so that it can show a part of the suite alone. This page says which. Each test of ours in \`test/conformance\` has the very
name of the one whose described behaviour it shows, in code of our own; those for kubectl need a real one on the \`PATH\`, and are skipped
without. What the kubelet decides (when containers start, what they are told, what becomes of them) is shown on simulated containers; what
only a real one shows (a network that carries, a kernel that forbids) is a gap.

Made by \`node tools/conformance/main.ts\` from \`tools/conformance/suite.tsv\` and the names in the test files; not to be changed by hand.`;

function counts(suite: readonly SuiteTest[], shown: ReadonlyMap<string, string>): string[] {
  const row = (title: string, needs: string, tests: readonly SuiteTest[]) => {
    const found = tests.filter(({ name }) => shown.has(name)).length;
    return `| ${title} | ${needs} | ${tests.length} | ${found} | ${tests.length - found} |`;
  };
  const letters = Object.keys(classes) as Class[];
  return [
    '| class | needs | tests | shown | gaps |',
    '|---|---|---:|---:|---:|',
    ...letters.map((letter) =>
      row(
        letter,
        classes[letter],
        suite.filter((test) => test.class === letter),
      ),
    ),
    row('all', '', suite),
    '',
  ];
}

function section(sig: string, tests: readonly SuiteTest[], shown: ReadonlyMap<string, string>): string[] {
  const found = tests.filter(({ name }) => shown.has(name)).length;
  return [
    `## ${sig}: ${found} of ${tests.length}`,
    '',
    '| test | class | state |',
    '|---|---|---|',
    ...tests.map((test) => `| ${titleOf(test)} | ${test.class} | ${stateOf(test, shown)} |`),
    '',
  ];
}

function stateOf(test: SuiteTest, shown: ReadonlyMap<string, string>): string {
  const file = shown.get(test.name);
  return file === undefined ? `gap: ${cell(whyMissing(test))}` : `shown by [${file}](../../test/conformance/${file})`;
}

/** Without what the heading says and all have. */
const titleOf = ({ name }: SuiteTest): string => cell(name.replace(/^\[sig-[^\]]+\] /, '').replace(' [Conformance]', ''));

/** Text that a table's cell holds as it is. */
const cell = (text: string): string => text.replaceAll(/[|<[\]*_`\\]/g, '\\$&');
