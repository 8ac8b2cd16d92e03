import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { text, utf8 } from '../../codec/bytes.ts';
import type { Volumes } from '../../kubelet/ports.ts';
import { MemoryFiles } from '../../machine/memory/files.ts';
import { CriError } from '../cri.ts';
import { SimulatedVolumes } from './volumes.ts';
import { AddressPool } from './addresses.ts';
import { ContainerFiles } from './container-files.ts';
import { imageNameText, parseImageName } from './images/image-name.ts';
import { LogWriter } from './log-writer.ts';
import { scriptKeys } from './script/pod-script.ts';
import { firstAbove, steps, sumUntil, valueAt } from './script/values.ts';

describe('addresses of a node’s pods', () => {
  test('come in turn, without the network’s, the gateway’s and the last', () => {
    const pool = new AddressPool('10.1.2.8/29');
    const taken = Array.from({ length: 5 }, () => pool.take()[0]!);
    assert.deepEqual(taken, ['10.1.2.10', '10.1.2.11', '10.1.2.12', '10.1.2.13', '10.1.2.14']);
    assert.throws(() => pool.take(), /no IP addresses available in range set: 10\.1\.2\.8\/29$/);
    pool.release(['10.1.2.12']);
    assert.deepEqual(pool.take(), ['10.1.2.12']);
  });

  test('one that was given back waits until the others had their turn', () => {
    const pool = new AddressPool('10.1.0.0/24');
    pool.release(pool.take());
    assert.deepEqual(pool.take(), ['10.1.0.3']);
  });

  test('there is one of each family', () => {
    assert.deepEqual(new AddressPool('10.1.0.0/16,fd00:1::/64').take(), ['10.1.0.2', 'fd00:1::2']);
    assert.throws(() => new AddressPool('10.1.0.0'), CriError);
  });
});

test('names of images are completed as docker does', () => {
  for (const [name, full] of [
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.12', 'docker.io/library/nginx:1.12'],
    ['shop/web', 'docker.io/shop/web:latest'],
    ['k8s.gcr.io/busybox', 'k8s.gcr.io/busybox:latest'],
    ['localhost/x', 'localhost/x:latest'],
    ['registry:5000/x/y:z', 'registry:5000/x/y:z'],
    [`nginx@sha256:${'0'.repeat(64)}`, `docker.io/library/nginx@sha256:${'0'.repeat(64)}`],
  ] as const)
    assert.equal(imageNameText(parseImageName(name)), full);
  for (const name of ['', 'Nginx', 'a//b', 'nginx:', 'nginx:a b', '-x']) assert.throws(() => parseImageName(name), CriError, name);
});

test('usage goes in steps', () => {
  const usage = steps('100m@0s,900m@1m', -3);
  assert.deepEqual([valueAt(usage, 0), valueAt(usage, 59_999), valueAt(usage, 60_000)], [100, 100, 900]);
  assert.equal(sumUntil(usage, 61_000), 60_000 * 100 + 1000 * 900);
  assert.deepEqual([firstAbove(usage, 500), firstAbove(usage, 900)], [60_000, Infinity]);
});

describe('logs of simulated containers', () => {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const writer = (files: MemoryFiles) => new LogWriter(clock, files, '/logs/0.log', (error) => assert.fail(String(error)));

  test('a line waits for its end, and what has none is written at the close', async () => {
    const files = new MemoryFiles();
    const log = writer(files);
    log.print('stdout', 'a');
    log.print('stderr', 'b\nc');
    log.print('stdout', 'd\n');
    await log.close();
    const time = '2026-01-01T00:00:00.000000000Z';
    assert.equal(text(await files.readFile('/logs/0.log')), `${time} stderr F b\n${time} stdout F ad\n${time} stderr F c\n`);
  });

  test('nothing is lost that is printed at any moment of a write', async () => {
    for (let wait = 0; wait < 30; wait++) {
      const files = new MemoryFiles();
      const log = writer(files);
      log.open();
      for (let n = 0; n < wait; n++) await Promise.resolve();
      log.print('stdout', 'one\n');
      for (let n = 0; n < wait; n++) await Promise.resolve();
      log.print('stdout', 'two\n');
      await log.close();
      assert.match(text(await files.readFile('/logs/0.log')), / one\n.* two\n$/, `after ${wait} turns`);
    }
  });

  test('long lines come in parts, and a log that has grown too long makes room', async () => {
    const files = new MemoryFiles();
    const log = writer(files);
    const line = 'x'.repeat(20_000);
    for (let i = 0; i < 600; i++) log.print('stdout', `${line}\n`);
    await log.close();
    assert.match(text((await files.readFile('/logs/0.log.1')).subarray(0, 60)), / stdout P xxx/);
    const again = writer(files);
    again.print('stdout', 'later\n');
    await again.close();
    assert.match(text(await files.readFile('/logs/0.log')), / stdout F later\n$/);
  });
});

