import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { User } from '../../../api/call.ts';
import { parseFieldSelector } from '../../../api/field-selector.ts';
import type { PersistentVolume, Pod } from '../../../api/generated/core/v1.ts';
import type { Decision } from '../../ports.ts';
import { nodeAuthorizer } from './authorizer.ts';
import { NodeGraph } from './graph.ts';

const kubelet: User = { name: 'system:node:n1', groups: ['system:nodes'] };

const pod = (name: string, nodeName: string | undefined, spec: object = {}, metadata: object = {}) =>
  ({ metadata: { name, namespace: 'a', ...metadata }, spec: { nodeName, containers: [], ...spec } }) as unknown as Pod;

/** `verb resource/subresource[.group] namespace/name?selector` */
function ask(graph: NodeGraph, question: string, user = kubelet): Decision {
  const [, verb, path, group, namespace, name, selector] = /^(\S+) ([^.\s]+)(?:\.(\S+))? ([^/\s]*)\/([^?]*)\??(.*)$/.exec(question)!;
  const [resource, subresource] = path!.split('/');
  return nodeAuthorizer(graph).authorize({
    user,
    verb: verb!,
    resource: { group: group ?? '', version: 'v1', resource: resource!, subresource, namespace, name },
    fieldSelector: parseFieldSelector(selector ?? ''),
  }) as Decision;
}

const allowed = (graph: NodeGraph, question: string) => ask(graph, question).verdict === 'allow';

describe('the Node authorizer', () => {
  const graph = new NodeGraph();
  const volumes = [
    { name: 's', secret: { secretName: 'volume-secret' } },
    { name: 'p', projected: { sources: [{ secret: { name: 'projected-secret' } }, { configMap: { name: 'projected-map' } }] } },
    { name: 'c', persistentVolumeClaim: { claimName: 'claim' } },
    { name: 'e', ephemeral: {} },
  ];
  const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 'env-secret', key: 'k' } } }];
  const containers = [{ name: 'main', env, envFrom: [{ configMapRef: { name: 'env-map' } }] }];
  const spec = { volumes, containers, imagePullSecrets: [{ name: 'pull-secret' }], serviceAccountName: 'bot' };
  graph.setPod(pod('web', 'n1', spec));
  graph.setPod(pod('far', 'n2', { volumes: [{ name: 's', secret: { secretName: 'far-secret' } }] }));
  graph.setPod(pod('pending', undefined, { volumes: [{ name: 's', secret: { secretName: 'pending-secret' } }] }));

  test('lets a node read what its pods need', () => {
    for (const name of ['volume-secret', 'projected-secret', 'env-secret', 'pull-secret']) {
      assert.equal(allowed(graph, `get secrets a/${name}`), true, name);
    }
    for (const name of ['projected-map', 'env-map']) assert.equal(allowed(graph, `watch configmaps a/${name}`), true, name);
    assert.equal(allowed(graph, 'get persistentvolumeclaims a/claim'), true);
    assert.equal(allowed(graph, 'get persistentvolumeclaims a/web-e'), true);
    assert.equal(allowed(graph, 'create serviceaccounts/token a/bot'), true);
    assert.equal(allowed(graph, 'get pods a/web'), true);
  });

  test('and nothing of others, nor of other namespaces, nor all at once', () => {
    for (const question of ['get secrets a/far-secret', 'get secrets b/env-secret', 'get pods a/far', 'get secrets a/pending-secret']) {
      assert.deepEqual(ask(graph, question), { verdict: 'no-opinion', reason: "no relationship found between node 'n1' and this object" });
    }
    assert.equal(ask(graph, 'list secrets a/').reason, 'No Object name found');
    assert.equal(ask(graph, 'list secrets /').reason, 'can only read namespaced object of this type');
    assert.equal(ask(graph, 'update secrets a/env-secret').reason, 'can only read resources of this type');
    assert.equal(ask(graph, 'create serviceaccounts/token a/other').verdict, 'no-opinion');
  });

  test('lists pods by its own name alone', () => {
    assert.equal(allowed(graph, 'watch pods /?spec.nodeName=n1'), true);
    assert.equal(allowed(graph, 'list pods /?spec.nodeName=n2'), false);
    assert.equal(ask(graph, 'list pods /').reason, 'can only list/watch pods with spec.nodeName field selector');
    assert.equal(allowed(graph, 'patch pods/status a/web'), true);
  });

  test('reads its own Node and Lease, and no other', () => {
    assert.equal(allowed(graph, 'get nodes /n1'), true);
    assert.equal(ask(graph, 'get nodes /n2').reason, "node 'n1' cannot read 'n2', only its own Node object");
    assert.equal(ask(graph, 'list nodes /').reason, "node 'n1' cannot read all nodes, only its own Node object");
    assert.equal(allowed(graph, 'update leases.coordination.k8s.io kube-node-lease/n1'), true);
    assert.equal(allowed(graph, 'update leases.coordination.k8s.io kube-node-lease/n2'), false);
    assert.equal(
      ask(graph, 'get leases.coordination.k8s.io a/n1').reason,
      'can only access leases in the "kube-node-lease" system namespace',
    );
  });

  test('does alike what all nodes may, by the role system:node', () => {
    assert.equal(allowed(graph, 'list services /'), true);
    assert.equal(allowed(graph, 'create events a/'), true);
    assert.equal(allowed(graph, 'create deployments.apps a/'), false);
  });

  test('has no opinion of who is no kubelet', () => {
    assert.deepEqual(ask(graph, 'get secrets a/env-secret', { name: 'system:node:n1', groups: [] }), { verdict: 'no-opinion', reason: '' });
    assert.equal(
      ask(graph, 'get pods a/web', { name: 'system:node:', groups: ['system:nodes'] }).reason,
      'unknown node for user "system:node:"',
    );
  });
});

