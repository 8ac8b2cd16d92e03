import { bigEndianBytes, padMessage } from './sha256.ts';

/** SHA-1 in plain code (FIPS 180-4). For names and WebSocket handshakes; it protects nothing any more. */
export function sha1(data: Uint8Array): Uint8Array {
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const schedule = new Uint32Array(80);
  const padded = padMessage(data);
  const view = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) schedule[i] = view.getUint32(at + 4 * i);
    for (let i = 16; i < 80; i++) schedule[i] = rotate(schedule[i - 3]! ^ schedule[i - 8]! ^ schedule[i - 14]! ^ schedule[i - 16]!, 1);
    compress(state, schedule);
  }
  return bigEndianBytes(state);
}

const rotate = (word: number, by: number) => (word << by) | (word >>> (32 - by));

function compress(state: Uint32Array, schedule: Uint32Array): void {
  let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
  for (let i = 0; i < 80; i++) {
    const [mixed, constant] = round(i, b, c, d);
    [e, d, c, b, a] = [d, c, rotate(b, 30), a, (rotate(a, 5) + mixed + e + constant + schedule[i]!) | 0];
  }
  for (const [i, word] of [a, b, c, d, e].entries()) state[i]! += word;
}

function round(i: number, b: number, c: number, d: number): [number, number] {
  if (i < 20) return [(b & c) | (~b & d), 0x5a827999];
  if (i < 40) return [b ^ c ^ d, 0x6ed9eba1];
  if (i < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
  return [b ^ c ^ d, 0xca62c1d6];
}
