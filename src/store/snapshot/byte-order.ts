import type { Key } from '../store.ts';

/** Keys as bbolt orders them: byte by byte, the shorter first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The same of two ranges of one array, which costs no views of it. */
export function compareRanges(bytes: Uint8Array, a: number, aLength: number, b: number, bLength: number): number {
  const shorter = Math.min(aLength, bLength);
  for (let i = 0; i < shorter; i++) {
    const difference = bytes[a + i]! - bytes[b + i]!;
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}

/** Bytes as a string of one code unit each, which is how the store holds keys. */
export function keyOfBytes(bytes: Uint8Array): Key {
  // A handful of thousand arguments is what every engine takes.
  if (bytes.length <= 4096) return String.fromCharCode(...bytes);
  let key = '';
  for (let i = 0; i < bytes.length; i += 4096) key += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return key;
}

export function bytesOfKey(key: Key): Uint8Array {
  const bytes = new Uint8Array(key.length);
  for (let i = 0; i < key.length; i++) bytes[i] = key.charCodeAt(i);
  return bytes;
}
