import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSchedulerConfig, SchedulerConfigError } from './config-file.ts';

const head = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const refuses = (source: string, message: string) =>
  assert.throws(() => readSchedulerConfig(source), new SchedulerConfigError(message), source);

test('a configuration of several profiles is read, and arguments lose their types', () => {
  const { config, warnings } = readSchedulerConfig(`${head}percentageOfNodesToScore: 50
podMaxBackoffSeconds: 20
profiles:
- schedulerName: default-scheduler
- schedulerName: packing
  plugins: {score: {disabled: [{name: ImageLocality}], enabled: [{name: NodeResourcesFit, weight: 5}]}}
  pluginConfig:
  - name: NodeResourcesFit
    args:
      apiVersion: kubescheduler.config.k8s.io/v1
      kind: NodeResourcesFitArgs
      scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 2}]}
`);
  assert.deepEqual(warnings, []);
  assert.deepEqual(config.profiles?.[1]?.pluginConfig, [
    { name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 2 }] } } },
  ]);
  assert.deepEqual([config.percentageOfNodesToScore, config.podMaxBackoffSeconds], [50, 20]);
});

test('what has no effect in one process is named', () => {
  const { config, warnings } = readSchedulerConfig(`${head}leaderElection: {leaderElect: false}\nparallelism: 4\n`);
  assert.deepEqual(config, { parallelism: 4 });
  assert.deepEqual(
    warnings.map((warning) => warning.split(' has')[0]),
    ['kube-scheduler --config: parallelism', 'kube-scheduler --config: leaderElection'],
  );
});

test('decoding is strict, in upstream’s words', () => {
  refuses('apiVersion: v1\n', "Object 'Kind' is missing in 'apiVersion: v1\n'");
  refuses(
    'apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration\n',
    'no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io/v1beta3" in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"',
  );
  refuses(`${head}profiles:\n- shedulerName: x\n`, 'strict decoding error: unknown field "profiles[0].shedulerName"');
  refuses(
    `${head}podMaxBackoffSeconds: soon\n`,
    'json: cannot unmarshal string into Go struct field KubeSchedulerConfiguration.podMaxBackoffSeconds of type int64',
  );
  refuses(
    `${head}profiles:\n- pluginConfig:\n  - name: InterPodAffinity\n    args: {weight: 3}\n`,
    'strict decoding error: decoding .profiles[0].pluginConfig[0]: strict decoding error: decoding args for plugin InterPodAffinity: strict decoding error: unknown field "weight"',
  );
});

test('values are validated, and all problems told together', () => {
  refuses(
    `${head}parallelism: 0\nprofiles:\n- schedulerName: a\n  pluginConfig:\n  - {name: InterPodAffinity, args: {hardPodAffinityWeight: 101}}\n- schedulerName: a\n`,
    '[parallelism: Invalid value: 0: should be an integer value greater than zero, ' +
      'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100], ' +
      'profiles[1].schedulerName: Duplicate value: "a"]',
  );
  refuses(
    `${head}leaderElection: {leaseDuration: 5s}\n`,
    'leaderElection.leaseDuration: Invalid value: "10s": must be greater than `RenewDeadline`',
  );
  refuses(
    `${head}profiles:\n- plugins: {score: {enabled: [{name: Astrology}]}}\n`,
    'initializing profiles: creating profile for scheduler name default-scheduler: Astrology does not exist',
  );
});

test('arguments of plugins have rules of their own', () => {
  const withArgs = (plugin: string, args: string) => `${head}profiles:\n- pluginConfig:\n  - {name: ${plugin}, args: ${args}}\n`;
  const at = 'profiles[0].pluginConfig[0].args';
  refuses(
    withArgs('NodeResourcesFit', '{scoringStrategy: {type: RequestedToCapacityRatio}}'),
    `${at}.scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio`,
  );
  refuses(
    withArgs('PodTopologySpread', '{defaultConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]}'),
    `${at}.defaultingType: Invalid value: "System": when .defaultConstraints are not empty`,
  );
  refuses(
    withArgs('DefaultPreemption', '{minCandidateNodesPercentage: 101}'),
    `${at}.minCandidateNodesPercentage: Invalid value: 101: not in valid range [0, 100]`,
  );
  refuses(
    withArgs('VolumeBinding', '{bindTimeoutSeconds: -1}'),
    `${at}.bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value`,
  );
  refuses(
    withArgs('NodeResourcesBalancedAllocation', '{resources: [{name: cpu, weight: 2}]}'),
    `${at}.resources[0].weight: Invalid value: 2: must be 1`,
  );
});
