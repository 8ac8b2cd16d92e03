/**
 * CRC-32C (Castagnoli), as iSCSI, ext4 and etcd use it, eight bytes at a step.
 * `seed` is the checksum of what came before: `crc32c(b, crc32c(a))` is that of a followed by b.
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  let crc = ~seed;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      tables[0x700 | (crc & 0xff)]! ^
      tables[0x600 | ((crc >>> 8) & 0xff)]! ^
      tables[0x500 | ((crc >>> 16) & 0xff)]! ^
      tables[0x400 | (crc >>> 24)]! ^
      tables[0x300 | bytes[at + 4]!]! ^
      tables[0x200 | bytes[at + 5]!]! ^
      tables[0x100 | bytes[at + 6]!]! ^
      tables[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = tables[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Eight tables in one: entry `k << 8 | b` is the effect of byte `b` followed by `k` zero bytes. */
const tables = makeTables();

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    made[byte] = crc;
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256]!;
    made[at] = made[before & 0xff]! ^ (before >>> 8);
  }
  return made;
}
