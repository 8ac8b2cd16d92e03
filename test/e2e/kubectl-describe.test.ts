/** What describe says of each main kind, and events. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';
import { deployment, documents, pod } from './manifests.ts';

const furtherKinds = `apiVersion: v1
kind: ReplicationController
metadata: {name: rc}
spec: {replicas: 1, selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: {nodeSelector: {no: where}, containers: [{name: c, image: nginx}]}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /tmp/x}, storageClassName: manual}
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

/** The words of each line, with what is another each time in capitals; the depth of its indentation is left out. */
const shape = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .trimEnd()
        .replaceAll(/\w{3}, \d\d \w{3} 20\d\d \d\d:\d\d:\d\d [+-]\d{4}/g, 'DATE')
        .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
        .replaceAll(/[0-9a-f]{32,64}/g, 'HEX')
        .replaceAll(/kube-api-access-\w{5}/g, 'kube-api-access-xxxxx')
        .replaceAll(/(IPs?: +)10\.\d+\.\d+\.\d+$/g, '$1ADDRESS')
        .replace(/ in \d\S* \(\d\S* including waiting\)\. Image size: \d+ /, ' in TIME (TIME including waiting). Image size: N ')
        .replace(/^( {2}(?:Normal|Warning) +\w+ +)\d\S*( \(.*?\))? /, '$1AGE ')
        .replace(/^( {2}t\d+ .* )\d+[ms]\S*$/, '$1AGE')
        .replaceAll(/ {2,}/g, ' '),
    );

