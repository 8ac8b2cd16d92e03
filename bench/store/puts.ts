/**
 * What the embedded store costs on this machine's disk: `npm run bench -- store`.
 * The folder's disk is what is measured; a temporary one when absent.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/base/log.ts';
import { seededRng } from '../../src/base/rng.ts';
import { realClock } from '../../src/machine/real/clock.ts';
import { realFiles } from '../../src/machine/real/files.ts';
import { EmbeddedStore } from '../../src/store/embedded-store.ts';
import { type Store, prefixRange } from '../../src/store/store.ts';
import { keep, tableOf } from '../report.ts';

const env = { clock: realClock, rng: seededRng(1), log: silentLog };
const keyCount = 100_000;
const valueBytes = 256;
const secondsPerRow = 3;

const root = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'slipway-bench-'));
try {
  const sections = [
    { heading: 'Durable puts', rows: await putRates() },
    { heading: 'Puts under watches', rows: await watchRates() },
    { heading: 'Loading and opening', rows: await loadAndOpen() },
  ];
  keep('store', sections.map(({ heading, rows }) => `## ${heading}\n\n${tableOf(rows)}`).join('\n\n'));
} finally {
  await rm(root, { recursive: true });
}

async function putRates() {
  const rows = [];
  for (const writers of [1, 16, 64, 256]) {
    await using store = await open(`rate-${writers}`);
    const latenciesMs: number[] = [];
    await putFor(store, { writers, seconds: 0.5, latenciesMs: [] });
    const startMs = performance.now();
    await putFor(store, { writers, seconds: secondsPerRow, latenciesMs });
    const seconds = (performance.now() - startMs) / 1000;
    latenciesMs.sort((a, b) => a - b);
    const at = (part: number) => Number(latenciesMs[Math.floor(latenciesMs.length * part)]?.toFixed(2));
    rows.push({
      writers,
      'puts/s': Math.round(latenciesMs.length / seconds),
      'p50 ms': at(0.5),
      'p99 ms': at(0.99),
      'max ms': at(0.99999),
    });
  }
  return rows;
}

/** Each writer puts again as soon as its put is durable. */
async function putFor(store: Store, { writers, seconds, latenciesMs }: { writers: number; seconds: number; latenciesMs: number[] }) {
  const endMs = performance.now() + seconds * 1000;
  let next = 0;
  const value = new Uint8Array(valueBytes).fill(7);
  const write = async () => {
    while (performance.now() < endMs) {
      const startMs = performance.now();
      await store.txn({ success: [{ op: 'put', key: keyOf((next++ * 7919) % keyCount), value }] });
      latenciesMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
}

/** Puts of 64 writers under many watches: half of one key each, half of one namespace each. */
async function watchRates() {
  const rows = [];
  for (const watches of [0, 100, 10_000]) {
    await using store = await open(`watch-${watches}`);
    let events = 0;
    for (let i = 0; i < watches; i++) {
      const range = i % 2 === 0 ? { start: keyOf(i) } : prefixRange(`/registry/pods/namespace-${i % 100}/`);
      store.watch(range, { prevKv: true }, { events: (told) => void (events += told.length), end: () => {} });
    }
    const latenciesMs: number[] = [];
    await putFor(store, { writers: 64, seconds: secondsPerRow, latenciesMs });
    rows.push({ watches, 'puts/s': Math.round(latenciesMs.length / secondsPerRow), 'events/s': Math.round(events / secondsPerRow) });
  }
  return rows;
}

async function loadAndOpen() {
  const before = memoryMiB();
  const loadStartMs = performance.now();
  const rows = [];
  {
    await using store = await open('load');
    for (let i = 0; i < keyCount; i += 1000)
      await Promise.all(
        Array.from({ length: 1000 }, (_, j) =>
          store.txn({ success: [{ op: 'put', key: keyOf(i + j), value: new Uint8Array(valueBytes).fill(j) }] }),
        ),
      );
    const loaded = memoryMiB();
    const { sizeBytes, inUseBytes } = store.status();
    rows.push({ what: `load ${keyCount} keys of ${valueBytes} B`, ms: Math.round(performance.now() - loadStartMs) });
    rows.push({ what: 'memory of one key, value included (B)', bytes: Math.round(((loaded - before) * 2 ** 20) / keyCount) });
    rows.push({ what: 'of that in use by status() (B)', bytes: Math.round(inUseBytes / keyCount) });
    rows.push({ what: 'on disk (B)', bytes: Math.round(sizeBytes / keyCount) });
    const listStartMs = performance.now();
    await store.list({ start: '/', end: '0' });
    rows.push({ what: 'list them all', ms: Math.round(performance.now() - listStartMs) });
  }
  const openStartMs = performance.now();
  await using store = await open('load');
  rows.push({ what: `open with ${store.status().keys} keys`, ms: Math.round(performance.now() - openStartMs) });
  return rows;
}

function open(name: string): Promise<EmbeddedStore> {
  return EmbeddedStore.open({ files: realFiles, folder: join(root, name), env });
}

function keyOf(i: number): string {
  return `/registry/pods/namespace-${i % 100}/pod-with-a-name-${i}`;
}

function memoryMiB(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
