import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryFiles } from '../../machine/memory/files.ts';
import { ByteWriter } from './byte-writer.ts';
import { type ChainEnd, beginFrame, sealFrame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';

const idSeed = 1234;
const start: ChainEnd = { number: 5, chain: 99 };

/** Frames one after another, and where each begins. */
function framesOf(payloads: readonly Uint8Array[], seed = idSeed): { bytes: Uint8Array; offsets: number[] } {
  const chunks: Uint8Array[] = [];
  const offsets: number[] = [];
  let end = start;
  let length = 0;
  for (const payload of payloads) {
    const writer = new ByteWriter();
    beginFrame(writer);
    for (const byte of payload) writer.uint8(byte);
    end = sealFrame(writer, seed, end);
    offsets.push(length);
    chunks.push(writer.bytes().slice());
    length += writer.length;
  }
  const bytes = new Uint8Array(length);
  for (const [i, chunk] of chunks.entries()) bytes.set(chunk, offsets[i]);
  return { bytes, offsets };
}

async function readerOver(...chunks: readonly Uint8Array[]): Promise<FrameReader> {
  const file = await new MemoryFiles().open('/frames', { write: true, create: true });
  await file.write(chunks, 0);
  return FrameReader.over(file, { idSeed, offset: 0, next: start });
}

const payloads = [1, 2, 3, 4].map((byte) => new Uint8Array(byte * 10).fill(byte));

test('next() gives the frames in order, then the end, for ever', async () => {
  const { bytes, offsets } = framesOf(payloads);
  const reader = await readerOver(bytes, new Uint8Array(100));
  for (const [i, payload] of payloads.entries()) {
    const frame = await reader.next();
    assert.ok(frame.kind === 'frame');
    assert.equal(frame.offset, offsets[i]);
    assert.deepEqual([...frame.payload], [...payload]);
  }
  assert.deepEqual(await reader.next(), { kind: 'end', offset: bytes.length });
  assert.deepEqual(await reader.next(), { kind: 'end', offset: bytes.length });
  assert.equal(reader.chainEnd.number, 9);
});

test('frames larger than what is read at a time are read whole', async () => {
  const large = [new Uint8Array(5_000_000).fill(1), new Uint8Array(3).fill(2), new Uint8Array(9_000_000).fill(3)];
  const reader = await readerOver(framesOf(large).bytes);
  for (const payload of large) {
    const frame = await reader.next();
    assert.ok(frame.kind === 'frame' && frame.payload.length === payload.length && frame.payload.at(-1) === payload[0]);
  }
  assert.equal((await reader.next()).kind, 'end');
});

test('a frame of another store, out of order or left out is damage', async () => {
  assert.equal((await (await readerOver(framesOf(payloads, 77).bytes)).next()).kind, 'damage');
  const { bytes, offsets } = framesOf(payloads);
  const reader = await readerOver(bytes.subarray(0, offsets[1]), bytes.subarray(offsets[2]));
  await reader.next();
  const frame = await reader.next();
  assert.ok(frame.kind === 'damage' && frame.offset === offsets[1] && /record 7 stands where 6 was expected/.test(frame.problem));
});

test('hasLaterFrame() finds a whole frame behind damage, however far', async () => {
  const { bytes, offsets } = framesOf([...payloads, new Uint8Array(10_000_000).fill(0x46), ...payloads]);
  bytes[offsets[4]! + 30]! ^= 1;
  const reader = await readerOver(bytes);
  for (let i = 0; i < 4; i++) await reader.next();
  assert.equal((await reader.next()).kind, 'damage');
  assert.equal(await reader.hasLaterFrame(), true);
});

test('hasLaterFrame() finds none in half a frame, in earlier frames, or in bytes that only look like one', async () => {
  const { bytes, offsets } = framesOf(payloads);
  const torn = bytes.slice(offsets[3]);
  const lookalike = new TextEncoder().encode('FRAM'.repeat(2_000_000));
  const reader = await readerOver(bytes.subarray(0, offsets[3]), torn.subarray(0, -5), bytes.subarray(0, offsets[3]), lookalike);
  for (let i = 0; i < 3; i++) assert.equal((await reader.next()).kind, 'frame');
  assert.equal((await reader.next()).kind, 'damage');
  assert.equal(await reader.hasLaterFrame(), false);
});
