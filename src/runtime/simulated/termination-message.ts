import type { ContainerFiles } from './container-files.ts';

/** As upstream: longer ones are cut. */
const longestMessage = 4096;
const longestFromLog = 2048;
const mostLines = 80;

/**
 * What a container says of its end: the file that its `terminationMessagePath` names, or the end of its
 * log where its policy is FallbackToLogsOnError, it has failed, and it has written no such file. The
 * kubelet names both in the container's annotations.
 */
export class TerminationMessage {
  readonly #path: string;
  readonly #keepsLog: boolean;
  #log = '';

  constructor(annotations: Readonly<Record<string, string>>) {
    this.#path = annotations['io.kubernetes.container.terminationMessagePath'] ?? '/dev/termination-log';
    this.#keepsLog = annotations['io.kubernetes.container.terminationMessagePolicy'] === 'FallbackToLogsOnError';
  }

  printed(text: string): void {
    if (this.#keepsLog) this.#log = (this.#log + text).slice(-longestFromLog);
  }

  /** '' for none. `files` is undefined where no program has touched any. */
  textAt(exitCode: number, files: ContainerFiles | undefined): string {
    const written = files?.own(this.#path) ?? '';
    if (written !== '' || exitCode === 0) return written.slice(0, longestMessage);
    return this.#log
      .split('\n')
      .slice(-mostLines - 1)
      .join('\n');
  }
}
