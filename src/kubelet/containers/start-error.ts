/** A container could not be started. `reason` stands in its status: `ErrImagePull`, `CreateContainerConfigError`. */
export class StartError extends Error {
  override name = 'StartError';
  readonly reason: string;
  /** After how long to try again; undefined where only a change would help, or an event will tell. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, message: string, retryAfterMs?: number) {
    super(message);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}
