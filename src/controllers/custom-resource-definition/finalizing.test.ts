import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { silentLog } from '../../base/log.ts';
import type { CustomResourceDefinition } from '../../api/generated/apiextensions/v1.ts';
import { cleanupFinalizer } from '../../api/kinds/apiextensions/customresourcedefinition.ts';
import type { Client } from '../../client/client.ts';
import type { Context } from '../../client/controller.ts';
import { finalizingController, type CustomInstances } from './finalizing.ts';

const established = { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: '' };
const going = (conditions = [established]): CustomResourceDefinition => ({
  metadata: { name: 'gears.example.com', deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [cleanupFinalizer, 'example.com/other'] },
  spec: { group: 'example.com', scope: 'Cluster', names: { plural: 'gears', kind: 'Gear' }, versions: [] },
  status: { conditions },
});

/** Reconciles once; answers what was written, as `reason: message [finalizers]`, and the failure. */
async function finalize(crd: CustomResourceDefinition, instances: CustomInstances) {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const written: string[] = [];
  const client = {
    updateStatus: async (_kind: unknown, object: CustomResourceDefinition) => {
      const terminating = object.status?.conditions?.find(({ type }) => type === 'Terminating');
      written.push(`${terminating?.reason}: ${terminating?.message} [${object.metadata.finalizers?.join(' ')}]`);
      return object;
    },
  } as unknown as Client;
  const env = { clock, log: silentLog, signal: new AbortController().signal };
  const done = finalizingController(instances)
    .reconcile(crd, { client, env } as unknown as Context)
    .then(
      () => undefined,
      (error: Error) => error.message,
    );
  await clock.advance(120_000);
  return { written, failure: await done };
}

const all = `${cleanupFinalizer} example.com/other`;
const begun = `InstanceDeletionInProgress: CustomResource deletion is in progress [${all}]`;

test('the definition goes once its objects have gone', async () => {
  let left = 3;
  const { written, failure } = await finalize(going(), { deleteAll: async () => {}, count: async () => left-- });
  assert.deepEqual(written, [begun, 'InstanceDeletionCompleted: removed all instances [example.com/other]']);
  assert.equal(failure, undefined);
});

test('objects that stay hold it, and it says so', async () => {
  const { written, failure } = await finalize(going(), { deleteAll: async () => {}, count: async () => 1 });
  const message = 'could not confirm zero CustomResources remaining: context deadline exceeded';
  assert.deepEqual(written, [begun, `InstanceDeletionCheck: ${message} [${all}]`]);
  assert.equal(failure, 'context deadline exceeded');
});

test('a deletion that fails is tried again', async () => {
  const { written, failure } = await finalize(going(), { deleteAll: () => Promise.reject(new Error('no')), count: async () => 0 });
  assert.deepEqual(written, [begun, `InstanceDeletionFailed: could not issue all deletes: no [${all}]`]);
  assert.equal(failure, 'no');
});

test('what was never established has no objects', async () => {
  const instances = { deleteAll: () => Promise.reject(new Error('asked')), count: async () => 0 };
  const { written } = await finalize(going([]), instances);
  assert.deepEqual(written, [begun, 'NeverEstablished: resource was never established [example.com/other]']);
});

test('a definition that is not going is left alone', async () => {
  const { metadata, ...rest } = going();
  const { written } = await finalize(
    { ...rest, metadata: { ...metadata, deletionTimestamp: undefined } },
    { deleteAll: async () => {}, count: async () => 0 },
  );
  assert.deepEqual(written, []);
});
