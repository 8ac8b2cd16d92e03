/** What describe says of each main kind, and events. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';
import { deployment, documents, pod } from './manifests.ts';

const furtherKinds = `apiVersion: v1
kind: ReplicationController
metadata: {name: rc}
spec: {replicas: 1, selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /tmp/x}, storageClassName: manual}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: example.com/disks
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: es, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
ports: [{name: http, port: 80}]
endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}]
---
apiVersion: v1
kind: LimitRange
metadata: {name: lr}
spec: {limits: [{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 100m}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np}
spec: {podSelector: {matchLabels: {a: b}}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: hpa}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: l}
spec: {holderIdentity: me, leaseDurationSeconds: 10}
`;

eachKubectl('kubectl describe and events', (bed) => {
  test('pods, whole', async () => {
    const k = await bed.within();
    await k.ok('create -f -', pod('a'));
    const said = (await k.ok('describe pod a')).replaceAll(/kube-api-access-\w{5}/g, 'kube-api-access-xxxxx');
    for (const line of [
      /^Name: +a$/m,
      /^Service Account: +default$/m,
      /^Node: +<none>$/m,
      /^Labels: +app=a$/m,
      /^Status: +Pending$/m,
      /^ +Image: +nginx$/m,
      /^ +\/var\/run\/secrets\/kubernetes\.io\/serviceaccount from kube-api-access-xxxxx \(ro\)$/m,
      /^ +Type: +Projected \(a volume that contains injected data from multiple sources\)$/m,
      /^QoS Class: +BestEffort$/m,
      /^Tolerations: +node\.kubernetes\.io\/not-ready:NoExecute op=Exists for 300s\n +node\.kubernetes\.io\/unreachable:NoExecute op=Exists for 300s$/m,
      /^Events: +<none>$/m,
    ])
      assert.match(said, line);
  });

  test('workloads', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(2));
    await k.ok("create cronjob tick --image=busybox --schedule='*/5 * * * *'");
    await k.ok('create job once --image=busybox');
    assert.match(
      await k.ok('describe deployment web'),
      /Replicas: +2 desired \| 0 updated \| 0 total \| 0 available \| 0 unavailable\nStrategyType: +RollingUpdate\nMinReadySeconds: +0\nRollingUpdateStrategy: +25% max unavailable, 25% max surge\n/,
    );
    assert.match(await k.ok('describe cronjob tick'), /Schedule: +\*\/5 \* \* \* \*\nConcurrency Policy: +Allow\nSuspend: +False\n/);
    assert.match(await k.ok('describe job once'), /Parallelism: +1\nCompletions: +1\nCompletion Mode: +NonIndexed\n/);
    const others = (kind: string, more: string) =>
      deployment(1)
        .replace('kind: Deployment', `kind: ${kind}`)
        .replace('  replicas: 1\n', more)
        .replace('name: web', `name: ${kind.toLowerCase()}`);
    await k.ok('create -f -', documents(others('StatefulSet', '  serviceName: s\n'), others('DaemonSet', ''), others('ReplicaSet', '')));
    assert.match(await k.ok('describe statefulset statefulset'), /Update Strategy: +RollingUpdate\n +Partition: +0\n/);
    assert.match(await k.ok('describe daemonset daemonset'), /Desired Number of Nodes Scheduled: 0/);
    assert.match(await k.ok('describe replicaset replicaset'), /Replicas: +0 current \/ 1 desired/);
    assert.equal((await k.ok('get statefulset,daemonset,replicaset --no-headers')).trim().split('\n').length, 3);
  });

  test('what pods use', async () => {
    const k = await bed.within();
    await k.ok('create configmap c --from-literal=a=b');
    await k.ok('create secret generic s --from-literal=password=hidden');
    await k.ok('create serviceaccount robot');
    await k.ok('create service nodeport np --tcp=80:8080');
    await k.ok('create quota q --hard=pods=2');
    await k.ok('create poddisruptionbudget p --selector=app=x --max-unavailable=1');
    await k.ok("create ingress in --rule='a.example/*=np:80'");
    assert.match(await k.ok('describe configmap c'), /^a:\n----\nb\n/m);
    assert.match(await k.ok('describe secret s'), /^password: +6 bytes$/m);
    assert.match(await k.ok('describe serviceaccount robot'), /^Name: +robot\n/);
    assert.match(await k.ok('describe service np'), /^NodePort: +80-8080 +3\d{4}\/TCP$/m);
    assert.match(await k.ok('describe quota q'), /^Name: +q\n/);
    assert.match(await k.ok('describe poddisruptionbudget p'), /^Max unavailable: +1$/m);
    assert.match(await k.ok('describe ingress in'), /a\.example +\n +\/ +np:80/);
    const claim = 'spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}';
    await k.ok('create -f -', `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n${claim}\n`);
    assert.match(await k.ok('describe pvc data'), /^Status: +Pending$/m);
    assert.match(
      await k.ok('get pvc'),
      /^NAME +STATUS +VOLUME +CAPACITY +ACCESS MODES +STORAGECLASS +(VOLUMEATTRIBUTESCLASS +)?AGE\ndata +Pending /,
    );
  });

  test('storage, networks, limits and scaling', async () => {
    const k = await bed.within();
    await k.ok('create -f -', furtherKinds);
    const listed = await k.ok('get rc,pv,sc,endpointslice,limitrange,netpol,hpa,lease --no-headers -o wide');
    for (const line of [
      /^replicationcontroller\/rc +1 +0 +0 +\d+s +c +nginx +a=b$/m,
      /^persistentvolume\/disk +1Gi +RWO +Retain +Pending +manual +<unset> +\d+s +Filesystem$/m,
      /^storageclass\.storage\.k8s\.io\/standard \(default\) +example\.com\/disks +Delete +Immediate +false +\d+s$/m,
      /^endpointslice\.discovery\.k8s\.io\/es +IPv4 +80 +10\.0\.0\.1 +\d+s$/m,
      /^limitrange\/lr +20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m,
      /^networkpolicy\.networking\.k8s\.io\/np +a=b +\d+s$/m,
      /^horizontalpodautoscaler\.autoscaling\/hpa +Deployment\/web +cpu: <unknown>\/50% +1 +3 +0 +\d+s$/m,
      /^lease\.coordination\.k8s\.io\/l +me +\d+s$/m,
    ])
      assert.match(listed, line);
    const described = await k.ok('describe rc,pv,sc,endpointslice,limitrange,netpol,hpa,lease');
    for (const line of [
      /^Replicas: +0 current \/ 1 desired$/m,
      /^ +Type: +HostPath \(bare host directory volume\)$/m,
      /^IsDefaultClass: +Yes$/m,
      /^ {2}http +80 +TCP$/m,
      /^Container +cpu +- +- +100m +500m +-$/m,
      /^ +To Port: 80\/TCP$/m,
      /^ +resource cpu on pods +\(as a percentage of request\): +<unknown> \/ 50%$/m,
      /^ +Holder Identity: +me$/m,
    ])
      assert.match(described, line);
  });

  test('of the whole cluster', async () => {
    const k = await bed.within();
    assert.match(
      await k.ok(`describe namespace ${k.namespace}`),
      /^Labels: +kubernetes\.io\/metadata\.name=t\d+\n(.*\n)*Status: +Active\n/m,
    );
    const node = await k.ok('describe node slipway-worker');
    assert.match(node, /^ +Ready +True .* KubeletReady +kubelet is posting ready status$/m);
    assert.match(node, /^Taints: +<none>$/m);
    assert.match(node, /^Non-terminated Pods: +\(0 in total\)$/m);
    assert.match(await k.ok('describe clusterrole view'), /^ +pods +\[\] +\[\] +\[get list watch\]$/m);
    assert.match(await k.ok('describe clusterrolebinding cluster-admin'), /^ +Group +system:masters +$/m);
    assert.match(await k.ok('describe priorityclass system-node-critical'), /^Value: +2000001000$/m);
  });

  test('events are created, listed, sorted, watched and described', async () => {
    const k = await bed.within();
    await k.ok('create -f -', pod('a'));
    const uid = await k.ok('get pod a -o jsonpath={.metadata.uid}');
    const now = new Date().toISOString().replace(/\.\d+/, '');
    const event = (name: string, reason: string, type: string) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: k.namespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'a', namespace: k.namespace, uid },
      reason,
      type,
      message: 'it was tested',
      source: { component: 'test' },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    });
    const both = { apiVersion: 'v1', kind: 'List', items: [event('a.2', 'Second', 'Warning'), event('a.1', 'First', 'Normal')] };
    await k.ok('create -f -', JSON.stringify(both));
    assert.match(
      await k.ok('get events --sort-by=.reason'),
      /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n\S+ +Normal +First +pod\/a +it was tested\n\S+ +Warning +Second +pod\/a +it was tested\n$/,
    );
    assert.match(await k.ok('get events -o wide'), /SUBOBJECT +SOURCE +MESSAGE +FIRST SEEN +COUNT +NAME\n/);
    assert.match(
      await k.ok('events --for pod/a --types=Warning'),
      /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n\S+ +Warning +Second +Pod\/a +it was tested\n$/,
    );
    assert.match(await k.ok('describe pod a'), /^ +Normal +First +\S+ +test +it was tested$/m);
    assert.equal(await k.ok(`get events --field-selector type=Warning,involvedObject.name=a -o name`), 'event/a.2\n');
    assert.equal(await k.ok('get events.events.k8s.io a.1 -o jsonpath={.regarding.name}/{.note}'), 'a/it was tested');
  });
});
