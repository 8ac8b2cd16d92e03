import { concatBytes, fromBase64, toBase64, utf8 } from '../bytes.ts';

export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY` … */
  readonly label: string;
  readonly der: Uint8Array;
}

/** One block, its base64 in lines of 64, with the final newline. */
export function pemText(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.map((line) => `${line}\n`).join('')}-----END ${label}-----\n`;
}

/** All well-formed blocks, in order. Text between them is skipped, as are blocks whose content is no base64 (Go's pem.Decode). */
export function readPem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  const pattern = /^-----BEGIN ([^\n\r]*?)-----[ \t]*\r?\n([^]*?)^-----END \1-----[ \t]*\r?$/gm;
  for (const [, label, body] of text.matchAll(pattern)) {
    const der = decodeBody(body!);
    if (der) blocks.push({ label: label!, der });
  }
  return blocks;
}

/** Header lines (`Proc-Type: …`) end at the empty line; keys that have them are encrypted, and skipped here like anything unreadable. */
function decodeBody(body: string): Uint8Array | undefined {
  if (body.includes(':')) return undefined;
  try {
    return fromBase64(body.replace(/\s+/g, ''));
  } catch {
    return undefined;
  }
}

/** The first block with one of the labels. */
export const findPem = (text: string, ...labels: readonly string[]): Uint8Array | undefined =>
  readPem(text).find(({ label }) => labels.includes(label))?.der;

/** Several PEM texts one after the other, as bytes for a file. */
export const pemFile = (...texts: readonly string[]): Uint8Array => concatBytes(texts.map(utf8));
