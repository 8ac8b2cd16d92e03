import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandLineError } from '../codec/component-flags.ts';
import { readSchedulerLine } from './command-line.ts';

const noFiles = (path: string): string => {
  throw new Error(`open ${path}: no such file or directory`);
};

test('without a configuration there is none', () => {
  const { config, warnings } = readSchedulerLine(['--leader-elect=false', '-v=4'], noFiles);
  assert.equal(config, undefined);
  assert.equal(warnings.length, 2);
});

test('the file that --config names is read', () => {
  const file = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles: [{schedulerName: mine}]\n';
  assert.deepEqual(readSchedulerLine(['--config=/etc/s.yaml'], () => file).config, { profiles: [{ schedulerName: 'mine' }] });
});

test('a file that is not there or is wrong is a problem of the command line', () => {
  assert.throws(
    () => readSchedulerLine(['--config=/etc/s.yaml'], noFiles),
    new CommandLineError('kube-scheduler', ['--config /etc/s.yaml: open /etc/s.yaml: no such file or directory']),
  );
  assert.throws(() => readSchedulerLine(['--config=/etc/s.yaml'], () => 'kind: Pod\napiVersion: v1\n'), /no kind "Pod" is registered/);
  assert.throws(() => readSchedulerLine(['--policy-config-file=x'], noFiles), /unknown flag: --policy-config-file/);
});
