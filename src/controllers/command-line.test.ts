import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandLineError } from '../codec/component-flags.ts';
import { allControllers } from './all.ts';
import { readManagerLine } from './command-line.ts';
import { upstreamControllers } from './names.ts';

const refuses = (words: readonly string[], problem: string | RegExp) =>
  assert.throws(
    () => readManagerLine(words),
    (error) => {
      assert.ok(error instanceof CommandLineError);
      if (typeof problem === 'string') assert.deepEqual(error.problems, [problem]);
      else assert.match(error.message, problem);
      return true;
    },
    words.join(' '),
  );

test('what was given is set, in milliseconds and numbers, and nothing else', () => {
  const { settings, warnings } = readManagerLine([
    '--node-monitor-period=2s',
    '--node-monitor-grace-period=10s',
    '--node-eviction-rate=0.5',
    '--terminated-pod-gc-threshold=3',
    '--cluster-cidr=10.10.0.0/16',
  ]);
  assert.deepEqual(settings, {
    nodeMonitorPeriodMs: 2000,
    nodeMonitorGracePeriodMs: 10_000,
    nodeEvictionRate: 0.5,
    terminatedPodGcThreshold: 3,
    clusterCidr: '10.10.0.0/16',
  });
  assert.deepEqual(warnings, []);
});

test('concurrent syncs go to the controllers that they are for, with underscores or without', () => {
  const { settings } = readManagerLine(['--concurrent-deployment-syncs=1', '--concurrent_rc_syncs=7']);
  assert.deepEqual(settings.concurrentSyncs, { 'deployment-controller': 1, 'replicationcontroller-controller': 7 });
  refuses(['--concurrent-job-syncs=0'], '--concurrent-job-syncs: concurrent-job-syncs must be greater than 0, but got 0');
});

test('every concurrency that can be set is that of a controller which is there', () => {
  const here = new Set(allControllers.map(({ name }) => name));
  const flags = ['cron-job', 'daemonset', 'deployment', 'endpoint', 'ephemeralvolume', 'gc', 'horizontal-pod-autoscaler', 'job']
    .concat(['namespace', 'rc', 'replicaset', 'resource-quota', 'service-endpoint', 'statefulset', 'ttl-after-finished'])
    .map((name) => `--concurrent-${name}-syncs=1`);
  const { concurrentSyncs = {} } = readManagerLine([...flags, '--mirroring-concurrent-service-endpoint-syncs=1']).settings;
  assert.equal(Object.keys(concurrentSyncs).length, flags.length + 1);
  assert.deepEqual(
    Object.keys(concurrentSyncs).filter((name) => !here.has(name)),
    [],
  );
});

test('the timeout of the notes is read, and who asks is told what decides today', () => {
  const { settings, warnings } = readManagerLine(['--pod-eviction-timeout=5m0s']);
  assert.deepEqual(settings, {});
  assert.equal(warnings.length, 1);
  for (const part of ['tolerationSeconds', 'default-unreachable-toleration-seconds', 'default-not-ready-toleration-seconds'])
    assert.ok(warnings[0]!.includes(part), part);
});

test('flags that can have no effect are named with the reason', () => {
  const { warnings } = readManagerLine(['--leader-elect=false', '--bind-address=0.0.0.0']);
  assert.deepEqual(
    warnings.map((warning) => warning.split(':')[0]),
    ['kube-controller-manager --leader-elect has no effect', 'kube-controller-manager --bind-address has no effect'],
  );
});

test('flags that cannot be obeyed are refused, all of them at once', () => {
  refuses(['--attach-detach-reconcile-sync-period=1m', '--leader-elect-resource-lock=endpoints'], /attach-detach[^]*must be "leases"/);
  refuses(['--node-monitor-period=0s'], '--node-monitor-period: must be at least 1ms');
  refuses(['--max-endpoints-per-slice=1001'], /must not be more than 1000, but got 1001/);
  refuses(['--cluster-cidr=10.0.0.0'], '--cluster-cidr: invalid CIDR address: 10.0.0.0');
});

test('unknown flags and bad values have the sentences of pflag', () => {
  refuses(['--evict-quickly'], 'unknown flag: --evict-quickly');
  refuses(
    ['--node-monitor-grace-period=10'],
    'invalid argument "10" for "--node-monitor-grace-period" flag: time: missing unit in duration "10"',
  );
  refuses(['now'], '"kube-controller-manager" does not take any arguments, got ["now"]');
});

test('controllers are chosen by full names or short ones, and those that are not here are told', () => {
  const { settings, warnings } = readManagerLine(['--controllers=*,-nodelifecycle,bootstrapsigner,-attachdetach']);
  assert.deepEqual(settings.controllers, ['*', '-node-lifecycle-controller']);
  assert.deepEqual(warnings, ['kube-controller-manager --controllers: there is no bootstrap-signer-controller here']);
  refuses(['--controllers=nobody'], '--controllers: "nobody" is not in the list of known controllers');
});

test('every controller here is one of upstream’s', () => {
  const known = new Set(upstreamControllers);
  assert.deepEqual(
    allControllers.map(({ name }) => name).filter((name) => !known.has(name)),
    [],
  );
});

test('one mask size is for one family, whichever that is', () => {
  assert.equal(readManagerLine(['--cluster-cidr=fd00:10::/56', '--node-cidr-mask-size=72']).settings.nodeCidrMaskSizeIpv6, 72);
  refuses(
    ['--cluster-cidr=10.10.0.0/16,fd00:10::/56', '--node-cidr-mask-size=72'],
    'usage of --node-cidr-mask-size is not allowed with dual-stack clusters',
  );
});
