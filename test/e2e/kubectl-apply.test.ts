/** Declared state: apply on either side, pruning, kustomize, diff. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';
import { configMap, deployment, documents, pod } from './manifests.ts';

eachKubectl('kubectl apply and diff', (bed) => {
  test('on the client’s side: created, unchanged, configured, pruned fields', async () => {
    const k = await bed.within();
    assert.equal(await k.ok('apply -f -', deployment(1)), 'deployment.apps/web created\n');
    assert.equal(await k.ok('apply -f -', deployment(1)), 'deployment.apps/web unchanged\n');
    assert.equal(await k.ok('apply -f -', deployment(2)), 'deployment.apps/web configured\n');
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.replicas}/{.metadata.generation}'), '2/2');
    await k.ok('apply -f -', deployment(2).replace('        ports: [{containerPort: 80}]\n', ''));
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.template.spec.containers[0].ports}'), '');
  });

  test('what others wrote stays when it is applied again', async () => {
    const k = await bed.within();
    await k.ok('apply -f -', configMap('c', { mine: '1' }, { tier: 'front' }));
    await k.ok(`patch configmap c --type=merge -p '{"data":{"theirs":"2"},"metadata":{"labels":{"other":"x"}}}'`);
    assert.equal(await k.ok('apply -f -', configMap('c', { mine: '3' })), 'configmap/c configured\n');
    assert.deepEqual(JSON.parse(await k.ok('get configmap c -o jsonpath={.data}')), { mine: '3', theirs: '2' });
    assert.equal(await k.ok('get configmap c -o jsonpath={.metadata.labels}'), '{"other":"x"}');
  });

  test('what was created otherwise is taken over with a warning', async () => {
    const k = await bed.within();
    await k.ok('create -f -', configMap('c', { a: '1' }));
    const { stdout, stderr } = await k.run('apply -f -', configMap('c', { a: '2' }));
    assert.equal(stdout, 'configmap/c configured\n');
    assert.match(stderr, /^Warning: resource configmaps\/c is missing the kubectl\.kubernetes\.io\/last-applied-configuration annotation/);
    assert.match(await k.ok('apply view-last-applied configmap c'), /^ {2}a: "2"$/m);
    assert.equal(await k.ok('apply set-last-applied -f -', configMap('c', { b: '1' })), 'configmap/c configured\n');
  });

  test('--prune deletes what is declared no more', async () => {
    const k = await bed.within();
    const both = documents(configMap('keep', { a: '1' }, { set: 'x' }), configMap('drop', {}, { set: 'x' }));
    await k.ok('create -f -', configMap('bystander', {}, { set: 'x' }));
    const prune = 'apply -f - --prune -l set=x --prune-allowlist=core/v1/ConfigMap';
    assert.equal(await k.ok(prune, both), 'configmap/keep created\nconfigmap/drop created\n');
    assert.equal(await k.ok(prune, configMap('keep', { a: '1' }, { set: 'x' })), 'configmap/keep unchanged\nconfigmap/drop pruned\n');
    assert.equal(await k.ok('get configmaps -l set=x -o name'), 'configmap/bystander\nconfigmap/keep\n');
  });

  test('-k: kustomizations are built, applied and deleted', async () => {
    const k = await bed.within();
    const folder = join(bed.under.folder, 'kustomization');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'deployment.yaml'), deployment(1));
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      'namePrefix: my-\nresources: [deployment.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=1]}]\nreplicas: [{name: web, count: 3}]\n',
    );
    assert.match(await k.ok(`apply -k ${folder}`), /^configmap\/my-settings-[a-z0-9]{10} created\ndeployment\.apps\/my-web created\n$/);
    assert.match(await k.ok(`get -k ${folder}`), /my-web +\d\/3/);
    assert.equal(await k.ok('get deployment my-web -o jsonpath={.spec.replicas}'), '3');
    assert.match(await k.ok(`delete -k ${folder}`), /deployment\.apps "my-web" deleted/);
  });

  test('diff tells what apply would change, and changes nothing', async () => {
    const k = await bed.within();
    await k.ok('apply -f -', deployment(1));
    assert.equal((await k.run('diff -f -', deployment(1))).code, 0);
    for (const side of ['', ' --server-side --force-conflicts']) {
      const { code, stdout, stderr } = await k.run(`diff -f -${side}`, deployment(3));
      assert.equal(code, 1, stderr);
      assert.match(stdout, /^-\s+replicas: 1$/m);
      assert.match(stdout, /^\+\s+replicas: 3$/m);
      assert.match(stdout, /^-\s+generation: 1$/m);
    }
    const added = await k.run('diff -f -', pod('new'));
    assert.equal(added.code, 1);
    assert.match(added.stdout, /^\+kind: Pod$/m);
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.replicas}'), '1');
  });

  test('on the server’s side: ownership, conflict, force', async () => {
    const k = await bed.within();
    assert.equal(await k.ok('apply --server-side -f -', deployment(1)), 'deployment.apps/web serverside-applied\n');
    assert.equal(
      (await k.fails('apply --server-side --field-manager=other -f -', deployment(3))).split('\n')[0],
      'error: Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas',
    );
    await k.ok('apply --server-side --field-manager=other --force-conflicts -f -', deployment(3));
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.replicas}'), '3');
    const managers = await k.ok('get deployment web -o jsonpath={.metadata.managedFields[*].manager} --show-managed-fields');
    assert.deepEqual(
      managers
        .split(' ')
        .filter((one) => one !== 'kube-controller-manager')
        .toSorted(),
      ['kubectl', 'other'],
    );
    // Each gives up a field by declaring it no more; it goes with its last owner.
    const without = deployment(1).replace('  replicas: 1\n', '');
    await k.ok('apply --server-side -f -', without);
    await k.ok('apply --server-side --field-manager=other -f -', without);
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.replicas}'), '1');
  });

  test('on the server’s side several owners name all their conflicts', async () => {
    const k = await bed.within();
    await k.ok('apply --server-side -f -', configMap('c', { a: '1', b: '1' }));
    const said = await k.fails('apply --server-side --field-manager=other -f -', configMap('c', { a: '2', b: '2' }));
    assert.match(said, /^error: Apply failed with 2 conflicts: conflicts with "kubectl":\n- \.data\.a\n- \.data\.b\n/);
    assert.equal(
      await k.ok('apply --server-side --field-manager=other -f -', configMap('c', { a: '1', c: '3' })),
      'configmap/c serverside-applied\n',
    );
    assert.deepEqual(JSON.parse(await k.ok('get configmap c -o jsonpath={.data}')), { a: '1', b: '1', c: '3' });
  });

  test('from the client’s side to the server’s: the old manager’s fields move over', async () => {
    const k = await bed.within();
    await k.ok('apply -f -', configMap('c', { a: '1', b: '1' }));
    await k.ok('apply --server-side -f -', configMap('c', { a: '2' }));
    assert.equal(await k.ok('get configmap c -o jsonpath={.data}'), '{"a":"2"}');
    const managers = await k.ok('get configmap c -o jsonpath={.metadata.managedFields[*].manager} --show-managed-fields');
    assert.deepEqual(managers.split(' ').toSorted(), ['kubectl', 'kubectl-last-applied']);
  });

  test('dry runs on both sides', async () => {
    const k = await bed.within();
    assert.equal(await k.ok('apply -f - --dry-run=server', pod('a')), 'pod/a created (server dry run)\n');
    assert.equal(await k.ok('apply -f - --dry-run=client', pod('a')), 'pod/a created (dry run)\n');
    assert.equal(await k.ok('apply -f - --server-side --dry-run=server', pod('a')), 'pod/a serverside-applied (server dry run)\n');
    assert.equal(await k.ok('get pods'), '');
  });

  test('--force replaces what cannot be changed', async () => {
    const k = await bed.within();
    await k.ok('apply -f -', pod('a'));
    const changed = pod('a').replace('spec: {', 'spec: {nodeSelector: {zone: one}, ');
    assert.match(
      await k.fails('apply -f -', changed),
      /The Pod "a" is invalid: spec: Forbidden: pod updates may not change fields other than/,
    );
    const uid = await k.ok('get pod a -o jsonpath={.metadata.uid}');
    assert.match(await k.ok('apply -f - --force --grace-period=0', changed), /pod\/a configured/);
    assert.notEqual(await k.ok('get pod a -o jsonpath={.metadata.uid}'), uid);
  });
});
