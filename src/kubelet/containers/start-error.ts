/** A container could not be started. `reason` stands in its status: `ErrImagePull`, `CreateContainerConfigError`. */
export class StartError extends Error {
  override name = 'StartError';
  readonly reason: string;
  /** After how long to try again. */
  readonly retryAfterMs: number;

  constructor(reason: string, message: string, retryAfterMs: number) {
    super(message);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}
