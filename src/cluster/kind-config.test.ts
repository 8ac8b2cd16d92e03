import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, readKindConfig } from './kind-config.ts';

const head = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';

test('nodes are named as kind names them', () => {
  const { nodes, warnings } = readKindConfig(
    `${head}nodes:\n- role: control-plane\n- role: worker\n  labels: {tier: db}\n- role: worker\n`,
  );
  assert.deepEqual(
    nodes('c').map((node) => node.name),
    ['c-control-plane', 'c-worker', 'c-worker2'],
  );
  assert.deepEqual(nodes('c')[1]?.labels, { tier: 'db' });
  assert.deepEqual(warnings, []);
});

test('a config without nodes is one control plane', () => {
  assert.deepEqual(
    readKindConfig(head)
      .nodes('c')
      .map((node) => node.name),
    ['c-control-plane'],
  );
});

test('what has no meaning is named', () => {
  const { warnings } = readKindConfig(
    `${head}featureGates: {X: true}\nnetworking: {disableDefaultCNI: true}\nnodes:\n- role: control-plane\n  extraPortMappings: []\n`,
  );
  assert.deepEqual(
    warnings.map((warning) => warning.split(' ')[0]),
    ['featureGates', 'networking.disableDefaultCNI', 'nodes[0].extraPortMappings'],
  );
});

test('all problems are told at once', () => {
  const config =
    'kind: Clutter\napiVersion: v1\nnetworking: {apiServerAddress: 0.0.0.0, apiServerPort: 70000}\nnodes:\n- role: boss\n- role: control-plane\n- role: control-plane\n';
  assert.throws(
    () => readKindConfig(config),
    (error) => {
      assert.ok(error instanceof ConfigError);
      for (const problem of ['kind:', 'apiVersion:', 'apiServerAddress', 'apiServerPort', 'nodes[0].role', 'control-plane nodes'])
        assert.ok(error.message.includes(problem), `${problem} in ${error.message}`);
      return true;
    },
  );
});

test('YAML that is none is a config error', () => {
  assert.throws(() => readKindConfig('a: [b'), ConfigError);
  assert.throws(() => readKindConfig('just text'), ConfigError);
});

test('port 0 means any', () => {
  assert.equal(readKindConfig(`${head}networking: {apiServerPort: 0}\n`).apiPort, undefined);
  assert.equal(readKindConfig(`${head}networking: {apiServerPort: 7000}\n`).apiPort, 7000);
});

