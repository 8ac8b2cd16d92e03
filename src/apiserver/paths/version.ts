import { jsonAnswer, isRead } from './answer.ts';
import type { PathHandler } from '../ports.ts';

/** version.Info of apimachinery, members in the order in which they are written. */
export interface VersionInfo {
  readonly major: string;
  readonly minor: string;
  readonly emulationMajor: string;
  readonly emulationMinor: string;
  readonly minCompatibilityMajor: string;
  readonly minCompatibilityMinor: string;
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  /** RFC 3339. */
  readonly buildDate: string;
  readonly goVersion: string;
  readonly compiler: string;
  readonly platform: string;
}

/** The release whose behaviour this server has. There is no Go in it; clients only show these texts. */
export const kubernetesVersion: VersionInfo = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.0',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2026-04-22T00:00:00Z',
  goVersion: 'go1.26',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** `/version`, indented as upstream does it. */
export function versionPath(info: VersionInfo = kubernetesVersion): PathHandler {
  const answer = jsonAnswer(info, 2);
  return (call) => (isRead(call) && (call.path === '/version' || call.path === '/version/') ? answer : undefined);
}
