/** `slipway machine` as a person uses it: the built program and a daemon. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { person } from './launcher.ts';

const root = resolve(import.meta.dirname, '../..');
const program = [process.execPath, join(root, 'dist/slipway.js')];

describe('slipway machine', () => {
  before(() => {
    execFileSync(process.execPath, ['tools/build.ts'], { cwd: root, stdio: 'inherit' });
  });

  test('lists machines, workers and simulated ones in numbers, and switches their power', async () => {
    await using someone = person(program);
    assert.match((await someone.slipway('machine list')).stderr, /there is no cluster "slipway"/);
    const up = await someone.slipway('up --workers 1 --sim-nodes 2');
    assert.equal(up.code, 0, up.stderr);
    const list = async () =>
      (await someone.slipway('machine list')).stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ +/));
    const allOn = [
      ['NAME', 'POWER'],
      ['slipway-control-plane', 'on'],
      ['slipway-worker', 'on'],
      ['slipway-sim-1', 'on'],
      ['slipway-sim-2', 'on'],
    ];
    assert.deepEqual(await list(), allOn);
    assert.equal((await someone.slipway('machine power-off slipway-worker')).stdout, 'Machine "slipway-worker" is off.\n');
    assert.deepEqual((await list())[2], ['slipway-worker', 'off']);
    assert.equal((await someone.slipway('machine power-on slipway-worker')).stdout, 'Machine "slipway-worker" is on.\n');
    assert.deepEqual(await list(), allOn);
    const nobody = await someone.slipway('machine power-off nobody');
    assert.deepEqual([nobody.code, nobody.stderr], [1, 'slipway machine: there is no simulated node "nobody"\n']);
    assert.equal((await someone.slipway('machine power-off')).code, 2);
    assert.equal((await someone.slipway('machine reboot slipway-worker')).code, 2);
    const other = await someone.slipway('up --sim-nodes 3');
    assert.match(other.stderr, /is there already and has 2 more simulated nodes/);
    await someone.slipway('stop');
    assert.match((await someone.slipway('machine list')).stderr, /does not run; 'slipway start --name slipway' starts it/);
  });

  test('a number of nodes that is none is refused', async () => {
    await using someone = person(program);
    const { code, stderr } = await someone.slipway('up --sim-nodes -1');
    assert.equal(code, 2);
    assert.match(stderr, /--sim-nodes must be between 0 and 10000/);
  });
});
