import { concatBytes, utf8 } from '../../codec/bytes.ts';
import { CriError, type ExecSyncResult } from '../cri.ts';
import type { SimulatedContainer } from './container.ts';
import { execShell, type ProcessSurroundings } from './main-process.ts';
import type { Io } from './program/shell.ts';

/** Runs a command in a container that runs. Rejects with CriError where there is no such program, and when its time is up. */
export async function execCommand(
  container: SimulatedContainer,
  command: readonly string[],
  timeoutSeconds: number,
  surroundings: ProcessSurroundings,
): Promise<ExecSyncResult> {
  const shell = execShell(container.parts.config, command, surroundings);
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = { stdin: '', out: { to: 'text', chunks: out }, err: { to: 'text', chunks: err } };
  return new Promise((resolve, reject) => {
    let stop = () => {};
    const expire = () => {
      stop();
      reject(
        new CriError('DeadlineExceeded', `failed to exec in container: timeout ${timeoutSeconds}s exceeded: context deadline exceeded`),
      );
    };
    const cancelTimeout = timeoutSeconds > 0 ? surroundings.env.clock.after(timeoutSeconds * 1000, expire) : () => {};
    // It may have ended before this returns.
    stop = container.exec(shell.argvProgram(command, io), (exitCode) => {
      cancelTimeout();
      resolve({ exitCode, stdout: concatBytes(out.map(utf8)), stderr: concatBytes(err.map(utf8)) });
    });
  });
}
