/** What workloads come to: scaling by hand and by load, services with endpoints, jobs, volumes, quotas. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';
import { deployment, documents, pod } from './manifests.ts';

/** In the template's annotations. */
const using = (cpu: string) =>
  deployment(1)
    .replace(
      'metadata: {labels: {app: web}}\n    spec',
      `metadata: {labels: {app: web}, annotations: {simulated.slipway.dev/cpu: ${cpu}}}\n    spec`,
    )
    .replace('        image', '        resources: {requests: {cpu: 100m}}\n        image');

const claim = (name: string, size = '1Gi') =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: ${name}}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: ${size}}}}\n`;

const claiming = (name: string, of: string, command: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  containers: [{name: main, image: busybox, command: [sh, -c, '${command}'], volumeMounts: [{name: data, mountPath: /data}]}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: ${of}}}]
`;

eachKubectl(
  'kubectl and workloads',
  (bed) => {
    test('scale: pods come and go', async () => {
      const k = await bed.within();
      await k.ok('create deployment web --image=nginx --replicas=1');
      assert.equal(await k.ok('scale deployment web --replicas=4'), 'deployment.apps/web scaled\n');
      await k.ok('rollout status deployment/web --timeout=20s');
      assert.equal((await k.ok('get pods --no-headers')).trim().split('\n').length, 4);
      await k.ok('scale deployment web --replicas=0');
      await k.ok('wait --for=delete pod -l app=web --timeout=20s');
      assert.match(await k.ok('get deployment web'), /\nweb +0\/0 +0 +0 /);
      assert.match(
        await k.ok('events --for deployment/web'),
        /ScalingReplicaSet +Deployment\/web +Scaled up replica set web-\w+ from 1 to 4\n(.*\n)*.* +Scaled down replica set web-\w+ from 4 to 0\n/,
      );
    });

    test('autoscale: as many pods as the load wants', async () => {
      const k = await bed.within();
      await k.ok('create -f -', using('90m'));
      await k.ok('autoscale deployment web --cpu-percent=30 --min=1 --max=3');
      await k.until('get hpa web', /\nweb +Deployment\/web +cpu: 90%\/30% +1 +3 +3 /);
      await k.ok('rollout status deployment/web --timeout=20s');
      assert.match(await k.ok('get deployment web'), /\nweb +3\/3 +3 +3 /);
      const said = await k.ok('describe hpa web');
      assert.match(said, /^ +resource cpu on pods +\(as a percentage of request\): +90% \(90m\) \/ 30%$/m);
      assert.match(
        said,
        /^ +ScalingActive +True +ValidMetricFound +the HPA was able to successfully calculate a replica count from cpu resource utilization/m,
      );
      assert.match(
        said,
        /^ +Normal +SuccessfulRescale .* horizontal-pod-autoscaler +New size: 3; reason: cpu resource utilization \(percentage of request\) above target$/m,
      );
    });

    test('expose and run --expose: those who are ready are endpoints', async () => {
      const k = await bed.within();
      await k.ok('create -f -', deployment(2));
      await k.ok('expose deployment web --port=80 --target-port=8080');
      await k.ok('rollout status deployment/web --timeout=20s');
      const addresses = async () =>
        (await k.ok('get pods -l app=web -o jsonpath={.items[*].status.podIP}')).split(' ').toSorted().join(',');
      const endpoints = (of: string) =>
        k.until(`get endpointslices -l kubernetes.io/service-name=${of} -o jsonpath={.items[*].endpoints[*].addresses[0]}`, /\./);
      assert.equal((await endpoints('web')).split(' ').toSorted().join(','), await addresses());
      assert.match(
        await k.ok('get endpointslices -l kubernetes.io/service-name=web'),
        /\nweb-\w{5} +IPv4 +8080 +10\.244\.\d\.\d+,10\.244\.\d\.\d+ /,
      );
      assert.match(await k.ok('get endpoints web'), /\nweb +10\.244\.\d\.\d+:8080,10\.244\.\d\.\d+:8080 /);
      assert.equal(await k.ok('run one --image=nginx --port=80 --expose'), 'service/one created\npod/one created\n');
      await k.ok('wait --for=condition=Ready pod/one --timeout=20s');
      assert.equal(await endpoints('one'), await k.ok('get pod one -o jsonpath={.status.podIP}'));
      // One that is not ready is none.
      const unready = pod('late')
        .replace('metadata: {', 'metadata: {annotations: {simulated.slipway.dev/ready-after: never}, ')
        .replace('image: nginx', 'image: nginx, readinessProbe: {tcpSocket: {port: 80}}');
      await k.ok('create -f -', unready);
      await k.ok('expose pod late --port=80');
      await k.until('get pod late', /\nlate +0\/1 +Running /);
      assert.equal(
        await k.until('get endpointslices -l kubernetes.io/service-name=late -o jsonpath={.items[*].endpoints[*].conditions.ready}', /./),
        'false',
      );
    });

    test('run: to the end, in the foreground, and removed', async () => {
      const k = await bed.within();
      assert.equal(await k.ok('run once --image=busybox --restart=Never -- echo hello'), 'pod/once created\n');
      await k.until('get pod once', /\nonce +0\/1 +Completed +0 /);
      assert.equal(await k.ok('logs once'), 'hello\n');
      assert.match(await k.ok('run -i --rm seen --image=busybox --restart=Never -- echo hello'), /^hello\npod "seen" deleted/);
      assert.equal(await k.ok('get pods -o name'), 'pod/once\n');
      await k.ok('run bad --image=busybox --restart=Never -- sh -c "exit 3"'.replaceAll('"', "'"));
      await k.until('get pod bad', /\nbad +0\/1 +Error +0 /);
      assert.equal(await k.ok('get pod bad -o jsonpath={.status.containerStatuses[0].state.terminated.exitCode}'), '3');
    });

    test('jobs complete, fail after their retries, and are made of cron jobs', async () => {
      const k = await bed.within();
      await k.ok("create job pi --image=perl -- perl -Mbignum=bpi -wle 'print bpi(2000)'");
      await k.ok('wait --for=condition=Complete job/pi --timeout=20s');
      assert.match(await k.ok('get job pi'), /\npi +Complete +1\/1 +\d+s /);
      const failing =
        'apiVersion: batch/v1\nkind: Job\nmetadata: {name: bad}\nspec: {backoffLimit: 1, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ["false"]}]}}}\n';
      await k.ok('create -f -', failing);
      await k.ok('wait --for=condition=Failed job/bad --timeout=20s');
      assert.match(await k.ok('describe job bad'), /^ +Warning +BackoffLimitExceeded .* Job has reached the specified backoff limit$/m);
      assert.equal((await k.ok('get pods -l job-name=bad --no-headers')).trim().split('\n').length, 2);
      await k.ok("create cronjob tick --image=busybox --schedule='* * * * *' -- echo tick");
      assert.equal(await k.ok('create job now --from=cronjob/tick'), 'job.batch/now created\n');
      await k.ok('wait --for=condition=Complete job/now --timeout=20s');
      assert.match(await k.ok('logs job/now'), /^tick\n$/);
      // Six seconds of the machine's time are a minute here.
      await k.until('get jobs -o name', /job\.batch\/tick-\d{8}\n/);
      assert.match(await k.until('get cronjob tick', /\ntick +\* \* \* \* \* +<none> +False +[01] +\d+s /), /LAST SCHEDULE/);
      await k.until('describe cronjob tick', /^ +Normal +SuccessfulCreate .* cronjob-controller +Created job tick-\d{8}$/m);
      await k.ok('delete cronjob tick');
    });

    test('a claim gets its volume with the first pod that uses it, and the data outlive the pod', async () => {
      const k = await bed.within();
      assert.match(await k.ok('get storageclass'), /\nstandard \(default\) +rancher\.io\/local-path +Delete +WaitForFirstConsumer +false /);
      await k.ok('create -f -', claim('data'));
      await k.until(
        'describe pvc data',
        /^ +Normal +WaitForFirstConsumer .* persistentvolume-controller +waiting for first consumer to be created before binding$/m,
      );
      assert.match(await k.ok('get pvc data'), /\ndata +Pending +standard /);
      await k.ok('create -f -', claiming('writer', 'data', 'echo kept > /data/file'));
      await k.until('get pod writer', /\nwriter +0\/1 +Completed /);
      const [, volume] = /\ndata +Bound +(pvc-[-0-9a-f]{36}) +1Gi +RWO +standard /.exec(await k.ok('get pvc data'))!;
      assert.match(await k.ok(`get pv ${volume}`), new RegExp(`\\n${volume} +1Gi +RWO +Delete +Bound +${k.namespace}/data +standard `));
      await k.ok('delete pod writer');
      await k.ok('create -f -', claiming('reader', 'data', 'cat /data/file'));
      await k.until('get pod reader', /\nreader +0\/1 +Completed /);
      assert.equal(await k.ok('logs reader'), 'kept\n');
      // What is in use is not deleted before its user.
      await k.ok('delete pvc data --wait=false');
      assert.match(await k.ok('get pvc data'), /\ndata +(Bound|Terminating) /);
      await k.ok('delete pod reader');
      await k.ok(`wait --for=delete pvc/data pv/${volume} --timeout=20s`);
    });

    test('quotas: what is too much is refused, and said', async () => {
      const k = await bed.within();
      await k.ok('create quota q --hard=pods=2,requests.cpu=500m,configmaps=3');
      await k.until('describe quota q', /^pods +0 +2$/m);
      const asking = (name: string, cpu: string) => pod(name).replace('image: nginx', `image: nginx, resources: {requests: {cpu: ${cpu}}}`);
      assert.equal(
        await k.fails('create -f -', pod('free')),
        'Error from server (Forbidden): error when creating "STDIN": pods "free" is forbidden: failed quota: q: must specify requests.cpu for: main\n',
      );
      await k.ok('create -f -', asking('a', '400m'));
      assert.equal(
        await k.fails('create -f -', asking('b', '200m')),
        'Error from server (Forbidden): error when creating "STDIN": pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=200m, used: requests.cpu=400m, limited: requests.cpu=500m\n',
      );
      await k.ok(
        'create -f -',
        documents(deployment(2).replace('        image', '        resources: {requests: {cpu: 50m}}\n        image')),
      );
      await k.until('get deployment web', /\nweb +1\/2 +1 +1 /);
      assert.match(
        await k.ok('describe replicaset'),
        /^ +Warning +FailedCreate .* replicaset-controller +Error creating: pods "web-\w+-\w{5}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2$/m,
      );
      assert.match(await k.ok('describe deployment web'), /^ +ReplicaFailure +True +FailedCreate$/m);
      assert.match(await k.ok('get quota q'), /configmaps: 1\/3, pods: 2\/2, requests\.cpu: 450m\/500m/);
    });
  },
  { concurrency: 7, speed: 10 },
);
