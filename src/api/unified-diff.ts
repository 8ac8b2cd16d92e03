/**
 * What differs between two values, as Kubernetes appends it to "… is immutable" sentences: a unified
 * diff of their JSON, three lines around each change, '' for equal ones (apimachinery's util/diff).
 */
export function valueDiff(one: unknown, other: unknown): string {
  return unifiedDiff(jsonLines(one), jsonLines(other));
}

const contextLines = 3;

type Edit = { readonly mark: ' ' | '-' | '+'; readonly text: string };

const jsonLines = (value: unknown): string[] => JSON.stringify(value ?? null, null, 1).split('\n');

/** Of lines; '' where they are the same. Takes time and memory with the product of both lengths. */
export function unifiedDiff(from: readonly string[], to: readonly string[]): string {
  const edits = editScript(from, to);
  return hunks(edits)
    .map(({ start, end }) => hunkText(edits, start, end))
    .join('');
}

/** The shortest way from one to the other, by a table of common subsequences: texts here are short. */
function editScript(from: readonly string[], to: readonly string[]): Edit[] {
  const width = to.length + 1;
  const common = new Uint32Array((from.length + 1) * width);
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      const here = i * width + j;
      common[here] = from[i] === to[j] ? common[here + width + 1]! + 1 : Math.max(common[here + width]!, common[here + 1]!);
    }
  }
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      edits.push({ mark: ' ', text: from[i++]! });
      j++;
    } else if (j === to.length || (i < from.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) {
      edits.push({ mark: '-', text: from[i++]! });
    } else edits.push({ mark: '+', text: to[j++]! });
  }
  return edits;
}

/** Ranges of edits around changes; those whose context touches are one. */
function hunks(edits: readonly Edit[]): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  edits.forEach(({ mark }, i) => {
    if (mark === ' ') return;
    const start = Math.max(0, i - contextLines);
    const end = Math.min(edits.length, i + contextLines + 1);
    const last = found.at(-1);
    if (last && start <= last.end) last.end = end;
    else found.push({ start, end });
  });
  return found;
}

function hunkText(edits: readonly Edit[], start: number, end: number): string {
  const count = (within: readonly Edit[], without: Edit['mark']) => within.filter(({ mark }) => mark !== without).length;
  const before = edits.slice(0, start);
  const inside = edits.slice(start, end);
  const range = (without: Edit['mark']) => {
    const length = count(inside, without);
    const first = count(before, without) + (length === 0 ? 0 : 1);
    return length === 1 ? `${first}` : `${first},${length}`;
  };
  const lines = inside.map(({ mark, text }) => `${mark}${text}\n`);
  return `@@ -${range('+')} +${range('-')} @@\n${lines.join('')}`;
}
