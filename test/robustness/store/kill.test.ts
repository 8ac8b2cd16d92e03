/** `kill -9` of a process that writes to a store on the real disk, again and again. `SLIPWAY_KILLS=100` makes the slow run. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '../../../src/base/log.ts';
import { seededRng } from '../../../src/base/rng.ts';
import { realClock } from '../../../src/machine/real/clock.ts';
import { realFiles } from '../../../src/machine/real/files.ts';
import { EmbeddedStore } from '../../../src/store/embedded-store.ts';
import { prefixRange } from '../../../src/store/store.ts';

const kills = Number(process.env['SLIPWAY_KILLS'] ?? 3);

test(`nothing that was answered is lost when the process is killed (${kills} times)`, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-kill-'));
  const rng = seededRng(kills);
  let answers = 0;
  try {
    for (let round = 0; round < kills; round++) {
      const answered = await killedAfter(20 + rng.below(3000), folder, round);
      answers += answered.count;
      await check(folder, answered);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  t.diagnostic(`${answers} writes were answered`);
  assert.ok(answers > 100 * kills, 'the children were killed before they wrote anything');
});

interface Answered {
  /** The last count that each writer was told is durable. */
  readonly counts: ReadonlyMap<string, number>;
  readonly revision: number;
  readonly count: number;
}

/** Runs a child until it has been answered so many writes, and kills it. */
async function killedAfter(writes: number, folder: string, seed: number): Promise<Answered> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.ts'), folder, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((done) => child.on('close', (code, signal) => done(signal ?? code)));
  let said = '';
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    lines += chunk.filter((byte) => byte === 0x0a).length;
    if (lines > writes) child.kill('SIGKILL');
  });
  assert.equal(await exited, 'SIGKILL', 'the child ended by itself');
  const counts = new Map<string, number>();
  let newest = 0;
  for (const line of said.split('\n').slice(0, -1)) {
    const [who = '', count, revision] = line.split(' ');
    counts.set(who, Number(count));
    newest = Math.max(newest, Number(revision));
  }
  counts.delete('open');
  return { counts, revision: newest, count: lines };
}

async function check(folder: string, answered: Answered): Promise<void> {
  await using store = await EmbeddedStore.open({ files: realFiles, folder, env: { clock: realClock, rng: seededRng(1), log: silentLog } });
  assert.ok(store.revision >= answered.revision, `the revision went back from ${answered.revision} to ${store.revision}`);
  const { entries } = await store.list(prefixRange(''));
  const stored = new Map(entries.map(({ key, value }) => [key, Number(new TextDecoder().decode(value))]));
  for (const [who, count] of answered.counts) {
    const a = stored.get(`a/${who.slice(1)}`) ?? -1;
    assert.ok(a >= count, `${who} was answered ${count}, but ${a} is stored`);
    assert.equal(stored.get(`b/${who.slice(1)}`), a, 'half a transaction');
  }
}
