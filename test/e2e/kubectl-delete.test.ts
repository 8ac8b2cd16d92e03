/** Waiting, deleting with each cascade, and namespaces that empty themselves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { eachKubectl, type Bed, type Shell } from './each-kubectl.ts';
import { configMap, dependent, deployment, documents, pod } from './manifests.ts';

/** How newer kubectls end a line about what they deleted. */
const from = (bed: Bed, { namespace }: Shell) => (bed.minor >= 34 ? ` from ${namespace} namespace` : '');

/** An owner with a dependent that has one itself. */
async function family(k: Shell, blockOwnerDeletion = true): Promise<void> {
  const uid = (name: string) => k.ok(`get configmap ${name} -o jsonpath={.metadata.uid}`);
  await k.ok('create -f -', configMap('owner'));
  await k.ok('create -f -', dependent('child', { name: 'owner', uid: await uid('owner') }, blockOwnerDeletion));
  await k.ok('create -f -', dependent('grandchild', { name: 'child', uid: await uid('child') }, blockOwnerDeletion));
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let left = 100; !(await what()); left--) {
    assert.ok(left > 0, 'it did not come about');
    await setTimeout(20);
  }
}

eachKubectl('kubectl delete', (bed) => {
  const names = async (k: Shell) =>
    (await k.ok('get configmaps -o name'))
      .replaceAll('configmap/', '')
      .trim()
      .split('\n')
      .filter((name) => name !== 'kube-root-ca.crt');

  test('in the background: dependents follow', async () => {
    const k = await bed.within();
    await family(k);
    assert.equal(await k.ok('delete configmap owner'), `configmap "owner" deleted${from(bed, k)}\n`);
    await until(async () => (await names(k)).length === 0);
  });

  test('orphaning: dependents stay, without an owner', async () => {
    const k = await bed.within();
    await family(k);
    await k.ok('delete configmap owner --cascade=orphan');
    assert.deepEqual(await names(k), ['child', 'grandchild']);
    assert.equal(await k.ok('get configmap child -o jsonpath={.metadata.ownerReferences}'), '');
    assert.match(await k.ok('get configmap grandchild -o jsonpath={.metadata.ownerReferences}'), /"name":"child"/);
  });

  test('in the foreground: the owner goes last', async () => {
    const k = await bed.within();
    await family(k);
    await k.ok(`patch configmap grandchild --type=merge -p '{"metadata":{"finalizers":["example.com/hold"]}}'`);
    await k.ok('delete configmap owner --cascade=foreground --wait=false');
    await until(async () => (await k.ok('get configmap grandchild -o jsonpath={.metadata.deletionTimestamp}')) !== '');
    assert.deepEqual(await names(k), ['child', 'grandchild', 'owner']);
    assert.equal(await k.ok('get configmap owner -o jsonpath={.metadata.finalizers}'), '["foregroundDeletion"]');
    await k.ok(`patch configmap grandchild --type=merge -p '{"metadata":{"finalizers":null}}'`);
    await k.ok('wait --for=delete configmap/owner --timeout=10s');
    assert.deepEqual(await names(k), []);
  });

  test('by selector, all, several, from a file, what is not there', async () => {
    const k = await bed.within();
    const deleted = (name: string) => `configmap "${name}" deleted${from(bed, k)}\n`;
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => configMap(name, {}, { half: name < 'c' ? 'one' : 'two' }));
    await k.ok('create -f -', documents(...five));
    assert.equal(await k.ok('delete configmap -l half=one'), deleted('a') + deleted('b'));
    assert.equal(await k.ok('delete configmap c --dry-run=server'), `configmap "c" deleted${from(bed, k)} (server dry run)\n`);
    assert.equal(await k.ok('delete configmap/c configmap/d -o name'), 'configmap/c\nconfigmap/d\n');
    assert.equal(await k.ok('delete -f -', five[4]), deleted('e'));
    assert.equal(await k.ok('delete -f - --ignore-not-found', five[4]), '');
    assert.equal(await k.fails('delete configmap e'), 'Error from server (NotFound): configmaps "e" not found\n');
    await k.ok('create -f -', documents(pod('a'), pod('b')));
    assert.equal(await k.ok('delete pods --all'), `pod "a" deleted${from(bed, k)}\npod "b" deleted${from(bed, k)}\n`);
    assert.equal((await k.run('delete pods --all')).stdout, 'No resources found\n');
  });

  test('graces: a bound pod waits for its kubelet, --force does not', async () => {
    const k = await bed.within();
    // None of them heeds SIGTERM.
    const stubborn = (name: string) => pod(name, 'busybox').replace('image: busybox', 'image: busybox, command: [sleep, infinity]');
    await k.ok('create -f -', documents(stubborn('a'), stubborn('b'), stubborn('c')));
    await k.ok('wait --for=condition=Ready pod a b c --timeout=20s');
    await k.ok('delete pod a --wait=false');
    assert.match(await k.ok('get pod a'), /\na +1\/1 +Terminating/);
    assert.equal(await k.ok('get pod a -o jsonpath={.metadata.deletionGracePeriodSeconds}'), '30');
    await k.ok('delete pod a --grace-period=5 --wait=false');
    assert.equal(await k.ok('get pod a -o jsonpath={.metadata.deletionGracePeriodSeconds}'), '5');
    await k.ok('delete pod b --now --wait=false');
    assert.equal(await k.ok('get pod b -o jsonpath={.metadata.deletionGracePeriodSeconds}'), '1');
    const forced = await k.run('delete pod a b c --grace-period=0 --force');
    assert.match(
      forced.stderr,
      /^Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated/,
    );
    assert.equal(forced.stdout, ['a', 'b', 'c'].map((name) => `pod "${name}" force deleted${from(bed, k)}\n`).join(''));
    assert.equal(await k.ok('get pods'), '');
  });

  test('finalizers hold what is deleted', async () => {
    const k = await bed.within();
    await k.ok('create -f -', configMap('c'));
    await k.ok(`patch configmap c --type=merge -p '{"metadata":{"finalizers":["example.com/hold"]}}'`);
    assert.match(await k.fails('delete configmap c --timeout=300ms'), /timed out waiting for the condition on configmaps\/c/);
    assert.match(
      await k.fails(`patch configmap c --type=merge -p '{"metadata":{"finalizers":["example.com/hold","example.com/more"]}}'`),
      /metadata\.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers \[\]string\{"example\.com\/more"\}/,
    );
    await k.ok(`patch configmap c --type=json -p '[{"op":"remove","path":"/metadata/finalizers"}]'`);
    assert.match(await k.fails('get configmap c'), /not found/);
  });

  test('namespaces empty themselves, then go', async () => {
    const k = await bed.within();
    await k.ok('create -f -', documents(pod('a'), deployment(1), configMap('c')));
    await k.ok(`patch configmap c --type=merge -p '{"metadata":{"finalizers":["example.com/hold"]}}'`);
    await k.ok(`delete namespace ${k.namespace} --wait=false`);
    await until(async () => (await k.ok('get pods,deployments -o name')) === '');
    assert.match(await k.ok(`get namespace ${k.namespace}`), /Terminating/);
    assert.match(
      await k.fails('create configmap late'),
      new RegExp(`configmaps "late" is forbidden: unable to create new content in namespace ${k.namespace} because it is being terminated`),
    );
    const message = `get namespace ${k.namespace} -o 'jsonpath={.status.conditions[?(@.type=="NamespaceFinalizersRemaining")].message}'`;
    await until(
      async () =>
        (await k.ok(message)) === 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    );
    await k.ok(`patch configmap c --type=merge -p '{"metadata":{"finalizers":null}}'`);
    await k.ok(`wait --for=delete namespace/${k.namespace} --timeout=20s`);
  });
});

