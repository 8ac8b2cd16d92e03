import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { StatefulSet as StatefulSetObject } from '../../api/generated/apps/v1.ts';
import type { PersistentVolumeClaim as ClaimObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { StatefulSet } from '../../api/kinds/apps/statefulset.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { playKubelet } from '../../workloads/trial-kubelet.ts';
import { retainedBy, retentionOwner } from './claim-retention.ts';
import { at, podTemplate, trialSet, type TrialSet } from './trial-set.ts';

const data = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  status: {},
} as ClaimObject;

function situation(whenDeleted: string, whenScaled: string, ordinal: number): [StatefulSetObject, PodObject] {
  const persistentVolumeClaimRetentionPolicy = { whenDeleted, whenScaled };
  return [
    {
      metadata: { name: 'web', uid: 'set' },
      spec: { replicas: 1, selector: {}, template: podTemplate('a'), persistentVolumeClaimRetentionPolicy },
      status: { replicas: 0 },
    },
    { metadata: { name: `web-${ordinal}`, uid: 'pod' }, spec: { containers: [] }, status: {} },
  ];
}

test('whose end a claim shares follows the policy, and whether its pod is still wanted', () => {
  const owners = (whenDeleted: string, whenScaled: string) =>
    [0, 1].map((ordinal) => retentionOwner(...situation(whenDeleted, whenScaled, ordinal)));
  assert.deepEqual(owners('Retain', 'Retain'), [undefined, undefined]);
  assert.deepEqual(owners('Delete', 'Retain'), ['set', 'set']);
  assert.deepEqual(owners('Retain', 'Delete'), [undefined, 'pod']);
  assert.deepEqual(owners('Delete', 'Delete'), ['set', 'pod']);
});

test('references of others stay; one that another controls is left to it', () => {
  const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' };
  const claim = { ...data, metadata: { name: 'data-web-0', ownerReferences: [other] } };
  const kinds = retainedBy(claim, ...situation('Delete', 'Retain', 0))?.map(({ kind }) => kind);
  assert.deepEqual(kinds, ['ConfigMap', 'StatefulSet']);
  const controlled = { ...claim, metadata: { ...claim.metadata, ownerReferences: [{ ...other, controller: true }] } };
  assert.equal(retainedBy(controlled, ...situation('Delete', 'Retain', 0)), undefined);
});

let plane: VirtualControlPlane;
let set: TrialSet;

describe('claims of a stateful set', () => {
  beforeEach(async () => {
    const controllers = ['statefulset-controller', 'serviceaccount-controller', 'garbage-collector-controller'];
    plane = await startVirtualControlPlane({ controllers });
    await plane.clock.advance(100);
    set = trialSet(plane.client);
    playKubelet(plane, at.namespace, { readyAfterMs: ({ spec }) => (spec.containers[0]!.image === 'never' ? undefined : 100) });
  });
  afterEach(() => plane[Symbol.dispose]());

  const ready = async (count: number) => (await set.read()).status.readyReplicas === count;
  const claims = async () => (await plane.client.list(PersistentVolumeClaim, { namespace: at.namespace })).items;
  const names = async () => (await claims()).map(({ metadata }) => metadata.name!).sort();
  /** No controller of volumes runs here that would hold back a claim in use. */
  const endClaim = (name: string) => plane.client.delete(PersistentVolumeClaim, { namespace: at.namespace, name });

  test('each pod has a claim of its own, which it finds again when it is made anew', async () => {
    await set.create({ replicas: 2, volumeClaimTemplates: [data] });
    await plane.until(() => ready(2));
    assert.deepEqual(await names(), ['data-web-0', 'data-web-1']);
    const [claim] = await claims();
    assert.deepEqual(claim?.metadata.labels, { app: 'web' });
    assert.deepEqual((await set.pods())[0]?.spec.volumes?.[0], { name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } });
    assert.deepEqual((await set.events()).slice(0, 2), [
      'create Claim data-web-0 Pod web-0 in StatefulSet web success',
      'create Pod web-0 in StatefulSet web successful',
    ]);
    await plane.client.delete(Pod, { namespace: at.namespace, name: 'web-0' });
    await plane.until(async () => !(await ready(2)));
    await plane.until(() => ready(2));
    assert.deepEqual((await claims()).map(({ metadata }) => metadata.uid).includes(claim?.metadata.uid), true);
  });

  test('claims outlive scaling and the set itself, unless the policy says otherwise', async () => {
    await set.create({ replicas: 2, volumeClaimTemplates: [data] });
    await plane.until(() => ready(2));
    await set.patch({ replicas: 1 });
    await plane.until(async () => (await set.pods()).length === 1);
    await plane.client.delete(StatefulSet, at);
    await plane.until(async () => (await set.pods()).length === 0);
    await plane.clock.advance(2_000);
    assert.deepEqual(await names(), ['data-web-0', 'data-web-1']);
  });

  test('with whenScaled the claim of a pod that is scaled away goes; with whenDeleted all go with the set', async () => {
    const persistentVolumeClaimRetentionPolicy = { whenScaled: 'Delete', whenDeleted: 'Delete' };
    await set.create({ replicas: 2, volumeClaimTemplates: [data], persistentVolumeClaimRetentionPolicy });
    await plane.until(() => ready(2));
    await set.patch({ replicas: 1 });
    await plane.until(async () => (await names()).join() === 'data-web-0' || (await goingOnly('data-web-1')));
    await plane.client.delete(StatefulSet, at);
    await plane.until(async () => (await claims()).every(({ metadata }) => metadata.deletionTimestamp !== undefined));
  });

  const goingOnly = async (name: string) =>
    (await claims()).every(({ metadata }) => (metadata.deletionTimestamp !== undefined) === (metadata.name === name));

  test('a claim that is missing while its pod waits is made', async () => {
    await set.create({ replicas: 1, template: podTemplate('never'), volumeClaimTemplates: [data] });
    await plane.until(async () => (await set.pods()).length === 1);
    const [before] = await claims();
    await plane.client.patch(PersistentVolumeClaim, { namespace: at.namespace, name: 'data-web-0' }, 'merge', {
      metadata: { finalizers: null },
    });
    await endClaim('data-web-0');
    await plane.until(async () => (await claims())[0] !== undefined && (await claims())[0]?.metadata.uid !== before?.metadata.uid);
  });
});