describe('files of simulated containers', () => {
  test('what is mounted lies on the machine, the rest in the container', async () => {
    const machine = new MemoryFiles();
    const files = new ContainerFiles(machine, [
      { containerPath: '/data', hostPath: '/host/data', readonly: false },
      { containerPath: '/data/fixed', hostPath: '/host/fixed', readonly: true },
    ]);
    await files.write('/data/a', 'one', false);
    await files.write('/data/a', ' more', true);
    assert.equal(text(await machine.readFile('/host/data/a')), 'one more');
    assert.equal(await files.list('/data'), 'a\n');
    assert.equal(await files.write('/data/fixed/a', 'no', false), undefined);
    assert.equal(files.write('/etc/own', 'x', false), '');
    assert.deepEqual([files.read('/etc/own'), files.list('/etc'), files.list('/nowhere')], ['x', 'own\n', undefined]);
    assert.equal(await files.read('/data/none'), undefined);
    assert.deepEqual([await files.remove('/data/a'), await files.remove('/data/a')], ['', undefined]);
  });

  test('a container’s own layer is not without end', () => {
    const files = new ContainerFiles(new MemoryFiles(), []);
    assert.equal(files.write('/a', 'x'.repeat(1_000_000), false), '');
    assert.equal(files.write('/b', 'x'.repeat(100_000), false), undefined);
    assert.equal(files.remove('/a'), '');
    assert.equal(files.write('/b', 'x'.repeat(100_000), false), '');
  });
});

describe('volumes of simulated pods', () => {
  const machine = new MemoryFiles();
  const volumes: SimulatedVolumes & Volumes = new SimulatedVolumes(machine);
  const pod = { metadata: { uid: 'u' } };

  test('are filled when a program looks, and once', async () => {
    let asked = 0;
    const files = async () => [{ path: 'colors/red', content: utf8(`red ${++asked}`), mode: 0o644 }];
    const mount = () => volumes.mount(pod, [{ volume: { name: 'config' }, files }, { volume: { name: 'scratch' } }]);
    const folders = await mount();
    const mounts = [
      { containerPath: '/etc/config', hostPath: folders.get('config')!, readonly: true },
      { containerPath: '/scratch', hostPath: folders.get('scratch')!, readonly: false },
    ];
    const inside = new ContainerFiles(machine, mounts, (path) => volumes.fill(path));
    assert.equal(await inside.write('/scratch/a', 'x', false), '');
    assert.equal(asked, 0);
    assert.deepEqual([await inside.list('/etc/config'), await inside.read('/etc/config/colors/red')], ['colors\n', 'red 1']);
    await mount();
    assert.equal(await inside.read('/etc/config/colors/red'), 'red 1');
    await volumes.unmount('u');
    await volumes.unmount('u');
    assert.deepEqual([await inside.read('/etc/config/colors/red'), await inside.read('/scratch/a')], [undefined, undefined]);
  });

  test('of a claim and of the host outlive the pod', async () => {
    const folders = await volumes.mount(pod, [
      { volume: { name: 'data' }, persistentVolume: { metadata: { name: 'pv-1' } } },
      { volume: { name: 'host', hostPath: { path: '/opt/data' } } },
    ]);
    assert.deepEqual([...folders.values()], ['/var/lib/simulated-volumes/pv-1', '/opt/data']);
  });
});

test('the page on simulated pods tells of every annotation', () => {
  const page = readFileSync(new URL('../../../docs/simulated-pods.md', import.meta.url), 'utf8');
  for (const key of scriptKeys) assert.ok(page.includes(`\n| \`${key}\` |`), key);
});
