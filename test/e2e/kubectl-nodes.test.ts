/** Nodes and what needs one: cordon, drain, taint, certificates, exec and its kin. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl, lines, type Bed, type Shell } from './each-kubectl.ts';
import { deployment, documents, pod } from './manifests.ts';

/** As a ReplicaSet would have made it, so that drain may evict it. */
const managed = (name: string, uid: string) => {
  const owner = `{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: ${uid}, controller: true}`;
  return pod(name)
    .replace('metadata: {', `metadata: {ownerReferences: [${owner}], `)
    .replace('spec: {', 'spec: {nodeName: slipway-worker2, terminationGracePeriodSeconds: 0, ');
};

const running = '{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}';

/** For `/O=dev/CN=jane`, made with openssl. */
const certificateRequest =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWE1IOENBUUF3SFRFTU1Bb0dBMVVFQ2d3RFpHVjJNUTB3Q3dZRFZRUUREQVJxWVc1bE1Ga3dFd1lIS29aSQp6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVpR1hQUnp6eXVVOTZRYmxwTmFXZmNQbDFFQlBacjhuSW9veVVVV1lCCjA2dTZJWm1CalFJbUxDOUh5VmhCSVFOTGFBNnNVUjd6N0F2aDk1RDdCR2ZNY2FBQU1Bb0dDQ3FHU000OUJBTUMKQTBnQU1FVUNJUURMZmVNemJmOUFiUVJEN0hhQ05yekJ3d0lFWEtYdjdhZGNFRWNVUHh1NDdRSWdPK2txOXZXNwpuMEEzMFNBQ3pwTCtsNWFmTjdaMDFBajNQRHU1aUN0YnB1VT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';

async function pods(bed: Bed, { namespace }: Shell): Promise<string> {
  return bed.kubectl.ok(['-n', namespace, 'get', 'pods', '-o', 'name']);
}

eachKubectl('kubectl on nodes', (bed) => {
  test('cordon, uncordon, taint, label', async () => {
    const k = bed.shell;
    assert.equal(await k.ok('cordon slipway-worker'), 'node/slipway-worker cordoned\n');
    assert.equal(await k.ok('cordon slipway-worker'), 'node/slipway-worker already cordoned\n');
    assert.match(await k.ok('get node slipway-worker'), /\nslipway-worker +Ready,SchedulingDisabled +<none> +\d+s +v1\.36\.0\n$/);
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
    assert.match(await k.ok('get node slipway-worker -o wide'), /\nslipway-worker +Ready +worker +\d+s +v1\.36\.0 +172\.18\.0\.3 /);
  });

  test('drain evicts, and waits for what a budget forbids', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(1).replace('Deployment', 'ReplicaSet'));
    const uid = await k.ok('get replicaset web -o jsonpath={.metadata.uid}');
    await k.ok('create -f -', documents(managed('free', uid), managed('kept', uid)));
    for (const name of ['free', 'kept']) await k.ok(`patch pod ${name} --subresource=status -p '${running}'`);
    await k.ok('create poddisruptionbudget kept --selector=app=kept --min-available=1');
    await k.ok(
      `patch poddisruptionbudget kept --subresource=status --type=merge -p '{"status":{"observedGeneration":1,"currentHealthy":1,"desiredHealthy":1,"expectedPods":1,"disruptionsAllowed":0}}'`,
    );
    // It would try again every five seconds.
    const draining = bed.kubectl.start(['drain', 'slipway-worker2']);
    const said = lines(draining.stderr!);
    const refused =
      /^error when evicting pods\/"kept" -n "t\d+" \(will retry after 5s\): Cannot evict pod as it would violate the pod's disruption budget\./;
    while (!refused.test(await said.next()));
    draining.kill();
    assert.equal(await pods(bed, k), 'pod/kept\n');
    await k.ok('delete poddisruptionbudget kept');
    assert.match(await k.ok('drain slipway-worker2 --timeout=10s'), /pod\/kept evicted\nnode\/slipway-worker2 drained\n/);
    assert.equal(await pods(bed, k), '');
    await k.ok('uncordon slipway-worker2');
  });

  test('drain says which pods nobody would make anew', async () => {
    const k = await bed.within();
    await k.ok('create -f -', pod('bare').replace('spec: {', 'spec: {nodeName: slipway-worker, '));
    assert.match(
      await k.fails('drain slipway-worker --dry-run=server'),
      /cannot delete (cannot delete )?Pods (that )?declare no controller.*: t\d+\/bare/,
    );
    await k.ok('drain slipway-worker --force --grace-period=0 --disable-eviction');
    assert.equal(await pods(bed, k), '');
    await k.ok('uncordon slipway-worker');
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
    assert.match(await k.ok('get csr good'), /\ngood +\d+s +kubernetes\.io\/kube-apiserver-client +kubernetes-admin +<none> +Pending\n$/);
    assert.equal(await k.ok('certificate approve good'), 'certificatesigningrequest.certificates.k8s.io/good approved\n');
    assert.equal(await k.ok('certificate deny bad'), 'certificatesigningrequest.certificates.k8s.io/bad denied\n');
    assert.match(await k.ok('get csr --no-headers'), /^bad .* Denied\ngood .* Approved\n$/);
    assert.match(await k.ok('describe csr good'), /Common Name: +jane/);
  });

  test('exec, cp, attach, logs and port-forward say what is missing', async () => {
    const k = await bed.within();
    const bound = pod('bound').replace('spec: {', 'spec: {nodeName: slipway-worker, ');
    await k.ok('create -f -', documents(pod('loose'), bound));
    assert.match(await k.fails('exec loose -- ls'), /pod loose does not have a host assigned/);
    // Upstream, too, has an empty log for a pod that is nowhere.
    assert.equal(await k.ok('logs loose'), '');
    await k.ok(`patch pod bound --subresource=status -p '{"status":{"phase":"Running"}}'`);
    for (const line of ['exec bound -- ls', 'attach bound', 'logs bound', 'port-forward bound 8080:80', 'cp bound:/etc/hosts /dev/null']) {
      const { code, stderr } = await k.run(line);
      assert.notEqual(code, 0, line);
      assert.match(stderr, /simulated|no kubelet/, line);
    }
    assert.equal(await k.fails('exec none -- ls'), 'Error from server (NotFound): pods "none" not found\n');
  });

  test('top says that there are no metrics', async () => {
    assert.match(await bed.shell.fails('top nodes'), /Metrics API not available/);
  });
});
