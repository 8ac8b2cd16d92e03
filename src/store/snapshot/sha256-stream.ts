/** A SHA-256 of bytes as they come. The machine's own, since files are large. */
export interface Sha256Stream {
  update(bytes: Uint8Array): void;
  /** Ends it. */
  digest(): Uint8Array;
}

export type NewSha256 = () => Sha256Stream;
