import type { Arguments, Flags } from './arguments.ts';
import type { Session } from './session.ts';

/** Something that a person types. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly flags?: Flags;
  /** Its lines go to `print`; it rejects with UsageError or ApiError for what the person did wrong. */
  run(session: Session, given: Arguments, input: string, print: Print): Promise<void>;
  /** May run beside the next commands, with `&` at its end. */
  readonly background?: boolean;
}

export type Print = (line: string) => void;

export const namespaceFlags: Flags = { '-n': 'value' };

export const namespaceOf = (given: Arguments): string => given.flag('-n') ?? 'default';
