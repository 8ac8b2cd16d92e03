/** Nodes and what needs one: cordon, taint, top, certificates, exec and its kin. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';
import { documents, pod } from './manifests.ts';

/** For `/O=dev/CN=jane`, made with openssl. */
const certificateRequest =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWE1IOENBUUF3SFRFTU1Bb0dBMVVFQ2d3RFpHVjJNUTB3Q3dZRFZRUUREQVJxWVc1bE1Ga3dFd1lIS29aSQp6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVpR1hQUnp6eXVVOTZRYmxwTmFXZmNQbDFFQlBacjhuSW9veVVVV1lCCjA2dTZJWm1CalFJbUxDOUh5VmhCSVFOTGFBNnNVUjd6N0F2aDk1RDdCR2ZNY2FBQU1Bb0dDQ3FHU000OUJBTUMKQTBnQU1FVUNJUURMZmVNemJmOUFiUVJEN0hhQ05yekJ3d0lFWEtYdjdhZGNFRWNVUHh1NDdRSWdPK2txOXZXNwpuMEEzMFNBQ3pwTCtsNWFmTjdaMDFBajNQRHU1aUN0YnB1VT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';

eachKubectl(
  'kubectl on nodes',
  (bed) => {
    test('cordon, uncordon, taint, label', async () => {
      const k = bed.shell;
      assert.equal(await k.ok('cordon slipway-worker'), 'node/slipway-worker cordoned\n');
      assert.equal(await k.ok('cordon slipway-worker'), 'node/slipway-worker already cordoned\n');
      assert.match(await k.ok('get node slipway-worker'), /\nslipway-worker +Ready,SchedulingDisabled +<none> +\S+ +v1\.36\.0\n$/);
      assert.equal(await k.ok('uncordon slipway-worker'), 'node/slipway-worker uncordoned\n');
      assert.equal(await k.ok('taint node slipway-worker k=v:NoSchedule'), 'node/slipway-worker tainted\n');
      assert.match(
        await k.fails('taint node slipway-worker k=w:NoSchedule'),
        /already has k taint\(s\) with same effect\(s\) and --overwrite is false/,
      );
      assert.match(await k.ok('describe node slipway-worker'), /^Taints: +k=v:NoSchedule$/m);
      assert.equal(await k.ok('taint node slipway-worker k-'), 'node/slipway-worker untainted\n');
      assert.match(await k.fails('taint node slipway-worker k=v:Sometimes'), /invalid taint effect: Sometimes/);
      assert.equal(await k.ok('label node slipway-worker node-role.kubernetes.io/worker='), 'node/slipway-worker labeled\n');
      assert.match(await k.ok('get node slipway-worker -o wide'), /\nslipway-worker +Ready +worker +\S+ +v1\.36\.0 +172\.18\.0\.3 /);
    });

    test('a NoExecute taint evicts whom it does not suit, some of them later', async (t) => {
      const k = await bed.within();
      t.after(() => k.run('taint node slipway-worker2 gone:NoExecute-'));
      const on = (name: string, tolerations: string) =>
        pod(name).replace('spec: {', `spec: {nodeName: slipway-worker2, tolerations: [${tolerations}], `);
      const forAWhile = '{key: gone, operator: Exists, effect: NoExecute, tolerationSeconds: 20}';
      const forever = '{key: gone, operator: Exists, effect: NoExecute}';
      await k.ok('create -f -', documents(on('now', ''), on('soon', forAWhile), on('never', forever)));
      await k.ok('wait --for=condition=Ready pod --all --timeout=20s');
      const went = k.start('get pods -w --output-watch-events --no-headers');
      for (let n = 0; n < 3; n++) assert.match(await went.next(), /^ADDED/);
      assert.equal(await k.ok('taint node slipway-worker2 gone=for-good:NoExecute'), 'node/slipway-worker2 tainted\n');
      assert.match((await went.until(/^DELETED/)).at(-1)!, /^DELETED +now/);
      assert.match((await went.until(/^DELETED/)).at(-1)!, /^DELETED +soon/);
      await went.stop();
      assert.equal(await k.ok('get pods -o name'), 'pod/never\n');
      assert.match(
        await k.ok('get events --field-selector involvedObject.name=now'),
        /TaintManagerEviction +pod\/now +Marking for deletion Pod t\d+\/now\n/,
      );
      assert.match(await k.ok('describe node slipway-worker2'), /^Taints: +gone=for-good:NoExecute$/m);
    });

    test('a cordoned node keeps what runs there and gets nothing new', async (t) => {
      const k = await bed.within();
      t.after(() => k.run('uncordon slipway-worker'));
      const here = (name: string) => pod(name).replace('spec: {', 'spec: {nodeSelector: {kubernetes.io/hostname: slipway-worker}, ');
      await k.ok('create -f -', here('old'));
      await k.ok('wait --for=condition=Ready pod/old --timeout=20s');
      const read = 'get pod old -o jsonpath={.metadata.uid}/{.status.startTime}/{.status.containerStatuses[0].restartCount}';
      const before = await k.ok(read);
      await k.ok('cordon slipway-worker');
      await k.ok('create -f -', here('new'));
      await k.until(
        'get events --field-selector involvedObject.name=new',
        /FailedScheduling +pod\/new +0\/3 nodes are available: 1 node\(s\) didn't match Pod's node affinity\/selector, 1 node\(s\) had untolerated taint\(s\), 1 node\(s\) were unschedulable\./,
      );
      assert.equal(await k.ok(read), before);
      await k.ok('uncordon slipway-worker');
      await k.ok('wait --for=condition=Ready pod/new --timeout=20s');
      assert.equal(await k.ok('get pod new -o jsonpath={.spec.nodeName}'), 'slipway-worker');
    });

    test('certificate approve and deny', async () => {
      const k = bed.shell;
      const request = (name: string) =>
        JSON.stringify({
          apiVersion: 'certificates.k8s.io/v1',
          kind: 'CertificateSigningRequest',
          metadata: { name },
          spec: { request: certificateRequest, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
        });
      await k.ok('create -f -', request('good'));
      await k.ok('create -f -', request('bad'));
      assert.match(await k.ok('get csr good'), /\ngood +\S+ +kubernetes\.io\/kube-apiserver-client +kubernetes-admin +<none> +Pending\n$/);
      assert.equal(await k.ok('certificate approve good'), 'certificatesigningrequest.certificates.k8s.io/good approved\n');
      assert.equal(await k.ok('certificate deny bad'), 'certificatesigningrequest.certificates.k8s.io/bad denied\n');
      assert.match(await k.ok('get csr --no-headers'), /^bad .* Denied\ngood .* Approved(,Issued)?\n$/);
      assert.match(await k.ok('describe csr good'), /Common Name: +jane/);
    });

    test('exec, cp, attach and port-forward say what is missing', async () => {
      const k = await bed.within();
      const unbound = pod('loose').replace('spec: {', 'spec: {nodeSelector: {no: where}, ');
      await k.ok('create -f -', documents(unbound, pod('bound')));
      await k.ok('wait --for=condition=Ready pod/bound --timeout=20s');
      assert.match(await k.fails('exec loose -- ls'), /pod loose does not have a host assigned/);
      // Upstream, too, has an empty log for a pod that is nowhere.
      assert.equal(await k.ok('logs loose'), '');
      for (const line of ['exec bound -- ls', 'attach bound', 'port-forward bound 8080:80', 'cp bound:/etc/hosts /dev/null']) {
        const { code, stderr } = await k.run(line);
        assert.notEqual(code, 0, line);
        assert.match(stderr, /the container runtime of node slipway-worker2? offers no streams/, line);
      }
      assert.equal(await k.fails('exec none -- ls'), 'Error from server (NotFound): pods "none" not found\n');
    });

    test('top shows what nodes and pods use', async () => {
      const k = await bed.within();
      await k.ok(
        'create -f -',
        pod('a').replace('metadata: {', 'metadata: {annotations: {simulated.slipway.dev/cpu: 250m, simulated.slipway.dev/memory: 64Mi}, '),
      );
      await k.until('top pods', /^NAME +CPU\(cores\) +MEMORY\(bytes\) +\na +250m +64Mi +\n$/);
      assert.match(await k.ok('top pods --containers'), /^POD +NAME +CPU\(cores\) +MEMORY\(bytes\) +\na +main +250m +64Mi +\n$/);
      const nodes = await k.ok('top nodes');
      assert.match(
        nodes,
        /^NAME +CPU\(cores\) +CPU(%|\(%\)) +MEMORY\(bytes\) +MEMORY(%|\(%\)) +\nslipway-control-plane +\d+m +\d+% +\d+Mi +\d+% +\n/,
      );
      const node = await k.ok('get pod a -o jsonpath={.spec.nodeName}');
      assert.match(nodes, new RegExp(`^${node} +2[5-9]\\dm +3% +\\d+Mi +\\d+% +$`, 'm'));
      assert.match(await k.fails('top pod none'), /NotFound/);
    });
  },
  { concurrency: 1, speed: 10 },
);
