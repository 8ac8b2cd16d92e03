import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { text } from '../codec/bytes.ts';
import { CriError, type ContainerConfig, type ContainerEvent, type ContainerRuntime, type PodSandboxConfig } from './cri.ts';

export interface RuntimeUnderTest {
  readonly runtime: ContainerRuntime;
  /** An image with a shell. */
  readonly image: string;
  /** The name of an image that no registry has. */
  readonly missingImage: string;
  /** A folder in which pods' logs may be written. */
  readonly logFolder: string;
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** Resolves when the promise does; lets the time pass that this takes. */
  readonly settled: <T>(promise: Promise<T>) => Promise<T>;
  /** Lets so much time pass. */
  readonly pass: (ms: number) => Promise<void>;
  readonly end?: () => Promise<void>;
}

const rejectsWith = (code: CriError['code']) => (error: unknown) => error instanceof CriError && error.code === code;

/** What every ContainerRuntime promises a kubelet. `make` gives one on which nothing runs. */
export function runtimeContract(name: string, make: () => Promise<RuntimeUnderTest>): void {
  const it = (promise: string, body: (trial: Trial) => Promise<void>) =>
    void test(promise, async () => {
      const made = await make();
      try {
        await body(new Trial(made));
      } finally {
        await made.end?.();
      }
    });

  describe(`${name}: sandboxes`, () => {
    it('the network is not ready before pods have addresses', async ({ runtime }) => {
      const ready = async () => (await runtime.status()).conditions.find(({ type }) => type === 'NetworkReady')?.status;
      assert.equal(await ready(), false);
      await runtime.updateRuntimeConfig({ podCidr: '10.244.7.0/24' });
      assert.equal(await ready(), true);
    });

    it('each pod has an address of its own from the node’s range', async (trial) => {
      const ips: string[] = [];
      for (const uid of ['a', 'b', 'c']) {
        const status = await trial.runtime.podSandboxStatus(await trial.sandbox({ uid }));
        assert.equal(status.state, 'Ready');
        assert.equal(status.ips.length, 1);
        ips.push(status.ips[0]!);
      }
      assert.equal(new Set(ips).size, 3);
      assert.ok(
        ips.every((ip) => /^10\.244\.7\.\d+$/.test(ip) && ip !== '10.244.7.0' && ip !== '10.244.7.1'),
        ips.join(),
      );
    });

    it('a pod on the host’s network has no address of its own', async (trial) => {
      const id = await trial.sandbox({ uid: 'a', hostNetwork: true });
      assert.deepEqual((await trial.runtime.podSandboxStatus(id)).ips, []);
    });

    it('stopping one ends its containers; stopping and removing what is gone succeeds', async (trial) => {
      const { runtime } = trial;
      const sandbox = await trial.sandbox();
      const container = await trial.started(sandbox, ['sleep', '1000']);
      await trial.settled(runtime.stopPodSandbox(sandbox));
      assert.equal((await runtime.podSandboxStatus(sandbox)).state, 'NotReady');
      assert.equal((await runtime.containerStatus(container)).exitCode, 137);
      await trial.settled(runtime.stopPodSandbox(sandbox));
      for (let times = 0; times < 2; times++) await trial.settled(runtime.removePodSandbox(sandbox));
      assert.deepEqual([await runtime.listPodSandbox(), await runtime.listContainers()], [[], []]);
      await assert.rejects(runtime.podSandboxStatus(sandbox), rejectsWith('NotFound'));
    });

    it('are listed by pod', async (trial) => {
      const first = await trial.sandbox({ uid: 'a' });
      await trial.sandbox({ uid: 'b' });
      assert.deepEqual(
        (await trial.runtime.listPodSandbox({ podUid: 'a' })).map(({ id }) => id),
        [first],
      );
      assert.equal((await trial.runtime.listPodSandbox()).length, 2);
    });
  });

  describe(`${name}: containers`, () => {
    it('one whose image is not there cannot be made', async (trial) => {
      const sandbox = await trial.sandbox();
      await assert.rejects(trial.runtime.createContainer(sandbox, trial.config(['true'])), (error) => error instanceof CriError);
    });

    it('goes from created through running to exited, and tells of it', async (trial) => {
      const { runtime } = trial;
      const sandbox = await trial.sandbox();
      const events: ContainerEvent[] = [];
      const end = runtime.onEvent((event) => events.push(event));
      const id = await trial.created(sandbox, ['sh', '-c', 'sleep 1; exit 3']);
      const created = await runtime.containerStatus(id);
      assert.deepEqual([created.state, created.startedAtMs, created.finishedAtMs, created.podUid], ['Created', 0, 0, 'uid']);
      await trial.settled(runtime.startContainer(id));
      const running = await runtime.containerStatus(id);
      assert.equal(running.state, 'Running');
      assert.ok(running.startedAtMs >= running.createdAtMs);
      await trial.pass(1500);
      const exited = await runtime.containerStatus(id);
      assert.deepEqual([exited.state, exited.exitCode, exited.reason], ['Exited', 3, 'Error']);
      assert.ok(exited.finishedAtMs - exited.startedAtMs >= 1000);
      await trial.settled(runtime.removeContainer(id));
      end();
      assert.deepEqual(
        events.filter((event) => event.id === id).map(({ type }) => type),
        ['ContainerCreated', 'ContainerStarted', 'ContainerStopped', 'ContainerDeleted'],
      );
      await assert.rejects(runtime.containerStatus(id), rejectsWith('NotFound'));
    });

    it('one that ends well is completed', async (trial) => {
      const id = await trial.started(await trial.sandbox(), ['true']);
      await trial.pass(500);
      const { state, exitCode, reason } = await trial.runtime.containerStatus(id);
      assert.deepEqual([state, exitCode, reason], ['Exited', 0, 'Completed']);
    });

    it('one that does not heed SIGTERM is killed after the grace period', async (trial) => {
      const id = await trial.started(await trial.sandbox(), ['sleep', '1000']);
      await trial.settled(trial.runtime.stopContainer(id, 1));
      const { state, exitCode, startedAtMs, finishedAtMs } = await trial.runtime.containerStatus(id);
      assert.deepEqual([state, exitCode], ['Exited', 137]);
      assert.ok(finishedAtMs - startedAtMs >= 1000);
      await trial.settled(trial.runtime.stopContainer(id, 1));
    });

    it('one with a trap ends as this says', async (trial) => {
      const script = 'trap "exit 7" TERM; while true; do sleep 0.2; done';
      const id = await trial.started(await trial.sandbox(), ['sh', '-c', script]);
      await trial.pass(300);
      await trial.settled(trial.runtime.stopContainer(id, 10));
      assert.equal((await trial.runtime.containerStatus(id)).exitCode, 7);
    });

    it('without a grace period it is killed at once', async (trial) => {
      const id = await trial.started(await trial.sandbox(), ['sleep', '1000']);
      await trial.settled(trial.runtime.stopContainer(id, 0));
      assert.equal((await trial.runtime.containerStatus(id)).exitCode, 137);
    });

    it('one that is not there cannot be started, and is stopped and removed already', async ({ runtime, settled }) => {
      await assert.rejects(runtime.startContainer('none'), rejectsWith('NotFound'));
      await settled(runtime.stopContainer('none', 1));
      await settled(runtime.removeContainer('none'));
    });

    it('output is in the log, in CRI’s form', async (trial) => {
      const id = await trial.started(await trial.sandbox(), ['sh', '-c', 'echo one; echo two >&2; printf three']);
      await trial.pass(500);
      const { logPath } = await trial.runtime.containerStatus(id);
      assert.equal(logPath, `${trial.logFolder}/ns_pod_uid/main/0.log`);
      const lines = text(await trial.readFile(logPath))
        .trimEnd()
        .split('\n');
      for (const line of lines) assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(Z|[+-]\d\d:\d\d) (stdout|stderr) [FP] /);
      assert.deepEqual(lines.map((line) => line.slice(line.indexOf(' ') + 1)).sort(), ['stderr F two', 'stdout F one', 'stdout F three']);
    });

    it('commands run in it', async (trial) => {
      const { runtime, settled } = trial;
      const id = await trial.started(await trial.sandbox(), ['sleep', '1000']);
      const well = await settled(runtime.execSync(id, ['sh', '-c', 'echo out; echo err >&2'], 0));
      assert.deepEqual([well.exitCode, text(well.stdout), text(well.stderr)], [0, 'out\n', 'err\n']);
      assert.equal((await settled(runtime.execSync(id, ['sh', '-c', 'exit 5'], 5))).exitCode, 5);
      const slow = runtime.execSync(id, ['sleep', '60'], 1);
      await assert.rejects(settled(slow), rejectsWith('DeadlineExceeded'));
    });

    it('files of one command are there for the next', async (trial) => {
      const { runtime, settled } = trial;
      const id = await trial.started(await trial.sandbox(), ['sleep', '1000']);
      const exitCode = async (...command: string[]) => (await settled(runtime.execSync(id, command, 5))).exitCode;
      assert.notEqual(await exitCode('cat', '/tmp/healthy'), 0);
      await exitCode('touch', '/tmp/healthy');
      assert.equal(await exitCode('cat', '/tmp/healthy'), 0);
    });

    it('what runs is measured', async (trial) => {
      const id = await trial.started(await trial.sandbox(), ['sleep', '1000']);
      await trial.pass(1000);
      const [stats, ...others] = await trial.runtime.listContainerStats({ podUid: 'uid' });
      assert.deepEqual([stats?.containerId, stats?.name, others.length], [id, 'main', 0]);
      assert.ok(stats!.memoryWorkingSetBytes > 0);
      await trial.settled(trial.runtime.stopContainer(id, 0));
      assert.deepEqual(await trial.runtime.listContainerStats(), []);
    });
  });

  describe(`${name}: images`, () => {
    it('an image is there once it is pulled, under each of its names, until it is removed', async (trial) => {
      const { runtime, image, settled } = trial;
      assert.equal(await runtime.imageStatus(image), undefined);
      const ref = await settled(runtime.pullImage(image));
      const status = await runtime.imageStatus(image);
      assert.ok(status && status.sizeBytes > 0);
      assert.equal((await runtime.imageStatus(ref))?.id, status.id);
      assert.equal((await runtime.imageStatus(status.repoDigests[0]!))?.id, status.id);
      assert.equal(await settled(runtime.pullImage(image)), ref);
      assert.deepEqual(
        (await runtime.listImages()).map(({ id }) => id),
        [status.id],
      );
      await runtime.removeImage(image);
      await runtime.removeImage(image);
      assert.equal(await runtime.imageStatus(image), undefined);
    });

    it('one that no registry has cannot be pulled, and the error names it', async ({ runtime, missingImage, settled }) => {
      await assert.rejects(settled(runtime.pullImage(missingImage)), (error) => {
        assert.ok(error instanceof CriError);
        assert.ok(error.message.includes(missingImage.split(':')[0]!), error.message);
        return true;
      });
    });
  });
}

