/** A pod's volumes cannot be had yet. Each message goes into a `FailedMount` event. */
export class MountError extends Error {
  override name = 'MountError';
  readonly messages: readonly string[];

  constructor(messages: readonly string[]) {
    super(messages.join('; '));
    this.messages = messages;
  }
}