describe('kubeadmConfigPatches', () => {
  const indented = (yaml: string, by: string): string => yaml.replaceAll(/^(?=.)/gm, by);
  const patch = (yaml: string): string => `- |\n${indented(yaml, '  ')}`;
  const clusterConfiguration = (version: string, rest: string): string =>
    patch(`kind: ClusterConfiguration\n${version === '' ? '' : `apiVersion: kubeadm.k8s.io/${version}\n`}${rest}`);
  const withPatches = (...patches: string[]): string => `${head}kubeadmConfigPatches:\n${patches.join('\n')}`;

  test('flags of components are read from maps and from lists, later patches changing earlier ones', () => {
    const { args, warnings } = readKindConfig(
      withPatches(
        clusterConfiguration(
          'v1beta3',
          'controllerManager:\n  extraArgs:\n    node-monitor-period: 2s\n    terminated-pod-gc-threshold: "5"\n',
        ),
        clusterConfiguration(
          'v1beta4',
          'controllerManager:\n  extraArgs:\n  - {name: node-monitor-period, value: 1s}\n  - {name: terminated-pod-gc-threshold, value: null}\napiServer:\n  extraArgs:\n  - {name: event-ttl, value: 5m}\n',
        ),
        clusterConfiguration('', 'scheduler:\n  extraArgs: {v: "4"}\n'),
      ),
    );
    assert.deepEqual(args, {
      apiServer: { 'event-ttl': '5m' },
      controllerManager: { 'node-monitor-period': '1s' },
      scheduler: { v: '4' },
    });
    assert.deepEqual(warnings, []);
  });

  test('a flag that stands there twice is given twice', () => {
    const { args } = readKindConfig(
      withPatches(
        clusterConfiguration(
          'v1beta4',
          'apiServer:\n  extraArgs:\n  - {name: runtime-config, value: api/beta=true}\n  - {name: runtime-config, value: api/alpha=true}\n',
        ),
      ),
    );
    assert.deepEqual(args?.apiServer, { 'runtime-config': ['api/beta=true', 'api/alpha=true'] });
  });

  test('JSON patches see flags in the shape of their version', () => {
    const json = (version: string, operations: string): string =>
      `- {group: kubeadm.k8s.io, version: ${version}, kind: ClusterConfiguration, patch: '${operations}'}`;
    const config = `${head}kubeadmConfigPatchesJSON6902:
${json('v1beta3', '[{"op":"add","path":"/apiServer/extraArgs/event-ttl","value":"5m"}]')}
${json('v1beta4', '[{"op":"add","path":"/apiServer/extraArgs/-","value":{"name":"request-timeout","value":"2m"}}]')}
`;
    assert.deepEqual(readKindConfig(config).args?.apiServer, { 'event-ttl': '5m', 'request-timeout': '2m' });
    assert.throws(
      () => readKindConfig(`${head}kubeadmConfigPatchesJSON6902:\n${json('v1beta3', '[{"op":"remove","path":"/apiServer/extraArgs/x"}]')}`),
      /kubeadmConfigPatchesJSON6902\[0\]: /,
    );
  });

  test('nodes register with labels and taints of their own', () => {
    const node = (role: string, yaml: string): string => `- role: ${role}\n  kubeadmConfigPatches:\n${indented(patch(yaml), '  ')}`;
    const { nodes, warnings } = readKindConfig(
      `${head}nodes:
${node('control-plane', 'kind: InitConfiguration\nnodeRegistration:\n  taints: []\n  kubeletExtraArgs:\n    node-labels: "ingress-ready=true"\n')}
${node('worker', 'kind: JoinConfiguration\nnodeRegistration:\n  kubeletExtraArgs:\n    node-labels: "tier=db,disk=ssd"\n    register-with-taints: "dedicated=db:NoSchedule"\n')}
- role: worker
`,
    );
    assert.deepEqual(nodes('c'), [
      { name: 'c-control-plane', role: 'control-plane', labels: { 'ingress-ready': 'true' }, taints: [] },
      {
        name: 'c-worker',
        role: 'worker',
        labels: { tier: 'db', disk: 'ssd' },
        registerWithTaints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }],
      },
      { name: 'c-worker2', role: 'worker', labels: {} },
    ]);
    assert.deepEqual(warnings, []);
  });

  test('what is not obeyed is named, each thing once', () => {
    const { warnings, args } = readKindConfig(
      withPatches(
        clusterConfiguration('v1beta3', 'apiServer:\n  certSANs: [example.com]\netcd:\n  local: {dataDir: /tmp}\n'),
        patch('kind: KubeletConfiguration\nmaxPods: 20\n'),
        patch('kind: JoinConfiguration\nnodeRegistration:\n  criSocket: x\n  kubeletExtraArgs: {max-pods: "20"}\n'),
        clusterConfiguration('v1beta2', 'apiServer:\n  extraArgs: {event-ttl: 5m}\n'),
      ) + '\nnodes: [{role: control-plane}, {role: worker}, {role: worker, extraMounts: [{hostPath: /a, containerPath: /b}]}]\n',
    );
    assert.equal(args, undefined);
    assert.deepEqual(
      warnings.map((warning) => warning.split(' ')[0]),
      [
        'kubeadmConfigPatches[1]:',
        'kubeadmConfigPatches[3]:',
        'JoinConfiguration.nodeRegistration.criSocket',
        'JoinConfiguration.nodeRegistration.kubeletExtraArgs.max-pods',
        'ClusterConfiguration.apiServer.certSANs',
        'ClusterConfiguration.etcd',
        'nodes[2].extraMounts',
      ],
    );
  });

  test('labels and taints that a kubelet would not take are problems', () => {
    const refuses = (flags: string, problem: RegExp) =>
      assert.throws(
        () => readKindConfig(withPatches(patch(`kind: InitConfiguration\nnodeRegistration:\n  kubeletExtraArgs: {${flags}}\n`))),
        problem,
      );
    refuses('node-labels: "node-role.kubernetes.io/db="', /unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels/);
    refuses('register-with-taints: "dedicated:Sometimes"', /invalid taint spec: dedicated:Sometimes/);
  });

  test('networks of the patches win over those of the config', () => {
    const config = withPatches(clusterConfiguration('', 'networking: {serviceSubnet: 10.50.0.0/16, podSubnet: 10.60.0.0/16}\n'));
    const { serviceSubnet, args } = readKindConfig(`${config}\nnetworking: {serviceSubnet: 10.51.0.0/16}\n`);
    assert.equal(serviceSubnet, '10.50.0.0/16');
    assert.deepEqual(args, { controllerManager: { 'cluster-cidr': '10.60.0.0/16' } });
    assert.deepEqual(readKindConfig(`${head}networking: {podSubnet: 10.61.0.0/16}\n`).args, {
      controllerManager: { 'cluster-cidr': '10.61.0.0/16' },
    });
  });

  test('a file that a flag names is looked for where the mounts say', () => {
    const { args, warnings } = readKindConfig(
      `${withPatches(
        clusterConfiguration(
          'v1beta3',
          'scheduler:\n  extraArgs: {config: /etc/sched/config.yaml}\n  extraVolumes:\n  - {name: s, hostPath: /files, mountPath: /etc/sched}\n',
        ),
      )}\nnodes: [{role: control-plane, extraMounts: [{hostPath: /home/me/sched, containerPath: /files}]}]\n`,
    );
    assert.deepEqual(args, { scheduler: { config: '/home/me/sched/config.yaml' } });
    assert.deepEqual(warnings, []);
  });
});
