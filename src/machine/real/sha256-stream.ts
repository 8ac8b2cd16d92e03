import { createHash } from 'node:crypto';

/** SHA-256 of bytes as they come, by the machine's own library. */
export function sha256Stream(): { update(bytes: Uint8Array): void; digest(): Uint8Array } {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), digest: () => new Uint8Array(hash.digest()) };
}
