import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindPod } from './binding.ts';
import { Notes } from './cycle-state.ts';
import { unschedulable, type Plugin, type Verdict } from './framework.ts';
import { podInfoOf } from './pod-info.ts';
import { testPod } from './plugins/test-objects.ts';
import { testProfile } from './test-profile.ts';

const bind = (...plugins: Plugin[]) => bindPod(testProfile(plugins), { nodeName: 'n', pod: podInfoOf(testPod('p')), notes: new Notes() });
const binds = (name: string, verdict?: Verdict): Plugin => ({ name, bind: async () => verdict });
const prepares = (name: string, verdict?: Verdict): Plugin => ({ name, preBind: async () => verdict });
const error = (reason: string): Verdict => ({ code: 'Error', reasons: [reason] });

test('a pod is bound when all who prepare it agree and one binds it', async () => {
  assert.equal(await bind(prepares('A'), prepares('B', { code: 'Skip', reasons: [] }), binds('C')), undefined);
});

test('the first plugin that does not skip decides on the binding', async () => {
  const skips = binds('A', { code: 'Skip', reasons: [] });
  assert.equal(await bind(skips, binds('B'), binds('C', error('too late'))), undefined);
  assert.deepEqual(await bind(skips), { message: 'no plugin binds the pod', rejected: false });
});

test('an error names the plugin; a rejection has its own words', async () => {
  assert.deepEqual(await bind(binds('B', error('conflict'))), { message: 'running Bind plugin "B": conflict', rejected: false });
  assert.deepEqual(await bind(prepares('V', error('timed out')), binds('B')), {
    message: 'running PreBind plugin "V": timed out',
    rejected: false,
  });
  assert.deepEqual(await bind(prepares('V', unschedulable('no volume')), binds('B')), { message: 'no volume', rejected: true });
});

test('what a plugin throws is an error', async () => {
  const throws: Plugin = { name: 'T', bind: () => Promise.reject(new Error('gone')) };
  assert.deepEqual(await bind(throws), { message: 'running Bind plugin "T": gone', rejected: false });
});
