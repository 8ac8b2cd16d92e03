import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { utf8 } from '../../codec/bytes.ts';
import { CriError, type ContainerEvent } from '../cri.ts';
import { runtimeContract } from '../runtime.contract.ts';
import { simulatedProbes } from './probes.ts';
import { scripted, simulatedNode } from './trial.ts';

const turn = () => new Promise<void>((done) => setImmediate(done));
const node = (options?: Parameters<typeof simulatedNode>[1]) => simulatedNode(turn, options);
const failsWith = (code: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CriError);
  assert.equal(error.code, code);
  assert.match(error.message, pattern);
  return true;
};

runtimeContract('simulated runtime', async () => {
  const trial = node();
  return {
    runtime: trial.runtime,
    image: 'busybox',
    missingImage: 'doesnotexist:v1',
    logFolder: '/var/log/pods',
    readFile: (path) => trial.files.readFile(path),
    settled: (promise) => trial.settled(promise),
    pass: (ms) => trial.clock.advance(ms),
  };
});

describe('what containers of simulated pods do', () => {
  test('the notes’ init containers take the time that they sleep, and write into the volume that they share', async () => {
    const trial = node();
    const sandbox = await trial.sandbox();
    const mounts = [{ containerPath: '/usr/share/nginx/html', hostPath: '/pods/uid/html', readonly: false }];
    const first = await trial.started(sandbox, {
      metadata: { name: 'output-1', attempt: 0 },
      image: 'centos:6',
      command: ['sh', '-c', 'sleep 20; echo 1st > /usr/share/nginx/html/index.html'],
      mounts,
    });
    await trial.clock.advance(25_000);
    assert.equal(await trial.ending(first), '0 Completed after 20000 ms');
    const second = await trial.started(sandbox, {
      metadata: { name: 'output-2', attempt: 0 },
      image: 'centos:6',
      command: ['sh', '-c', 'sleep 10; echo 2nd >> /usr/share/nginx/html/index.html'],
      mounts,
    });
    await trial.clock.advance(15_000);
    assert.equal(await trial.ending(second), '0 Completed after 10000 ms');
    const web = await trial.started(sandbox, { metadata: { name: 'nginx', attempt: 0 }, image: 'nginx:1.12', mounts });
    const { stdout } = await trial.settled(trial.runtime.execSync(web, ['cat', '/usr/share/nginx/html/index.html'], 1));
    assert.deepEqual(stdout, utf8('1st\n2nd\n'));
  });

  const endings: readonly (readonly [what: string, config: object, ending: string, output: readonly string[]])[] = [
    [
      'sleep with an option that it does not have',
      { command: ['sleep', '1200', '--color=green'] },
      '1 Error after 0 ms',
      ["! sleep: unrecognized option '--color=green'", "! Try 'sleep --help' for more information."],
    ],
    ['sleep with two times', { command: ['sleep', '3'], args: ['4'] }, '0 Completed after 7000 ms', []],
    ['echo', { image: 'k8s.gcr.io/busybox', command: ['echo'], args: ['100'] }, '0 Completed after 0 ms', ['100']],
    ['false', { command: ['false'] }, '1 Error after 0 ms', []],
    ['a shell that has nothing to read', { image: 'busybox' }, '0 Completed after 0 ms', []],
    ['a shell that waits for input', { image: 'busybox', stdin: true }, 'Running', []],
    ['an image of which nothing is known', { image: 'nginx' }, 'Running', []],
    ['args that are a command', { image: 'busybox', args: ['sleep', '5'] }, '0 Completed after 5000 ms', []],
    ['args that are the image’s own', { image: 'redis', args: ['--maxmemory', '1gb'] }, 'Running', []],
    ['a sleeper', { image: 'ubuntu-sleeper', args: ['10'] }, '0 Completed after 10000 ms', []],
    [
      'a server after its preparations',
      { command: ['sh', '-c', 'prepare --all && echo ready; exec serve --port 80'] },
      'Running',
      ['ready'],
    ],
    ['a script that is not understood', { command: ['sh', '-c', 'case $X in a) ;; esac'] }, 'Running', []],
    ['a line of a program', { image: 'perl', command: ['perl', '-wle', 'print 1'] }, '0 Completed after 0 ms', []],
    [
      'the environment',
      { command: ['sh', '-c', 'echo $COLOR; exit 2'], envs: [{ key: 'COLOR', value: 'red' }] },
      '2 Error after 0 ms',
      ['red'],
    ],
  ];
  for (const [what, config, ending, output] of endings)
    test(`${what}: ${ending}`, async () => {
      const trial = node();
      const id = await trial.running({}, config);
      await trial.clock.advance(60_000);
      assert.equal(await trial.ending(id), ending);
      assert.deepEqual(await trial.output(id), output);
    });

  test('what is no program cannot be started', async () => {
    const trial = node();
    const sandbox = await trial.sandbox();
    const id = await trial.created(sandbox, { command: ['--color', 'green'] });
    await assert.rejects(
      trial.settled(trial.runtime.startContainer(id)),
      failsWith('Unknown', /exec: "--color": executable file not found in \$PATH$/),
    );
    const { state, exitCode, reason } = await trial.status(id);
    assert.deepEqual([state, exitCode, reason], ['Exited', 128, 'StartError']);
  });

  test('what is taken away while it starts does not start', async () => {
    const trial = node();
    const stopped = await trial.created(await trial.sandbox());
    const starting = trial.runtime.startContainer(stopped);
    await trial.runtime.stopPodSandbox((await trial.status(stopped)).sandboxId);
    await assert.rejects(trial.settled(starting), failsWith('Unknown', /is not running$/));
    const removed = await trial.created(await trial.sandbox({}, 'removed'));
    const startingToo = trial.runtime.startContainer(removed);
    await trial.runtime.removeContainer(removed);
    await assert.rejects(trial.settled(startingToo), failsWith('NotFound', /not found$/));
  });

  test('a server ends well at SIGTERM', async () => {
    const trial = node();
    const id = await trial.running();
    await trial.settled(trial.runtime.stopContainer(id, 30));
    assert.equal(await trial.ending(id), '0 Completed after 0 ms');
  });

  test('a shell that waits for what it has started runs its trap at once', async () => {
    const trial = node();
    const id = await trial.running({}, { command: ['sh', '-c', 'trap "echo bye; exit 0" TERM; sleep infinity & wait'] });
    await trial.clock.advance(1000);
    await trial.settled(trial.runtime.stopContainer(id, 30));
    assert.equal(await trial.ending(id), '0 Completed after 1000 ms');
    assert.deepEqual(await trial.output(id), ['bye']);
  });

  test('the stop signal is the container’s own, and how long servers take to end is the node’s', async () => {
    const trial = node({ timings: { stopMs: 250 } });
    const command = ['sh', '-c', 'trap "exit 4" USR1; while true; do sleep 1; done'];
    const id = await trial.running({}, { command, stopSignal: 'SIGUSR1' });
    await trial.clock.advance(500);
    await trial.settled(trial.runtime.stopContainer(id, 30));
    assert.equal(await trial.ending(id), '4 Error after 1000 ms');
    const server = await trial.started(await trial.sandbox({}, 'server'));
    await trial.settled(trial.runtime.stopContainer(server, 30));
    assert.equal(await trial.ending(server), '0 Completed after 250 ms');
  });

  test('the last words are those of its file, or of its log where it asks for them', async () => {
    const trial = node();
    const sandbox = await trial.sandbox();
    const words = async (name: string, script: string, annotations: Readonly<Record<string, string>> = {}) => {
      const id = await trial.started(sandbox, { metadata: { name, attempt: 0 }, command: ['sh', '-c', script], annotations });
      return (await trial.status(id)).message;
    };
    const fallback = { 'io.kubernetes.container.terminationMessagePolicy': 'FallbackToLogsOnError' };
    assert.equal(await words('a', 'echo -n done > /dev/termination-log'), 'done');
    assert.equal(await words('b', 'echo -n there > /tmp/end', { 'io.kubernetes.container.terminationMessagePath': '/tmp/end' }), 'there');
    assert.equal(await words('c', 'echo oh no; exit 1'), '');
    assert.equal(await words('d', 'echo oh no; exit 1', fallback), 'oh no\n');
    assert.equal(await words('e', 'echo fine', fallback), '');
  });

  test('a command may kill the first process', async () => {
    const trial = node();
    const id = await trial.running();
    assert.equal((await trial.settled(trial.runtime.execSync(id, ['sh', '-c', 'kill 1'], 1))).exitCode, 137);
    assert.equal(await trial.ending(id), '0 Completed after 0 ms');
  });

  test('a loop that never waits leaves the clock its way', async () => {
    const trial = node();
    const id = await trial.running({}, { command: ['sh', '-c', 'while true; do echo x; done'] });
    await trial.clock.advance(3500);
    assert.deepEqual(await trial.output(id), ['x', 'x', 'x', 'x']);
  });

  test('nothing waits for the clock while nothing is to happen', async () => {
    const trial = node();
    const script = scripted({ log: 'hello', 'exit-code': '1', 'exit-runs': '1' });
    const id = await trial.running(script, { metadata: { name: 'main', attempt: 1 } });
    await trial.runtime.execSync(id, ['true'], 60);
    await assert.rejects(
      trial.clock.until(() => false, 1e9),
      /no timer is left/,
    );
  });
});