eachKubectl('kubectl describe and events', (bed) => {
  test('a node, line by line', async () => {
    const k = await bed.within();
    const limits = '{requests: {cpu: 100m, memory: 50Mi}, limits: {cpu: 100m, memory: 50Mi}}';
    await k.ok(
      'create -f -',
      pod('kindnet')
        .replace('spec: {', 'spec: {nodeName: slipway-worker, ')
        .replace('image: nginx', `image: kindnet, resources: ${limits}`),
    );
    await k.ok('wait --for=condition=Ready pod/kindnet --timeout=20s');
    // Others run pods there at the same time.
    const said = (await k.ok('describe node slipway-worker'))
      .replaceAll(/\n {2}t\d+ +(?!kindnet)\S.*/g, '')
      .replace(/\(\d+ in total\)/, '(n in total)');
    const lines = shape(said);
    assert.deepEqual(lines.slice(0, lines.indexOf('Events:') + 3), [
      'Name: slipway-worker',
      'Roles: <none>',
      'Labels: beta.kubernetes.io/arch=amd64',
      ' beta.kubernetes.io/os=linux',
      ' kubernetes.io/arch=amd64',
      ' kubernetes.io/hostname=slipway-worker',
      ' kubernetes.io/os=linux',
      ' slipway.dev/simulated=true',
      'Annotations: node.alpha.kubernetes.io/ttl: 0',
      ' volumes.kubernetes.io/controller-managed-attach-detach: true',
      'CreationTimestamp: DATE',
      'Taints: <none>',
      'Unschedulable: false',
      'Lease:',
      ' HolderIdentity: slipway-worker',
      ' AcquireTime: <unset>',
      ' RenewTime: DATE',
      'Conditions:',
      ' Type Status LastHeartbeatTime LastTransitionTime Reason Message',
      ' ---- ------ ----------------- ------------------ ------ -------',
      ' MemoryPressure False DATE DATE KubeletHasSufficientMemory kubelet has sufficient memory available',
      ' DiskPressure False DATE DATE KubeletHasNoDiskPressure kubelet has no disk pressure',
      ' PIDPressure False DATE DATE KubeletHasSufficientPID kubelet has sufficient PID available',
      ' Ready True DATE DATE KubeletReady kubelet is posting ready status',
      'Addresses:',
      ' InternalIP: 172.18.0.3',
      ' Hostname: slipway-worker',
      'Capacity:',
      ' cpu: 8',
      ' ephemeral-storage: 100Gi',
      ' hugepages-1Gi: 0',
      ' hugepages-2Mi: 0',
      ' memory: 16Gi',
      ' pods: 110',
      'Allocatable:',
      ' cpu: 8',
      ' ephemeral-storage: 100Gi',
      ' hugepages-1Gi: 0',
      ' hugepages-2Mi: 0',
      ' memory: 16Gi',
      ' pods: 110',
      'System Info:',
      ' Machine ID: HEX',
      ' System UUID: UID',
      ' Boot ID: UID',
      ' Kernel Version: simulated',
      ' OS Image: Slipway (simulated)',
      ' Operating System: linux',
      ' Architecture: amd64',
      ' Container Runtime Version: simulated://1.0.0',
      ' Kubelet Version: v1.36.0',
      ' Kube-Proxy Version:',
      'PodCIDR: 10.244.1.0/24',
      'PodCIDRs: 10.244.1.0/24',
      'ProviderID: slipway://slipway/slipway-worker',
      'Non-terminated Pods: (n in total)',
      ' Namespace Name CPU Requests CPU Limits Memory Requests Memory Limits Age',
      ' --------- ---- ------------ ---------- --------------- ------------- ---',
      ` ${k.namespace} kindnet 100m (1%) 100m (1%) 50Mi (0%) 50Mi (0%) AGE`,
      'Allocated resources:',
      ' (Total limits may be over 100 percent, i.e., overcommitted.)',
      ' Resource Requests Limits',
      ' -------- -------- ------',
      ' cpu 100m (1%) 100m (1%)',
      ' memory 50Mi (0%) 50Mi (0%)',
      ' ephemeral-storage 0 (0%) 0 (0%)',
      ' hugepages-1Gi 0 (0%) 0 (0%)',
      ' hugepages-2Mi 0 (0%) 0 (0%)',
      'Events:',
      ' Type Reason Age From Message',
      ' ---- ------ ---- ---- -------',
    ]);
    // Those of the same second have no order.
    assert.deepEqual(lines.slice(lines.indexOf('Events:') + 3).toSorted(), [
      ' Normal NodeHasNoDiskPressure AGE kubelet Node slipway-worker status is now: NodeHasNoDiskPressure',
      ' Normal NodeHasSufficientMemory AGE kubelet Node slipway-worker status is now: NodeHasSufficientMemory',
      ' Normal NodeHasSufficientPID AGE kubelet Node slipway-worker status is now: NodeHasSufficientPID',
      ' Normal NodeReady AGE kubelet Node slipway-worker status is now: NodeReady',
      ' Normal RegisteredNode AGE node-controller Node slipway-worker event: Registered Node slipway-worker in Controller',
      ' Normal Starting AGE kubelet Starting kubelet.',
    ]);
  });

  test('a pod, line by line', async () => {
    const k = await bed.within();
    await k.ok('create -f -', pod('a').replace('spec: {', 'spec: {nodeName: slipway-worker2, '));
    await k.ok('wait --for=condition=Ready pod/a --timeout=20s');
    assert.deepEqual(shape(await k.ok('describe pod a')), [
      'Name: a',
      `Namespace: ${k.namespace}`,
      'Priority: 0',
      'Service Account: default',
      'Node: slipway-worker2/172.18.0.4',
      'Start Time: DATE',
      'Labels: app=a',
      'Annotations: <none>',
      'Status: Running',
      'IP: ADDRESS',
      'IPs:',
      ' IP: ADDRESS',
      'Containers:',
      ' main:',
      ' Container ID: simulated://HEX',
      ' Image: nginx',
      ' Image ID: docker.io/library/nginx@sha256:HEX',
      ' Port: <none>',
      ' Host Port: <none>',
      ' State: Running',
      ' Started: DATE',
      ' Ready: True',
      ' Restart Count: 0',
      ' Environment: <none>',
      ' Mounts:',
      ' /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-xxxxx (ro)',
      'Conditions:',
      ' Type Status',
      ' PodReadyToStartContainers True',
      ' Initialized True',
      ' Ready True',
      ' ContainersReady True',
      ' PodScheduled True',
      'Volumes:',
      ' kube-api-access-xxxxx:',
      ' Type: Projected (a volume that contains injected data from multiple sources)',
      ' TokenExpirationSeconds: 3607',
      ' ConfigMapName: kube-root-ca.crt',
      bed.minor < 33 ? ' ConfigMapOptional: <nil>' : ' Optional: false',
      ' DownwardAPI: true',
      'QoS Class: BestEffort',
      'Node-Selectors: <none>',
      'Tolerations: node.kubernetes.io/not-ready:NoExecute op=Exists for 300s',
      ' node.kubernetes.io/unreachable:NoExecute op=Exists for 300s',
      'Events:',
      ' Type Reason Age From Message',
      ' ---- ------ ---- ---- -------',
      ' Normal Pulling AGE kubelet Pulling image "nginx"',
      ' Normal Pulled AGE kubelet Successfully pulled image "nginx" in TIME (TIME including waiting). Image size: N bytes.',
      ' Normal Created AGE kubelet Container created',
      ' Normal Started AGE kubelet Container started',
    ]);
  });

  test('a deployment and its service, line by line', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(2));
    await k.ok('rollout status deployment web --timeout=20s');
    const set = (await k.ok('get replicaset -o name')).trim().replace('replicaset.apps/', '');
    assert.deepEqual(
      shape(await k.ok('describe deployment web')).filter((line) => !/^ *(Node-Selectors|Tolerations): /.test(line)),
      [
        'Name: web',
        `Namespace: ${k.namespace}`,
        'CreationTimestamp: DATE',
        'Labels: app=web',
        'Annotations: deployment.kubernetes.io/revision: 1',
        'Selector: app=web',
        'Replicas: 2 desired | 2 updated | 2 total | 2 available | 0 unavailable',
        'StrategyType: RollingUpdate',
        'MinReadySeconds: 0',
        'RollingUpdateStrategy: 25% max unavailable, 25% max surge',
        'Pod Template:',
        ' Labels: app=web',
        ' Containers:',
        ' nginx:',
        ' Image: nginx:1.25',
        ' Port: 80/TCP',
        ' Host Port: 0/TCP',
        ' Environment: <none>',
        ' Mounts: <none>',
        ' Volumes: <none>',
        'Conditions:',
        ' Type Status Reason',
        ' ---- ------ ------',
        ' Available True MinimumReplicasAvailable',
        ' Progressing True NewReplicaSetAvailable',
        'OldReplicaSets: <none>',
        `NewReplicaSet: ${set} (2/2 replicas created)`,
        'Events:',
        ' Type Reason Age From Message',
        ' ---- ------ ---- ---- -------',
        ` Normal ScalingReplicaSet AGE deployment-controller Scaled up replica set ${set} from 0 to 2`,
      ],
    );
    await k.ok('expose deployment web --port=80 --target-port=8080');
    await k.until('get endpointslices', /10\.244\.\d\.\d+,10\.244\.\d\.\d+/);
    const endpoints = (await k.ok('get pods -o jsonpath={.items[*].status.podIP}')).split(' ').map((ip) => `${ip}:8080`);
    const service = await k.ok('describe service web');
    const shown = /^Endpoints: +(\S+)$/m.exec(service)?.[1]?.split(',') ?? [];
    assert.deepEqual(shown.toSorted(), endpoints.toSorted());
    assert.deepEqual(
      shape(service).filter((line) => !/^(Internal Traffic Policy|Endpoints): /.test(line)),
      [
        'Name: web',
        `Namespace: ${k.namespace}`,
        'Labels: app=web',
        'Annotations: <none>',
        'Selector: app=web',
        'Type: ClusterIP',
        'IP Family Policy: SingleStack',
        'IP Families: IPv4',
        'IP: ADDRESS',
        'IPs: ADDRESS',
        'Port: <unset> 80/TCP',
        'TargetPort: 8080/TCP',
        'Session Affinity: None',
        'Events: <none>',
      ],
    );
  });

  test('other workloads', async () => {
    const k = await bed.within();
    await k.ok("create cronjob tick --image=busybox --schedule='*/5 * * * *'");
    await k.ok('create job once --image=busybox');
    assert.match(await k.ok('describe cronjob tick'), /Schedule: +\*\/5 \* \* \* \*\nConcurrency Policy: +Allow\nSuspend: +False\n/);
    const others = (kind: string, more: string) =>
      deployment(1)
        .replace('kind: Deployment', `kind: ${kind}`)
        .replace('  replicas: 1\n', more)
        .replaceAll('app: web', `app: ${kind.toLowerCase()}`)
        .replace('name: web', `name: ${kind.toLowerCase()}`);
    await k.ok('create -f -', documents(others('StatefulSet', '  serviceName: s\n'), others('DaemonSet', ''), others('ReplicaSet', '')));
    await k.ok('wait --for=condition=complete job/once --timeout=20s');
    assert.match(
      await k.ok('describe job once'),
      /Parallelism: +1\nCompletions: +1\nCompletion Mode: +NonIndexed\n(.*\n)*Pods Statuses: +0 Active \(0 Ready\) \/ 1 Succeeded \/ 0 Failed\n(.*\n)* +Normal +SuccessfulCreate +\S+ +job-controller +Created pod: once-\w{5}\n +Normal +Completed +\S+ +job-controller +Job completed\n$/,
    );
    await k.ok('wait --for=condition=Ready pod -l app --timeout=20s');
    assert.match(
      await k.ok('describe statefulset statefulset'),
      /Update Strategy: +RollingUpdate\n +Partition: +0\n(.*\n)*Pods Status: +1 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed\n(.*\n)* +Normal +SuccessfulCreate +\S+ +statefulset-controller +create Pod statefulset-0 in StatefulSet statefulset successful\n$/,
    );
    assert.match(
      await k.ok('describe daemonset daemonset'),
      /Desired Number of Nodes Scheduled: 2\nCurrent Number of Nodes Scheduled: 2\nNumber of Nodes Scheduled with Up-to-date Pods: 2\n/,
    );
    assert.match(await k.ok('describe replicaset replicaset'), /Replicas: +1 current \/ 1 desired\nPods Status: +1 Running \/ /);
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
    await k.until('get pv disk', / Available /);
    await k.until('get rc rc', /\nrc +1 +1 +0 /);
    const listed = await k.ok('get rc,pv,sc,endpointslice,limitrange,netpol,hpa,lease --no-headers -o wide');
    for (const line of [
      /^replicationcontroller\/rc +1 +1 +0 +\d+s +c +nginx +a=b$/m,
      /^persistentvolume\/disk +1Gi +RWO +Retain +Available +manual +<unset> +\d+s +Filesystem$/m,
      /^storageclass\.storage\.k8s\.io\/standard \(default\) +rancher\.io\/local-path +Delete +WaitForFirstConsumer +false +\d+s$/m,
      /^endpointslice\.discovery\.k8s\.io\/es +IPv4 +80 +10\.0\.0\.1 +\d+s$/m,
      /^limitrange\/lr +20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m,
      /^networkpolicy\.networking\.k8s\.io\/np +a=b +\d+s$/m,
      /^horizontalpodautoscaler\.autoscaling\/hpa +Deployment\/web +cpu: <unknown>\/50% +1 +3 +0 +\d+s$/m,
      /^lease\.coordination\.k8s\.io\/l +me +\d+s$/m,
    ])
      assert.match(listed, line);
    const described = await k.ok('describe rc,pv,sc,endpointslice,limitrange,netpol,hpa,lease');
    for (const line of [
      /^Replicas: +1 current \/ 1 desired$/m,
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
    assert.match(await k.ok('describe clusterrole view'), /^ +pods +\[\] +\[\] +\[get list watch\]$/m);
    assert.match(await k.ok('describe clusterrolebinding cluster-admin'), /^ +Group +system:masters +$/m);
    assert.match(await k.ok('describe priorityclass system-node-critical'), /^Value: +2000001000$/m);
  });

  test('events are created, listed, sorted, watched and described', async () => {
    const k = await bed.within();
    // One of which nobody else has anything to say.
    await k.ok('create -f -', pod('a').replace('spec: {', 'spec: {schedulingGates: [{name: example.com/later}], '));
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