/** A runtime with short ways to what most tests need. */
class Trial {
  readonly runtime: ContainerRuntime;
  readonly image: string;
  readonly missingImage: string;
  readonly logFolder: string;
  readonly readFile: RuntimeUnderTest['readFile'];
  readonly settled: RuntimeUnderTest['settled'];
  readonly pass: RuntimeUnderTest['pass'];

  constructor({ runtime, image, missingImage, logFolder, readFile, settled, pass }: RuntimeUnderTest) {
    this.runtime = runtime;
    this.image = image;
    this.missingImage = missingImage;
    this.logFolder = logFolder;
    this.readFile = readFile;
    this.settled = settled;
    this.pass = pass;
  }

  async sandbox({ uid = 'uid', hostNetwork = false } = {}): Promise<string> {
    await this.runtime.updateRuntimeConfig({ podCidr: '10.244.7.0/24' });
    const config: PodSandboxConfig = {
      metadata: { name: 'pod', namespace: 'ns', uid, attempt: 0 },
      hostname: 'pod',
      logDirectory: `${this.logFolder}/ns_pod_${uid}`,
      labels: {},
      annotations: {},
      hostNetwork,
      portMappings: [],
    };
    return this.settled(this.runtime.runPodSandbox(config));
  }

  config(command: readonly string[]): ContainerConfig {
    return {
      metadata: { name: 'main', attempt: 0 },
      image: this.image,
      imageRef: '',
      command,
      args: [],
      workingDir: '',
      envs: [],
      mounts: [],
      labels: {},
      annotations: {},
      logPath: 'main/0.log',
      stdin: false,
      tty: false,
      resources: { cpuShares: 2, cpuQuotaMicros: 0, cpuPeriodMicros: 0, memoryLimitBytes: 0, oomScoreAdj: 1000 },
    };
  }

  async created(sandboxId: string, command: readonly string[]): Promise<string> {
    const imageRef = await this.settled(this.runtime.pullImage(this.image));
    return this.runtime.createContainer(sandboxId, { ...this.config(command), imageRef });
  }

  async started(sandboxId: string, command: readonly string[]): Promise<string> {
    const id = await this.created(sandboxId, command);
    await this.settled(this.runtime.startContainer(id));
    return id;
  }
}