eachKubectl('kubectl wait', (bed) => {
  test('for conditions, fields, deletion, creation, and in vain', async () => {
    const k = await bed.within();
    await k.ok('create -f -', pod('a').replace('metadata: {', 'metadata: {annotations: {simulated.slipway.dev/start-duration: 1s}, '));
    assert.equal(await k.ok('wait --for=jsonpath={.status.phase}=Pending pod/a'), 'pod/a condition met\n');
    assert.equal(await k.ok('wait --for=condition=Ready pod/a --timeout=20s'), 'pod/a condition met\n');
    assert.equal(
      await k.fails('wait --for=condition=Ready=False pod/a --timeout=100ms'),
      'error: timed out waiting for the condition on pods/a\n',
    );
    const gone = k.ok('wait --for=delete pod -l app=a --timeout=20s');
    await k.ok('delete pod a');
    assert.match(await gone, /^(pod\/a condition met\n)?$/);
    assert.match(await k.fails('wait --for=condition=Ready pod/none --timeout=1s'), /pods "none" not found/);
    assert.match(await k.ok('wait --for=condition=Ready node --all'), /node\/slipway-worker condition met/);
    if (bed.minor < 31) return;
    const made = k.ok('wait --for=create configmap/late --timeout=20s');
    await k.ok('create configmap late');
    assert.equal(await made, 'configmap/late condition met\n');
  });
});
