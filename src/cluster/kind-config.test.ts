import assert from 'node:assert/strict';
import { test } from 'node:test';
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
