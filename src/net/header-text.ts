import { text, utf8 } from '../codec/bytes.ts';

// Headers are bytes, and Node shows each as one character. Go's programs put UTF-8 into them and take UTF-8 out.

/** What a header's value says. */
export const fromHeader = (value: string): string =>
  isAscii(value) ? value : text(Uint8Array.from(value, (character) => character.charCodeAt(0)));

/** A value, without control characters, as it goes into a header. */
export const toHeader = (value: string): string =>
  isAscii(value) ? value : Array.from(utf8(value), (byte) => String.fromCharCode(byte)).join('');

const isAscii = (value: string): boolean => /^[\x20-\x7e]*$/.test(value);