describe('NodeGraph', () => {
  const volume = (secret: string) =>
    ({
      metadata: { name: 'pv' },
      spec: {
        claimRef: { namespace: 'a', name: 'claim' },
        csi: { driver: 'd', volumeHandle: 'h', nodeStageSecretRef: { namespace: 'kube-system', name: secret } },
      },
    }) as PersistentVolume;
  const claiming = (name: string, node: string) =>
    pod(name, node, { volumes: [{ name: 'c', persistentVolumeClaim: { claimName: 'claim' } }] });

  test('follows claims to volumes and to their secrets', () => {
    const graph = new NodeGraph();
    graph.setVolume(volume('csi'));
    assert.equal(allowed(graph, 'get persistentvolumes /pv'), false);
    graph.setPod(claiming('web', 'n1'));
    assert.equal(allowed(graph, 'get persistentvolumes /pv'), true);
    assert.equal(allowed(graph, 'get secrets kube-system/csi'), true);
    graph.setVolume(volume('other'));
    assert.equal(allowed(graph, 'get secrets kube-system/csi'), false);
    assert.equal(allowed(graph, 'get secrets kube-system/other'), true);
  });

  test('forgets with the last pod that needed it', () => {
    const graph = new NodeGraph();
    graph.setPod(claiming('one', 'n1'));
    graph.setPod(claiming('two', 'n1'));
    graph.remove('pods', claiming('one', 'n1'));
    assert.equal(graph.concerns('n1', 'persistentvolumeclaims', 'a', 'claim'), true);
    graph.setPod(claiming('two', 'n2'));
    assert.equal(graph.concerns('n1', 'persistentvolumeclaims', 'a', 'claim'), false);
    assert.equal(graph.concerns('n2', 'persistentvolumeclaims', 'a', 'claim'), true);
  });

  test('a mirror pod gives its node nothing but itself', () => {
    const graph = new NodeGraph();
    const annotations = { 'kubernetes.io/config.mirror': 'x' };
    graph.setPod(pod('static', 'n1', { volumes: [{ name: 's', secret: { secretName: 'any' } }] }, { annotations }));
    assert.equal(graph.concerns('n1', 'pods', 'a', 'static'), true);
    assert.equal(graph.concerns('n1', 'secrets', 'a', 'any'), false);
  });

  test('objects that name their node are its own', () => {
    const graph = new NodeGraph();
    graph.setOwned('volumeattachments', { metadata: { name: 'va' } }, 'n1');
    assert.equal(allowed(graph, 'get volumeattachments.storage.k8s.io /va'), true);
    graph.remove('volumeattachments', { metadata: { name: 'va' } });
    assert.equal(allowed(graph, 'get volumeattachments.storage.k8s.io /va'), false);
  });
});
