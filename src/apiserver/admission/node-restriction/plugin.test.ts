import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Lease } from '../../../api/kinds/coordination/lease.ts';
import { ConfigMap } from '../../../api/kinds/core/configmap.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { ServiceAccount } from '../../../api/kinds/core/serviceaccount.ts';
import { admit, readerOf, type Trial } from '../trial.ts';
import { nodeRestriction } from './plugin.ts';

const kubelet = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };
const pod = (nodeName: string, more: object = {}) => ({
  metadata: { name: 'p', namespace: 'ns', uid: 'u' },
  spec: { nodeName, containers: [], ...more },
});
const plugin = nodeRestriction(readerOf([Node, { metadata: { name: 'n1', uid: 'n1-uid' } }], [Pod, pod('n1')]));
const ask = (trial: Trial) => admit(plugin, { user: kubelet, ...trial });
const refuses = (trial: Trial, why: RegExp) => assert.rejects(ask(trial), why);

const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'n1-uid', controller: true };
const mirror = (spec: object = {}, owners: readonly object[] = [owner]) => ({
  metadata: { name: 'p', namespace: 'ns', annotations: { 'kubernetes.io/config.mirror': 'x' }, ownerReferences: owners },
  spec: { nodeName: 'n1', containers: [], ...spec },
});

describe('NodeRestriction', () => {
  test('does not concern whoever is no kubelet', async () => {
    await ask({ user: { name: 'system:node:n1', groups: [] }, kind: Pod, object: pod('n2') });
    await ask({ kind: ConfigMap, object: { metadata: { name: 'c' } } });
    await refuses(
      { user: { ...kubelet, name: 'system:node:' }, kind: Pod, object: pod('n1') },
      /could not determine node from user "system:node:"$/,
    );
  });

  test('lets a node make mirror pods of its own that refer to nothing', async () => {
    await ask({ kind: Pod, object: mirror() });
    await refuses(
      { kind: Pod, object: pod('n1') },
      /pod does not have "kubernetes\.io\/config\.mirror" annotation, node "n1" can only create mirror pods$/,
    );
    await refuses({ kind: Pod, object: mirror({ nodeName: 'n2' }) }, /node "n1" can only create pods with spec\.nodeName set to itself$/);
    await refuses({ kind: Pod, object: mirror({}, []) }, /with an owner reference set to itself$/);
    await refuses({ kind: Pod, object: mirror({}, [{ ...owner, uid: 'x' }]) }, /node n1 UID mismatch: expected x got n1-uid$/);
    await refuses({ kind: Pod, object: mirror({ serviceAccountName: 'a' }) }, /can not create pods that reference a service account$/);
    const volumes = [{ name: 'v', configMap: { name: 'c' } }];
    await refuses({ kind: Pod, object: mirror({ volumes }) }, /can not create pods that reference configmaps$/);
  });

  test('lets a node write the status of its own pods, without their labels', async () => {
    const status = (object: object, old: object) => ({ kind: Pod, subresource: 'status', object, old });
    await ask(status(pod('n1'), pod('n1')));
    await refuses(status(pod('n2'), pod('n2')), /node "n1" can only update pod status for pods with spec\.nodeName set to itself$/);
    const labelled = { ...pod('n1'), metadata: { name: 'p', labels: { a: 'b' } } };
    await refuses(status(labelled, pod('n1')), /node "n1" cannot update labels through pod status$/);
    await refuses(
      { kind: Pod, subresource: 'binding', object: {} },
      /unexpected pod subresource "binding", only 'status' and 'eviction' are allowed$/,
    );
  });

  test('lets a node delete its own pods alone', async () => {
    await ask({ kind: Pod, old: pod('n1'), operation: 'DELETE' });
    await refuses({ kind: Pod, old: pod('n2'), operation: 'DELETE' }, /node "n1" can only delete pods with spec\.nodeName set to itself$/);
  });

  test('lets a node write itself, but no taints and no labels by which others choose it', async () => {
    const node = (labels: object = {}, spec: object = {}) => ({ metadata: { name: 'n1', labels }, spec });
    await ask({ kind: Node, object: node({ 'kubernetes.io/hostname': 'n1', 'node.kubernetes.io/x': 'y', 'example.org/a': 'b' }) });
    await refuses({ kind: Node, object: { metadata: { name: 'n2' } } }, /node "n1" is not allowed to modify node "n2"$/);
    const restricted = { 'node-restriction.kubernetes.io/a': 'b', 'node-role.kubernetes.io/control-plane': '' };
    await refuses(
      { kind: Node, object: node(restricted) },
      /is not allowed to set the following labels: node-restriction\.kubernetes\.io\/a, node-role\.kubernetes\.io\/control-plane$/,
    );
    await refuses({ kind: Node, object: node(restricted), old: node() }, /is not allowed to modify labels: node-restriction/);
    await refuses(
      { kind: Node, object: node({}, { taints: [] }), old: node({}, { taints: [{ key: 'a' }] }) },
      /is not allowed to modify taints$/,
    );
  });

  test('lets a node renew its own lease', async () => {
    const lease = (name: string, namespace: string) => ({ kind: Lease, namespace, object: { metadata: { name, namespace } } });
    await ask(lease('n1', 'kube-node-lease'));
    await refuses(lease('n2', 'kube-node-lease'), /can only access node lease with the same name as the requesting node$/);
    await refuses(lease('n1', 'default'), /can only access leases in the "kube-node-lease" system namespace$/);
  });

  test('lets a node say how large a claim is, and nothing else of it', async () => {
    const claim = (status: object) => ({ metadata: { name: 'c', namespace: 'ns' }, spec: {}, status });
    const write = (next: object) => ({
      kind: PersistentVolumeClaim,
      subresource: 'status',
      object: claim(next),
      old: claim({ phase: 'Bound' }),
    });
    await ask(write({ phase: 'Bound', capacity: { storage: '2Gi' } }));
    await refuses(write({ phase: 'Lost' }), /is not allowed to update fields other than status\.capacity and status\.conditions$/);
  });

  test('gives a node only tokens that are bound to its pods', async () => {
    const token = (ref?: object) => ({
      kind: ServiceAccount,
      subresource: 'token',
      namespace: 'ns',
      name: 'default',
      object: { spec: { audiences: [], ...(ref && { boundObjectRef: ref }) } },
    });
    await ask(token({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }));
    await refuses(token(), /node requested token not bound to a pod$/);
    await refuses(token({ apiVersion: 'v1', kind: 'Pod', name: 'p' }), /node requested token with a pod binding without a uid$/);
    await refuses(
      token({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'x' }),
      /the UID in the bound object reference \(x\) does not match/,
    );
    await refuses(
      { ...token({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }), user: { ...kubelet, name: 'system:node:n2' } },
      /scheduled on a different node$/,
    );
  });
});