describe('the script of a simulated pod', () => {
  test('ends a run after a time, as often as it says', async () => {
    const trial = node();
    const sandbox = await trial.sandbox(scripted({ 'exit-code': '3', 'exit-after': '5s', 'exit-runs': '2' }));
    const ids: string[] = [];
    for (const attempt of [0, 1, 2]) ids.push(await trial.started(sandbox, { metadata: { name: 'main', attempt } }));
    await trial.clock.advance(10_000);
    assert.deepEqual(await Promise.all(ids.map((id) => trial.ending(id))), ['3 Error after 5000 ms', '3 Error after 5000 ms', 'Running']);
  });

  test('is for one container where it names one', async () => {
    const trial = node();
    const sandbox = await trial.sandbox(scripted({ 'exit-after': '9s', 'exit-after.side': '2s', 'exit-code.main': '4' }));
    const main = await trial.started(sandbox);
    const side = await trial.started(sandbox, { metadata: { name: 'side', attempt: 0 } });
    await trial.clock.advance(10_000);
    assert.deepEqual([await trial.ending(main), await trial.ending(side)], ['4 Error after 9000 ms', '0 Completed after 2000 ms']);
  });

  test('runs another command', async () => {
    const trial = node();
    const id = await trial.running(scripted({ run: 'echo hi; sleep 2; exit 6' }));
    await trial.clock.advance(5000);
    assert.equal(await trial.ending(id), '6 Error after 2000 ms');
    assert.deepEqual(await trial.output(id), ['hi']);
  });

  test('prints a line again and again', async () => {
    const trial = node();
    const id = await trial.running(scripted({ log: 'tick', 'log-every': '10s' }));
    await trial.clock.advance(35_000);
    assert.deepEqual(await trial.output(id), ['tick', 'tick', 'tick']);
  });

  test('makes the start slow, or fail', async () => {
    const trial = node();
    const slow = await trial.created(await trial.sandbox(scripted({ 'start-duration': '7s' })));
    const beganMs = trial.clock.now();
    await trial.settled(trial.runtime.startContainer(slow));
    assert.equal((await trial.status(slow)).startedAtMs - beganMs, 7000);
    const failing = await trial.created(await trial.sandbox(scripted({ 'start-error': 'no luck' }), 'other'));
    await assert.rejects(trial.settled(trial.runtime.startContainer(failing)), failsWith('Unknown', /^no luck$/));
  });

  test('delays the end', async () => {
    const trial = node();
    const id = await trial.running(scripted({ 'termination-delay': '4s', 'termination-exit-code': '143' }));
    await trial.settled(trial.runtime.stopContainer(id, 30));
    assert.equal(await trial.ending(id), '143 Error after 4000 ms');
    const deaf = await trial.started(await trial.sandbox(scripted({ 'termination-delay': 'never' }), 'deaf'));
    await trial.settled(trial.runtime.stopContainer(deaf, 30));
    assert.equal(await trial.ending(deaf), '137 Error after 30000 ms');
  });

  test('tells what is used, up to the limits', async () => {
    const trial = node();
    const resources = { cpuShares: 2, cpuQuotaMicros: 50_000, cpuPeriodMicros: 100_000, memoryLimitBytes: 0, oomScoreAdj: 0 };
    await trial.running(scripted({ cpu: '100m@0s,900m@60s', memory: '64Mi' }), { resources });
    await trial.clock.advance(60_000);
    const [stats] = await trial.runtime.listContainerStats();
    assert.equal(stats?.cpuNanoCores, 500_000_000);
    assert.equal(stats?.cpuCoreNanoSeconds, 6_000_000_000);
    assert.equal(stats?.memoryWorkingSetBytes, 64 * 1024 * 1024);
  });

  test('runs out of memory, at a time or at the limit', async () => {
    const trial = node();
    const timed = await trial.running(scripted({ 'oom-after': '8s' }));
    const resources = { cpuShares: 2, cpuQuotaMicros: 0, cpuPeriodMicros: 0, memoryLimitBytes: 100 * 1024 * 1024, oomScoreAdj: 0 };
    const limited = await trial.started(await trial.sandbox(scripted({ memory: '50Mi,150Mi@12s' }), 'limited'), { resources });
    await trial.clock.advance(20_000);
    assert.equal(await trial.ending(timed), '137 OOMKilled after 8000 ms');
    assert.equal(await trial.ending(limited), '137 OOMKilled after 12000 ms');
  });

  test('fails commands', async () => {
    const trial = node();
    const id = await trial.running(scripted({ 'fail-exec': '10s-20s', 'exec-exit-code': '9' }));
    const codes: number[] = [];
    for (let times = 0; times < 3; times++) {
      codes.push((await trial.runtime.execSync(id, ['true'], 1)).exitCode);
      await trial.clock.advance(10_000);
    }
    assert.deepEqual(codes, [0, 9, 0]);
  });

  test('fails probes of one kind, and readiness until its time', async () => {
    const trial = node();
    const id = await trial.running(scripted({ 'ready-after': '10s', 'fail-probe': 'liveness@20s-30s' }));
    const probes = simulatedProbes(trial.runtime);
    const target = { containerId: id, host: '10.244.1.2', port: 80, timeoutMs: 1000 };
    const status = async (probe?: 'readiness' | 'liveness') =>
      (await probes.httpGet({ ...target, ...(probe && { probe }), scheme: 'http', path: '/', headers: [] })).status;
    assert.deepEqual([await status('readiness'), await status('liveness'), await status()], [503, 200, 200]);
    await assert.rejects(
      probes.tcpConnect({ ...target, probe: 'readiness' }),
      /^Error: dial tcp 10\.244\.1\.2:80: connect: connection refused$/,
    );
    assert.equal(await probes.grpcCheck({ ...target, probe: 'readiness', service: '' }), 'NOT_SERVING');
    await trial.clock.advance(20_000);
    assert.deepEqual([await status('readiness'), await status('liveness')], [200, 503]);
    await trial.settled(trial.runtime.stopContainer(id, 1));
    await assert.rejects(
      status('liveness'),
      /^Error: Get "http:\/\/10\.244\.1\.2:80\/": dial tcp 10\.244\.1\.2:80: connect: connection refused$/,
    );
  });

  const wrong: readonly (readonly [key: string, value: string, problem: RegExp])[] = [
    ['exit-code', '256', /exit-code: invalid value "256": an exit code is a number from 0 to 255$/],
    ['exit-after', '5', /exit-after: invalid value "5": time: missing unit in duration "5"; write it like 1m30s$/],
    ['exit-kode', '1', /exit-kode: invalid value "1": there is no such key; there are cpu, exec-exit-code, exit-after/],
    ['fail-probe', 'lifeness@1s', /fail-probe: invalid value "lifeness@1s": "lifeness@1s" must begin with startup, readiness or liveness/],
    ['fail-exec', '20s-10s', /the span 20s-10s ends before it begins$/],
    ['cpu.main', '100m@5s,200m@1s', /cpu\.main: invalid value "100m@5s,200m@1s": the steps must stand in the order of their times$/],
    ['memory', '10Mx', /memory: invalid value "10Mx": "10Mx": /],
    ['run', 'echo "', /run: invalid value "echo \\"": a " is not closed$/],
    ['exit-runs', 'twice', /must be once, always, or a number of runs$/],
  ];
  for (const [key, value, problem] of wrong)
    test(`a container with ${key}: ${value} is not made, and the error says why`, async () => {
      const trial = node();
      const sandbox = await trial.sandbox(scripted({ [key]: value }));
      await assert.rejects(trial.created(sandbox), failsWith('InvalidArgument', problem));
    });
});

