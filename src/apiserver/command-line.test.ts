import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandLineError } from '../codec/component-flags.ts';
import { readServerLine } from './command-line.ts';

const refuses = (words: readonly string[], problem: string) =>
  assert.throws(
    () => readServerLine(words),
    (error) => {
      assert.ok(error instanceof CommandLineError);
      assert.deepEqual(error.problems, [problem]);
      return true;
    },
    words.join(' '),
  );

test('what was given is set in the units of the server', () => {
  const { settings, warnings } = readServerLine([
    '--default-not-ready-toleration-seconds=5',
    '--default-unreachable-toleration-seconds=6',
    '--event-ttl=30m',
    '--max-requests-inflight=0',
    '--request-timeout=2m',
    '--etcd-compaction-interval=0',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-node-port-range=31000-31009',
    '--runtime-config=api/beta=true,apps/v1=false',
    '--authorization-mode=RBAC',
    '--anonymous-auth=true',
  ]);
  assert.deepEqual(settings, {
    notReadyTolerationSeconds: 5,
    unreachableTolerationSeconds: 6,
    eventTtlSeconds: 1800,
    maxReadOnlyInFlight: Infinity,
    requestTimeoutMs: 120_000,
    compactionIntervalMs: 0,
    serviceSubnet: '10.0.0.0/24',
    nodePorts: { from: 31_000, to: 31_009 },
    runtimeConfig: { 'api/beta': 'true', 'apps/v1': 'false' },
    authorizationModes: ['RBAC'],
    anonymous: true,
  });
  assert.deepEqual(warnings, []);
});

test('admission plugins are turned on and off by name', () => {
  const { settings, warnings } = readServerLine([
    '--enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement',
    '--disable-admission-plugins=DefaultTolerationSeconds,PodSecurity',
  ]);
  assert.deepEqual(settings, {
    enablePlugins: ['NodeRestriction', 'OwnerReferencesPermissionEnforcement'],
    disablePlugins: ['DefaultTolerationSeconds'],
  });
  assert.deepEqual(warnings, ['kube-apiserver --disable-admission-plugins has no effect on PodSecurity: there is none here']);
  refuses(['--enable-admission-plugins=Magic'], 'enable-admission-plugins plugin "Magic" is unknown');
  refuses(['--enable-admission-plugins=EventRateLimit'], '--enable-admission-plugins cannot be obeyed: there is no EventRateLimit here');
  refuses(
    ['--enable-admission-plugins=Priority', '--disable-admission-plugins=Priority'],
    '[Priority] in enable-admission-plugins and disable-admission-plugins overlapped',
  );
});

test('what the server cannot do is refused in upstream’s words where it has some', () => {
  refuses(['--max-requests-inflight=-1'], '--max-requests-inflight: --max-requests-inflight can not be negative value');
  refuses(['--authorization-mode=Guess'], '--authorization-mode: authorization-mode "Guess" is not a valid mode');
  refuses(['--authorization-mode=Webhook'], '--authorization-mode: Webhook is not there; AlwaysAllow, Node and RBAC are');
  refuses(['--service-node-port-range=32000-31000'], '--service-node-port-range: end port cannot be less than start port: 32000-31000');
  refuses(
    ['--service-cluster-ip-range=10.0.0.0/30'],
    '--service-cluster-ip-range: the service cluster IP range must be at least 8 IP addresses',
  );
  refuses(['--runtime-config=toys/v1=true'], '--runtime-config: unknown api groups toys/v1');
  refuses(['--encryption-provider-config=/etc/k.yaml'], '--encryption-provider-config cannot be obeyed: what is stored is not encrypted');
  refuses(['--insecure-port=8080'], 'unknown flag: --insecure-port');
});

test('ports of nodes are a range, a start with an offset, or one', () => {
  const ports = (text: string) => readServerLine([`--service-node-port-range=${text}`]).settings.nodePorts;
  assert.deepEqual(
    [ports('30000+10'), ports('30000')],
    [
      { from: 30_000, to: 30_010 },
      { from: 30_000, to: 30_000 },
    ],
  );
});
