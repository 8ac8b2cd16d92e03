/** What get shows, in every form, and what it selects. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';
import { configMap, deployment, documents, pod } from './manifests.ts';

/** A pod that no node is for. */
const waiting = (name: string, image: string) => pod(name, image).replace('spec: {', 'spec: {nodeSelector: {no: where}, ');

eachKubectl('kubectl get', (bed) => {
  test('with every printer', async () => {
    const k = await bed.within();
    await k.ok('create -f -', pod('a'));
    await k.ok('wait --for=condition=Ready pod/a --timeout=20s');
    assert.match(await k.ok('get pods'), /^NAME +READY +STATUS +RESTARTS +AGE\na +1\/1 +Running +0 +\d+s\n$/);
    assert.match(
      await k.ok('get pods -o wide'),
      /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\na +1\/1 +Running +0 +\d+s +10\.244\.[12]\.\d+ +slipway-worker2? +<none> +<none>\n$/,
    );
    assert.equal(await k.ok('get pods -o name'), 'pod/a\n');
    assert.match(
      await k.ok('get pod a -o yaml'),
      /^apiVersion: v1\nkind: Pod\nmetadata:\n[\s\S]+\n {2}dnsPolicy: ClusterFirst\n[\s\S]+\nstatus:\n {2}conditions:\n[\s\S]+\n {2}phase: Running\n[\s\S]+\n {2}qosClass: BestEffort\n {2}startTime: "20[^\n]+"\n$/,
    );
    const json = JSON.parse(await k.ok('get pods -o json')) as { kind: string; items: { kind: string; metadata: { name: string } }[] };
    assert.equal(json.kind, 'List');
    assert.deepEqual(
      json.items.map(({ kind, metadata }) => [kind, metadata.name]),
      [['Pod', 'a']],
    );
    assert.equal(await k.ok('get pod a -o jsonpath={.spec.containers[0].imagePullPolicy}'), 'Always');
    assert.equal(await k.ok('get pod a -o jsonpath-as-json={.spec.containers[*].name}'), '[\n    "main"\n]\n');
    assert.equal(await k.ok(`get pods -o 'jsonpath={range .items[*]}{.metadata.name}={.status.phase}{"\\n"}{end}'`), 'a=Running\n');
    assert.equal(await k.ok('get pod a -o go-template={{.spec.restartPolicy}}'), 'Always');
    assert.equal(await k.ok('get pods -o custom-columns=N:.metadata.name,I:.spec.containers[*].image'), 'N     I\na     nginx\n');
    const columns = join(bed.under.folder, 'columns');
    writeFileSync(columns, 'NAME          PHASE\nmetadata.name status.phase\n');
    assert.equal(await k.ok(`get pods -o custom-columns-file=${columns}`), 'NAME   PHASE\na      Running\n');
    const template = join(bed.under.folder, 'template');
    writeFileSync(template, '{{range .items}}<{{.metadata.name}}>{{end}}');
    assert.equal(await k.ok(`get pods -o go-template-file=${template}`), '<a>');
    assert.match(await k.fails('get pods -o nope'), /unable to match a printer suitable for the output format "nope"/);
  });

  test('labels as columns, without headings, across kinds and namespaces', async () => {
    const k = await bed.within();
    await k.ok('create -f -', documents(pod('a'), deployment(2)));
    await k.ok('wait --for=condition=Ready pod/a --timeout=20s');
    await k.ok('rollout status deployment web --timeout=20s');
    assert.match(await k.ok('get pod a --show-labels'), /LABELS\na .* app=a\n$/);
    assert.match(await k.ok('get pod a -L app,none'), /APP +NONE\na .* a +\n$/);
    assert.match(await k.ok('get pods --no-headers'), /^a +1\/1 .*\nweb-/);
    assert.match(
      await k.ok('get pods,deployments'),
      /^NAME +READY +STATUS +RESTARTS +AGE\npod\/a +1\/1 +Running +0 +\d+s\n(pod\/web-\w+-\w{5} +1\/1 +Running +0 +\d+s\n){2}\nNAME +READY +UP-TO-DATE +AVAILABLE +AGE\ndeployment\.apps\/web +2\/2 +2 +2 +\d+s\n$/,
    );
    assert.match(await k.ok('get all'), /pod\/a [\s\S]+pod\/web-[\s\S]+deployment\.apps\/web [\s\S]+replicaset\.apps\/web-/);
    assert.match(await k.ok('get pods -A'), new RegExp(`^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE\\n(.*\\n)*${k.namespace} +a `));
    assert.equal(await k.ok('get pod/a deployment/web -o name'), 'pod/a\ndeployment.apps/web\n');
    assert.equal(await k.ok('get -f - -o name', pod('a')), 'pod/a\n');
    assert.equal(await k.ok('get pod nope --ignore-not-found'), '');
  });

  test('sorted, in chunks, selected', async () => {
    const k = await bed.within();
    await k.ok('create -f -', documents(waiting('c', 'one'), waiting('a', 'two'), waiting('b', 'three')));
    assert.equal(await k.ok('get pods --sort-by=.metadata.name -o name'), 'pod/a\npod/b\npod/c\n');
    assert.equal(await k.ok('get pods --sort-by=.spec.containers[0].image -o name'), 'pod/c\npod/b\npod/a\n');
    assert.equal(await k.ok('get pods --chunk-size=1 -o name'), 'pod/a\npod/b\npod/c\n');
    assert.equal((await k.ok('get pods --chunk-size=2')).trim().split('\n').length, 4);
    assert.equal(await k.ok('get pods -l app!=a,app -o name'), 'pod/b\npod/c\n');
    assert.equal(await k.ok("get pods -l 'app in (a, c)' -o name"), 'pod/a\npod/c\n');
    assert.equal(await k.ok("get pods -l '!app' -o name"), '');
    assert.equal(await k.ok('get pods --field-selector metadata.name=b,status.phase=Pending -o name'), 'pod/b\n');
    assert.equal(await k.ok('get pods --field-selector status.phase!=Pending -o name'), '');
    assert.equal(
      await k.fails('get pods --field-selector spec.nope=1'),
      `Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "spec.nope=1": field label not supported: spec.nope\n`,
    );
  });

  test('nothing to show is said', async () => {
    const k = await bed.within();
    assert.equal((await k.run('get pods')).stderr, `No resources found in ${k.namespace} namespace.\n`);
    assert.equal((await k.run('get pods -l a=b -A')).stderr, 'No resources found\n');
    assert.equal(await k.fails('get nonsense'), `error: the server doesn't have a resource type "nonsense"\n`);
  });

  test('-w streams what happens, and --watch-only only what happens from now on', async () => {
    const k = await bed.within();
    await k.ok('create -f -', configMap('there'));
    const seen = k.start('get configmaps -l !none -w --no-headers -o name');
    assert.equal(await seen.next(), 'configmap/kube-root-ca.crt');
    assert.equal(await seen.next(), 'configmap/there');
    const events = k.start('get configmaps --watch-only --output-watch-events');
    // It watches from whenever it has begun: go on until it shows something.
    let n = 0;
    const first = events.next();
    while ((await Promise.race([first, k.ok(`create configmap x${n++}`)])).startsWith('configmap/')) {}
    assert.match(await first, /^EVENT +NAME +DATA +AGE$/);
    assert.match(await events.next(), /^ADDED +x\d+ +0 +\d+s$/);
    assert.equal(await seen.next(), 'configmap/x0');
    await k.ok('delete configmap there');
    await events.until(/^DELETED +there/);
    await Promise.all([seen.stop(), events.stop()]);
  });

  test('-w ends when its time is up', async () => {
    const k = await bed.within();
    const { code, stdout } = await k.run('get configmaps -w --request-timeout=1s -o name');
    assert.equal(stdout, 'configmap/kube-root-ca.crt\n');
    assert.ok(code === 0 || code === 1);
  });

  test('--raw reads paths', async () => {
    const k = bed.shell;
    assert.equal(await k.ok('get --raw /readyz'), 'ok');
    assert.match(await k.ok("get --raw '/livez?verbose'"), /livez check passed/);
    const version = JSON.parse(await k.ok('get --raw /version')) as { gitVersion: string };
    assert.equal(version.gitVersion, 'v1.36.0');
    const nodes = JSON.parse(await k.ok('get --raw /api/v1/nodes?limit=1')) as { items: unknown[]; metadata: { continue: string } };
    assert.equal(nodes.items.length, 1);
    assert.notEqual(nodes.metadata.continue, '');
    assert.match(await k.ok('get --raw /metrics'), /^apiserver_request_total\{/m);
    assert.match(await k.fails('get --raw /nope'), /^Error from server \(NotFound\): the server could not find the requested resource/);
  });
});
