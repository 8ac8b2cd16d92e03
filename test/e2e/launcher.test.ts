/** `slipway` as a person uses it: the built program, daemons, a kubeconfig of their own. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { person } from './launcher.ts';
import { runProgram } from './kubectl.ts';

const root = resolve(import.meta.dirname, '../..');
const program = [process.execPath, join(root, 'dist/slipway.js')];
const contextsIn = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^ {2}name: (slipway\S*)$/gm)].map(([, name]) => name!);

describe('slipway', () => {
  before(() => {
    execFileSync(process.execPath, ['tools/build.ts'], { cwd: root, stdio: 'inherit' });
  });

  test('up, status, list, stop, start and down', async () => {
    await using someone = person(program);
    const up = await someone.slipway('up --workers 1');
    assert.equal(up.code, 0, up.stderr);
    assert.match(up.stdout, /^Cluster "slipway" is up\.$/m);
    assert.match(up.stdout, /slipway-control-plane, slipway-worker \(simulated\)/);
    assert.match((await someone.slipway('up')).stdout, /^Cluster "slipway" is running already\.$/m);
    assert.match(readFileSync(someone.kubeconfig, 'utf8'), /^current-context: slipway$/m);

    const { server, status } = await someone.json('status');
    assert.equal(status, 'ready');
    assert.equal((await someone.slipway('stop')).code, 0);
    assert.equal((await someone.slipway('status')).code, 3);
    assert.equal((await someone.slipway('start')).code, 0);
    assert.equal((await someone.json('status'))['server'], server);
    assert.match((await someone.slipway('list')).stdout, /^slipway +running +https:\/\/127\.0\.0\.1:\d+ +2 /m);
    assert.match((await someone.slipway('logs --tail 1')).stdout, /"Ready"/);

    assert.match((await someone.slipway('down')).stdout, /is gone, and out of/);
    assert.deepEqual(contextsIn(someone.kubeconfig), []);
    assert.equal(existsSync(join(someone.home, 'clusters/slipway')), false);
    assert.match((await someone.slipway('down')).stdout, /There is no cluster/);
  });

  test('two clusters at once, and the kubeconfig of others is left alone', async () => {
    await using someone = person(program);
    mkdirSync(join(someone.home, '.kube'));
    const theirs = { apiVersion: 'v1', kind: 'Config', contexts: [{ name: 'work', context: { cluster: 'w', user: 'u' } }], extra: 1 };
    writeFileSync(someone.kubeconfig, JSON.stringify(theirs));
    const both = await Promise.all([someone.slipway('up --name a'), someone.slipway('up --name b')]);
    assert.deepEqual(
      both.map(({ code, stderr }) => ({ code, stderr })),
      [
        { code: 0, stderr: '' },
        { code: 0, stderr: '' },
      ],
    );
    const config = readFileSync(someone.kubeconfig, 'utf8');
    assert.match(config, /name: work/);
    assert.match(config, /^extra: 1$/m);
    assert.ok(config.includes('slipway-a') && config.includes('slipway-b'));
    await someone.slipway('down --name a');
    assert.equal((await someone.json('status --name b'))['status'], 'ready');
  });

  test('a daemon that was killed is started again with what it had', async () => {
    await using someone = person(program);
    await someone.slipway('up');
    const pid = someone.daemonPid('slipway');
    process.kill(pid, 'SIGKILL');
    while (existsSync(`/proc/${pid}/fd`)) await new Promise((done) => setTimeout(done, 10));
    assert.equal((await someone.slipway('status')).code, 3);
    const { stdout, stderr } = await someone.slipway('start');
    assert.match(stdout, /runs again/, stderr);
    assert.ok(Number((await someone.json('status'))['revision']) > 100);
  });

  test('an up that was killed half-way is finished by the next', async () => {
    for (const afterMs of [90, 160, 230]) {
      await using someone = person(program);
      const first = spawn(program[0]!, [program[1]!, 'up', '--workers', '1'], { env: someone.environment, stdio: 'ignore' });
      await new Promise((done) => setTimeout(done, afterMs));
      first.kill('SIGKILL');
      await once(first, 'exit');
      const again = await someone.slipway('up');
      assert.equal(again.code, 0, again.stderr);
      assert.equal((await someone.json('status'))['status'], 'ready');
    }
  });

  test("a config file in kind's format, with what has no meaning here named", async () => {
    await using someone = person(program);
    const config = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
name: kinded
networking: {disableDefaultCNI: true, serviceSubnet: 10.77.0.0/16}
nodes: [{role: control-plane}, {role: worker, labels: {tier: front}}]
`;
    const { code, stdout, stderr } = await someone.slipway('up --config - -o json', { stdin: config });
    assert.equal(code, 0, stderr);
    assert.equal(stderr, 'Warning: networking.disableDefaultCNI has no meaning on simulated nodes and is ignored\n');
    assert.deepEqual(JSON.parse(stdout).nodes, ['kinded-control-plane', 'kinded-worker']);
    const other = await someone.slipway('up --name kinded --workers 3');
    assert.match(other.stderr, /is there already and has 1 workers/);
  });

  test('flags of the control plane come from kubeadmConfigPatches, and are obeyed at every start', async () => {
    await using someone = person(program);
    const config = (flag: string) => `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
name: flagged
kubeadmConfigPatches:
- |
  kind: ClusterConfiguration
  controllerManager:
    extraArgs: {pod-eviction-timeout: 5s}
  apiServer:
    extraArgs: {${flag}}
`;
    const wrong = await someone.slipway('up --config -', { stdin: config('service-node-port-range: 31009-31000') });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /kube-apiserver: --service-node-port-range: end port cannot be less than start port: 31009-31000\n/);
    const right = config('service-node-port-range: 31000-31009');
    const { code, stderr } = await someone.slipway('up --config -', { stdin: right });
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^Warning: kube-controller-manager --pod-eviction-timeout has no effect: .*--default-unreachable-toleration-seconds/,
    );
    assert.equal((await someone.slipway('stop --name flagged')).code, 0);
    assert.equal((await someone.slipway('start --name flagged')).code, 0);
    assert.match((await someone.slipway('logs --name flagged')).stdout, /(pod-eviction-timeout has no effect[^]*){2}/);
    const other = await someone.slipway('up --config -', { stdin: config('event-ttl: 5m') });
    assert.match(other.stderr, /is there already and has other flags of its components/);
  });

  test('in the foreground until interrupted', async () => {
    await using someone = person(program);
    const child = spawn(program[0]!, [program[1]!, 'up', '--foreground'], {
      env: someone.environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    assert.match((await someone.slipway('up --foreground')).stderr, /runs already, in process \d+/);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.match((await someone.slipway('list')).stdout, /^slipway +stopped/m);
  });

  test('what cannot be done is refused with a sentence, and leaves nothing behind', async () => {
    await using someone = person(program);
    await using blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    const cases: readonly (readonly [line: string, code: number, says: RegExp])[] = [
      ['up --nodes real', 2, /nodes with real containers are not there yet/],
      ['up --control-planes 3', 2, /more than one control plane needs a real etcd cluster/],
      ['up --frob', 2, /unknown flag: --frob/],
      ['up --name A', 2, /is not a valid cluster name/],
      ['up -o yaml', 2, /--output must be text or json/],
      ['up --config /nowhere', 1, /cannot read \/nowhere/],
      ['frob', 2, /unknown command "frob"/],
      ['status', 1, /there is no cluster "slipway"/],
    ];
    for (const [line, code, says] of cases) {
      const ran = await someone.slipway(line);
      assert.equal(ran.code, code, line);
      assert.match(ran.stderr, says);
    }
    assert.match((await someone.slipway('list')).stdout, /There are no clusters/);
    const taken = await someone.slipway(`up --api-port ${port}`);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, new RegExp(`port ${port} on 127.0.0.1 is in use by another program`));
    assert.equal((await someone.slipway('up')).code, 1, 'the port is still wanted, and taken');
    assert.equal((await someone.slipway('up --workers 1')).code, 0, 'what never ran may be begun anew');
  });

  test('a kubeconfig that is none stops up before anything is made, and does not keep a cluster alive', async () => {
    await using someone = person(program);
    mkdirSync(join(someone.home, '.kube'));
    writeFileSync(someone.kubeconfig, 'a: [');
    assert.match((await someone.slipway('up')).stderr, /is not a kubeconfig and was left as it is/);
    assert.match((await someone.slipway('list')).stdout, /There are no clusters/);
    assert.equal((await someone.slipway(`up --kubeconfig ${join(someone.home, 'own')}`)).code, 0);
    writeFileSync(join(someone.home, 'own'), 'a: [');
    const { code, stdout, stderr } = await someone.slipway('down');
    assert.equal(code, 0);
    assert.match(stderr, /^Warning: .* is not a kubeconfig/);
    assert.match(stdout, /is gone\.$/m);
    assert.equal(readFileSync(join(someone.home, 'own'), 'utf8'), 'a: [');
  });

  test('down removes no folder that Slipway did not make', async () => {
    await using someone = person(program);
    mkdirSync(join(someone.home, 'clusters/precious'), { recursive: true });
    writeFileSync(join(someone.home, 'clusters/precious/file'), '');
    assert.match((await someone.slipway('down --name precious')).stderr, /was not made by Slipway/);
    assert.ok(existsSync(join(someone.home, 'clusters/precious/file')));
  });

  test('data stands where it was asked to, and goes with the cluster', async () => {
    await using someone = person(program);
    await someone.slipway('up --data-dir data');
    assert.ok(existsSync(join(someone.home, 'data/slipway-slipway')));
    await someone.slipway('down');
    assert.ok(existsSync(join(someone.home, 'data')) && !existsSync(join(someone.home, 'data/slipway-slipway')));
  });

  test('help at every level, versions, and completion', async () => {
    await using someone = person(program);
    const { stdout } = await someone.slipway('--help');
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) {3,}\S/gm)].map(([, name]) => name!);
    assert.ok(commands.length >= 10 && !commands.includes('daemon'));
    for (const name of commands) assert.match((await someone.slipway(`${name} --help`)).stdout, new RegExp(`^ {2}slipway ${name}`, 'm'));
    assert.equal((await someone.json('version'))['kubernetes'], 'v1.36.0');
    assert.equal((await someone.slipway('completion --candidates -- st')).stdout, 'start\nstatus\nstop\n');
    assert.equal((await someone.slipway('completion --candidates -- up --output=j')).stdout, '--output=json\n');
    for (const shell of ['bash', 'zsh', 'fish']) assert.match((await someone.slipway(`completion ${shell}`)).stdout, /--candidates/);
  });

  test('the shim of the checkout works from another folder and through a link', async () => {
    await using someone = person([join(root, 'slipway')]);
    symlinkSync(join(root, 'slipway'), join(someone.home, 'linked'));
    const { code, stdout, stderr } = await runProgram('./linked', ['version'], { cwd: someone.home, environment: someone.environment });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^slipway \d/);
  });
});