describe('images of simulated nodes', () => {
  test('a first pull takes its time, the same on each node, and later ones none', async () => {
    const pull = async (trial: ReturnType<typeof node>) => {
      const beganMs = trial.clock.now();
      await trial.settled(trial.runtime.pullImage('nginx:1.12'));
      return trial.clock.now() - beganMs;
    };
    const trial = node();
    const took = await pull(trial);
    assert.ok(took >= 200 && took <= 1000, `${took} ms`);
    assert.equal(await pull(trial), 0);
    assert.equal(await pull(node()), took);
  });

  const failing: readonly (readonly [image: string, code: string, message: string])[] = [
    [
      'doesnotexist',
      'Unknown',
      'failed to pull and unpack image "docker.io/library/doesnotexist:latest": failed to resolve reference "docker.io/library/doesnotexist:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    ],
    [
      'nginx:1.161',
      'NotFound',
      'failed to pull and unpack image "docker.io/library/nginx:1.161": failed to resolve reference "docker.io/library/nginx:1.161": docker.io/library/nginx:1.161: not found',
    ],
    ['quay.io/shop/nonexistent-app:v1', 'NotFound', ''],
    ['nginx:doesnotexist', 'NotFound', ''],
    [
      'UPPER',
      'InvalidArgument',
      'failed to parse image "UPPER": invalid reference format: repository name (library/UPPER) must be lowercase',
    ],
    ['two::colons', 'InvalidArgument', 'failed to parse image "two::colons": invalid reference format'],
  ];
  for (const [image, code, message] of failing)
    test(`${image} cannot be pulled`, async () => {
      const trial = node();
      await assert.rejects(
        (async () => trial.settled(trial.runtime.pullImage(image)))(),
        (error) => error instanceof CriError && error.code === code && (message === '' || error.message === message),
      );
    });

  test('rules and pods’ annotations say how pulls go', async () => {
    const trial = node({ imageRules: [{ image: /^docker\.io\/library\/slow:/, pullMs: 60_000 }] });
    const beganMs = trial.clock.now();
    await trial.settled(trial.runtime.pullImage('slow'));
    assert.equal(trial.clock.now() - beganMs, 60_000);
    await trial.settled(trial.runtime.pullImage('doesnotexist'));
    const failedFromMs = trial.clock.now();
    const sandbox = trial.sandboxConfig(scripted({ 'pull-error': 'too many requests', 'pull-duration': '3s' }));
    await assert.rejects(trial.settled(trial.runtime.pullImage('nginx', undefined, sandbox)), failsWith('Unknown', /too many requests$/));
    assert.equal(trial.clock.now() - failedFromMs, 3000);
  });

  test('images that are there from the start need no pull', async () => {
    const { runtime } = node({ images: ['nginx:1.27'] });
    assert.deepEqual((await runtime.imageStatus('nginx:1.27'))?.repoTags, ['docker.io/library/nginx:1.27']);
  });
});

describe('a simulated node without power', () => {
  test('everything has ended at once, and nobody is told', async () => {
    const trial = node();
    const { runtime } = trial;
    const id = await trial.running({}, { command: ['sh', '-c', 'while true; do sleep 1; done'] });
    const sandbox = (await trial.status(id)).sandboxId;
    const events: ContainerEvent[] = [];
    runtime.onEvent((event) => events.push(event));
    const stopping = runtime.stopContainer(id, 30);
    const { bootId } = runtime;
    runtime.powerOff();
    await assert.rejects(stopping, failsWith('Unavailable', /connection refused/));
    await assert.rejects(runtime.listContainers(), failsWith('Unavailable', /connection refused/));
    await trial.clock.advance(60_000);
    assert.equal(runtime.bootId, bootId);
    runtime.powerOn();
    assert.notEqual(runtime.bootId, bootId);
    assert.equal(await trial.ending(id), '137 Error after 0 ms');
    const { state, ips } = await runtime.podSandboxStatus(sandbox);
    assert.deepEqual([state, ips, events], ['NotReady', [], []]);
    assert.ok(await runtime.imageStatus('nginx'));
    await trial.settled(runtime.removePodSandbox(sandbox));
    await trial.running();
  });
});
