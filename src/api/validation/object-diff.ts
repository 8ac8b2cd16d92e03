const contextLines = 3;
/** Beyond so many pairs of lines the changed part is shown as replaced whole. */
const largestTable = 1_000_000;

/** A unified diff of the two values written as JSON, as error messages show what must not change. '' when they are the same. */
export function objectDiff(old: unknown, next: unknown): string {
  const before = lines(old);
  const after = lines(next);
  const steps = compare(before, after);
  const hunks = gather(steps);
  return hunks.map(hunkText).join('');
}

const lines = (value: unknown): string[] => JSON.stringify(sortKeys(value), undefined, 2).split('\n');

/** The order of keys is no difference. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

interface Step {
  readonly mark: ' ' | '-' | '+';
  readonly line: string;
}

function compare(before: readonly string[], after: readonly string[]): Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (part: readonly string[]) => part.map((line): Step => ({ mark: ' ', line }));
  return [
    ...same(before.slice(0, head)),
    ...compareMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

/** The longest common subsequence, by the usual table. */
function compareMiddle(before: readonly string[], after: readonly string[]): Step[] {
  const removed = (part: readonly string[]) => part.map((line): Step => ({ mark: '-', line }));
  const added = (part: readonly string[]) => part.map((line): Step => ({ mark: '+', line }));
  if (before.length * after.length > largestTable) return [...removed(before), ...added(after)];
  const width = after.length + 1;
  const longest = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const skip = Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
      longest[i * width + j] = before[i] === after[j] ? longest[(i + 1) * width + j + 1]! + 1 : skip;
    }
  }
  const steps: Step[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      steps.push({ mark: ' ', line: before[i]! });
      i++;
      j++;
    } else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) steps.push({ mark: '-', line: before[i++]! });
    else steps.push({ mark: '+', line: after[j++]! });
  }
  return [...steps, ...removed(before.slice(i)), ...added(after.slice(j))];
}

interface Hunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly steps: readonly Step[];
}

/** Changes with a few lines around each; what is near is one hunk. */
function gather(steps: readonly Step[]): Hunk[] {
  const near = steps.map((_, i) => steps.slice(Math.max(0, i - contextLines), i + contextLines + 1).some(({ mark }) => mark !== ' '));
  const hunks: Hunk[] = [];
  let [oldLine, newLine] = [1, 1];
  let current: Step[] | undefined;
  for (const [i, step] of steps.entries()) {
    if (!near[i]) current = undefined;
    else if (current) current.push(step);
    else hunks.push({ oldStart: oldLine, newStart: newLine, steps: (current = [step]) });
    if (step.mark !== '+') oldLine++;
    if (step.mark !== '-') newLine++;
  }
  return hunks;
}

function hunkText({ oldStart, newStart, steps }: Hunk): string {
  const count = (mark: Step['mark']) => steps.filter((step) => step.mark !== mark).length;
  const body = steps.map(({ mark, line }) => `${mark}${line}\n`).join('');
  return `@@ -${oldStart},${count('+')} +${newStart},${count('-')} @@\n${body}`;
}
