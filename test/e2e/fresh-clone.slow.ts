/** From a clone, on what the machine has: `npm start`, kubectl, and gone again. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { test } from 'node:test';
import { findKubectls, runProgram } from './kubectl.ts';
import { person } from './launcher.ts';

const root = resolve(import.meta.dirname, '../..');
/** Without what `npm run` and our own tools put in front: the Node of a bare machine is the system's. */
const systemPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);

test('npm start in a fresh clone brings up a cluster, and says so the second time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-clone-'));
  const clone = join(folder, 'slipway');
  const cloned = await runProgram('git', ['clone', '--quiet', root, clone]);
  assert.equal(cloned.code, 0, cloned.stderr);
  try {
    await using someone = person([join(clone, 'slipway')], { PATH: systemPath, npm_config_cache: join(folder, 'npm') });
    const start = () =>
      runProgram('npm', ['start', '--', '--workers', '1'], { cwd: clone, environment: someone.environment, timeoutMs: 300_000 });
    const first = await start();
    assert.equal(first.code, 0, first.stdout + first.stderr);
    assert.match(first.stdout, /^Cluster "slipway" is up\.$/m);
    assert.match(first.stdout, /^ {2}\.\/slipway down /m);
    assert.match((await start()).stdout, /^Cluster "slipway" is running already\.$/m);
    const [kubectl] = findKubectls();
    if (kubectl) {
      const { code, stdout, stderr } = await runProgram(kubectl.path, ['get', 'nodes', '-o', 'name'], { environment: someone.environment });
      assert.equal(code, 0, stderr);
      assert.equal(stdout, 'node/slipway-control-plane\nnode/slipway-worker\n');
    }
    assert.match((await someone.slipway('down')).stdout, /is gone/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
