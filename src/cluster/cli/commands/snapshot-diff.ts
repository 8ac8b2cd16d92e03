import { unifiedDiff } from '../../../api/unified-diff.ts';
import { stringifyYaml } from '../../../codec/yaml-write.ts';
import { sha256Stream } from '../../../machine/real/sha256-stream.ts';
import type { LiveKey } from '../../../store/snapshot/live-keys.ts';
import { recordAt } from '../../../store/snapshot/scan-snapshot.ts';
import type { SnapshotFile } from '../../../store/snapshot/snapshot-file.ts';
import { compareSnapshots, type Comparison, type Difference } from '../../snapshots/compare.ts';
import { keyOf } from '../../snapshots/object-index.ts';
import { decodeStoredValue, UnreadableValueError } from '../../snapshots/stored-value.ts';
import type { Decrypt } from '../../snapshots/decryption.ts';
import { wantsJson } from '../command.ts';
import { readDecryption } from '../decryption-config.ts';
import { withSnapshot } from './snapshot-file.ts';
import type { SnapshotInvocation } from './snapshot.ts';

export async function compareFiles(invocation: SnapshotInvocation, [one = '', other = '']: readonly string[]): Promise<number> {
  const { flags, io, given } = invocation;
  const decrypt = readDecryption(flags['decryption-config']);
  io.progress('Comparing');
  return withSnapshot(one, invocation, (before) =>
    withSnapshot(other, invocation, async (after) => {
      const comparison = await compareSnapshots(before, after, sha256Stream);
      const differences = comparison.differences.filter((each) => !given.has('namespace') || keyOf(each).namespace === flags.namespace);
      const details = (each: Difference) =>
        flags.unified
          ? inDetail(
              each,
              (one) => linesOf(before, one, decrypt),
              (one) => linesOf(after, one, decrypt),
            )
          : undefined;
      if (wantsJson(flags.output)) io.out(JSON.stringify(await asJson(comparison, differences, details), null, 2));
      else await print(comparison, differences, details, io.out);
      return 0;
    }),
  );
}

type Details = (difference: Difference) => Promise<string> | undefined;

const marks = { added: '+', removed: '-', changed: '~' } as const;

async function print(
  { revisions: [from, to], same }: Comparison,
  differences: readonly Difference[],
  details: Details,
  out: (line: string) => void,
): Promise<void> {
  for (const difference of differences) {
    const { resource, namespace, name } = keyOf(difference);
    out(`${marks[difference.change]} ${difference.type.kind || resource || 'key'} ${namespace ? `${namespace}/` : ''}${name}`);
    const detail = await details(difference);
    if (detail) for (const line of detail.trimEnd().split('\n')) out(line);
  }
  const count = (change: Difference['change']) => differences.filter((each) => each.change === change).length;
  out(`${count('added')} added, ${count('removed')} removed, ${count('changed')} changed, ${same} the same; revision ${from} to ${to}`);
}

async function asJson({ revisions, same }: Comparison, differences: readonly Difference[], details: Details): Promise<unknown> {
  const list = [];
  for (const difference of differences) {
    const { change, key, type } = difference;
    const detail = await details(difference);
    list.push({
      change,
      key,
      ...keyOf(difference),
      apiVersion: type.apiVersion,
      kind: type.kind,
      ...(detail !== undefined && { diff: detail }),
    });
  }
  return { revisions: { before: revisions[0], after: revisions[1] }, same, differences: list };
}

/** More would take minutes and a gigabyte to compare line by line. */
const mostCells = 20_000_000;

type LinesOf = (object: LiveKey<unknown>) => Promise<string[]>;

async function inDetail({ before: was, after: is, key }: Difference, linesBefore: LinesOf, linesAfter: LinesOf): Promise<string> {
  if (!was || !is) return '';
  try {
    const from = await linesBefore(was);
    const to = await linesAfter(is);
    if (from.length * to.length > mostCells) return `too long to be compared line by line: ${from.length} lines, and ${to.length}`;
    const diff = unifiedDiff(from, to);
    return diff === '' ? 'the same object, stored otherwise' : `--- ${key}\n+++ ${key}\n${diff}`;
  } catch (error) {
    if (error instanceof UnreadableValueError) return error.message;
    throw error;
  }
}

async function linesOf(file: SnapshotFile, { key, place, modRevision }: LiveKey<unknown>, decrypt: Decrypt): Promise<string[]> {
  const { value } = (await recordAt(file, place))!;
  return stringifyYaml(decodeStoredValue(decrypt(key, value), modRevision))
    .trimEnd()
    .split('\n');
}
