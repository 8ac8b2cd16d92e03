/** What `npm pack` makes, installed into an empty project under plain Node: no source, no compiler, no dependency. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runProgram, type RunOptions } from './kubectl.ts';
import { person } from './launcher.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'slipway-package-'));
const project = join(folder, 'project');
const environment = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };

async function ok(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, args, { environment, timeoutMs: 120_000, ...options });
  assert.equal(code, 0, `${program} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

describe('the package', () => {
  let tarball: string;
  before(async () => {
    mkdirSync(project);
    const [packed] = JSON.parse(await ok('npm', ['pack', '--json', '--silent', '--pack-destination', folder], { cwd: root })) as [
      { filename: string },
    ];
    tarball = join(folder, packed.filename);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'mine', private: true, type: 'module' }));
    await ok('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', tarball], { cwd: project });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('holds what runs and nothing else', async () => {
    const files = (await ok('tar', ['tzf', tarball])).trim().split('\n');
    for (const file of files)
      assert.match(
        file,
        /^package\/(package\.json|LICENSE|README\.md|CHANGELOG\.md|dist\/(THIRD-PARTY-LICENSES|(chunks\/)?[\w-]+\.js|types\/.+\.d\.ts))$/,
      );
    assert.ok(statSync(tarball).size < 2_000_000, `${statSync(tarball).size} bytes`);
    assert.deepEqual(Object.keys(JSON.parse(await ok('npm', ['ls', '--json', '--all'], { cwd: project })).dependencies), ['slipway']);
  });

  test('npx slipway up, status and down', async () => {
    await using someone = person(['npx', 'slipway'], { PATH: environment.PATH }, project);
    const { code, stdout, stderr } = await someone.slipway('up');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /npx slipway status/);
    assert.equal((await someone.slipway('status')).code, 0);
    assert.equal((await someone.slipway('down')).code, 0);
  });

  test('starts a cluster from JavaScript', async () => {
    const program = `import { startCluster } from 'slipway';
await using cluster = await startCluster({ workers: 1 });
console.log(cluster.server, cluster.kubeconfig.includes('current-context: slipway'));`;
    writeFileSync(join(project, 'program.js'), program);
    assert.match(await ok(process.execPath, ['program.js'], { cwd: project }), /^https:\/\/127\.0\.0\.1:\d+ true$/m);
  });

  test('its typings hold without any other package', async () => {
    const program = `import { startCluster, type Cluster } from 'slipway';
const cluster: Cluster = await startCluster({ workers: 1, runtimeConfig: { 'api/beta': 'true' } });
const server: string = cluster.server;
await cluster.stop();
// @ts-expect-error: workers is a number
await startCluster({ workers: server });
`;
    writeFileSync(join(project, 'program.ts'), program);
    const flags = [
      '--noEmit',
      '--strict',
      '--target',
      'es2024',
      '--lib',
      'es2024,esnext.disposable,dom',
      '--module',
      'nodenext',
      'program.ts',
    ];
    await ok(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...flags], { cwd: project });
  });
});
