import { reportOn } from '../../snapshots/report.ts';
import { reportLines } from '../../snapshots/report-text.ts';
import { wantsJson } from '../command.ts';
import { withSnapshot } from './snapshot-file.ts';
import type { SnapshotInvocation } from './snapshot.ts';

export async function inspectFile(invocation: SnapshotInvocation, [path = '']: readonly string[]): Promise<number> {
  const { flags, io } = invocation;
  io.progress('Reading');
  const report = await withSnapshot(path, invocation, reportOn);
  if (wantsJson(flags.output)) io.out(JSON.stringify(report, null, 2));
  else for (const line of reportLines(report, { namespaces: flags.namespaces })) io.out(line);
  return 0;
}
