/** `exit`: unwinds to the shell that is left. */
export class ShellExit extends Error {
  override name = 'ShellExit';
  readonly status: number;

  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}

/** `break` and `continue`. */
export class LoopJump extends Error {
  override name = 'LoopJump';
  readonly leaves: boolean;

  constructor(leaves: boolean) {
    super(leaves ? 'break' : 'continue');
    this.leaves = leaves;
  }
}
