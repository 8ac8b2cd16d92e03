/** Changing what is there: patch, edit, replace, label, annotate, set, scale, autoscale, expose. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';
import { configMap, deployment, pod } from './manifests.ts';

eachKubectl('kubectl patch, edit, replace and set', (bed) => {
  test('patch in all its types', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(1));
    const strategic = '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:2"},{"name":"side","image":"envoy"}]}}}}';
    assert.equal(await k.ok(`patch deployment web -p '${strategic}'`), 'deployment.apps/web patched\n');
    await k.ok('rollout status deployment web --timeout=20s');
    assert.equal(await k.ok(`patch deployment web -p '${strategic}'`), 'deployment.apps/web patched (no change)\n');
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.template.spec.containers[*].image}'), 'nginx:2 envoy');
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.template.spec.containers[0].ports[0].containerPort}'), '80');
    const removal = '{"spec":{"template":{"spec":{"containers":[{"$patch":"delete","name":"side"}]}}}}';
    await k.ok(`patch deployment web -p '${removal}'`);
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.template.spec.containers[*].name}'), 'nginx');
    await k.ok(`patch deployment web --type=merge -p '{"metadata":{"annotations":{"a":"1"},"labels":null}}'`);
    const steps = '[{"op":"test","path":"/spec/replicas","value":1},{"op":"replace","path":"/spec/replicas","value":4}]';
    await k.ok(`patch deployment web --type=json -p '${steps}'`);
    assert.equal(await k.ok('get deployment web -o jsonpath={.metadata.annotations.a}/{.spec.replicas}/{.metadata.labels}'), '1/4/');
    const file = join(bed.under.folder, 'patch.yaml');
    writeFileSync(file, 'spec: {replicas: 5}\n');
    await k.ok(`patch deployment web --patch-file ${file}`);
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.replicas}'), '5');
  });

  test('patches that fail say why', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(1));
    const fails = (type: string, body: string) => k.fails(`patch deployment web --type=${type} -p '${body}'`);
    // Upstream keeps what went wrong to itself.
    const rejected = 'The request is invalid: the server rejected our request due to an error in our request\n';
    assert.equal(await fails('json', '[{"op":"test","path":"/spec/replicas","value":9}]'), rejected);
    assert.equal(await fails('json', '[{"op":"remove","path":"/spec/nope"}]'), rejected);
    assert.match(
      await fails('merge', '{"spec":{"replicas":-1}}'),
      /The Deployment "web" is invalid: spec\.replicas: Invalid value: -1: must be greater than or equal to 0/,
    );
    assert.match(await fails('merge', '{"spec":{"selector":{"matchLabels":{"x":"y"}}}}'), /`selector` does not match template `labels`/);
    assert.match(await fails('strategic', '{"metadata":{"resourceVersion":"1"}}'), /the object has been modified/);
    assert.equal(await k.fails(`patch deployment none -p '{}'`), 'Error from server (NotFound): deployments.apps "none" not found\n');
  });

  test('--subresource reads and writes status and scale', async () => {
    const k = await bed.within();
    await k.ok('create service loadbalancer lb --tcp=80');
    const status = (ip: string) => JSON.stringify({ status: { loadBalancer: { ingress: [{ ip }] } } });
    assert.equal(await k.ok(`patch service lb --subresource=status --type=merge -p '${status('192.0.2.1')}'`), 'service/lb patched\n');
    assert.match(await k.ok('get service lb'), /\nlb +LoadBalancer +10\.96\.\d+\.\d+ +192\.0\.2\.1 +80:3\d{4}\/TCP /);
    assert.match(await k.ok('get service lb --subresource=status -o yaml'), /ip: 192\.0\.2\.1/);
    // What is not the status's stays what it was, and the other way round.
    await k.ok(`patch service lb --subresource=status --type=merge -p '{"spec":{"sessionAffinity":"ClientIP"}}'`);
    await k.ok(`patch service lb --type=merge -p '${status('192.0.2.9')}'`);
    const read = '{.spec.sessionAffinity}/{.status.loadBalancer.ingress[0].ip}';
    assert.equal(await k.ok(`get service lb -o jsonpath=${read}`), 'None/192.0.2.1');
    await k.ok('create -f -', deployment(2));
    assert.match(await k.ok(`patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":3}}'`), /web patched/);
    assert.match(await k.ok('get deployment web --subresource=scale'), /^NAME +DESIRED +AVAILABLE +AGE\nweb +3 +[0-3] +\d+s\n$/);
  });

  test('label and annotate: set, overwrite, remove, select, list', async () => {
    const k = await bed.within();
    await k.ok('create -f -', configMap('c'));
    assert.equal(await k.ok('label configmap c tier=front'), 'configmap/c labeled\n');
    assert.equal(await k.fails('label configmap c tier=back'), "error: 'tier' already has a value (front), and --overwrite is false\n");
    assert.equal(await k.ok('label configmap c tier=back --overwrite'), 'configmap/c labeled\n');
    assert.equal(await k.ok('label configmap c tier=back'), 'configmap/c not labeled\n');
    assert.equal(await k.ok('label configmaps -l tier=back more=yes'), 'configmap/c labeled\n');
    assert.deepEqual((await k.ok('label configmap c --list')).trim().split('\n').toSorted(), ['more=yes', 'tier=back']);
    assert.equal(await k.ok('label configmap c tier- more-'), 'configmap/c unlabeled\n');
    assert.match(await k.ok('annotate configmap c note=x'), /^configmap\/c annotated?\n$/);
    assert.equal(await k.ok('annotate configmap c --list'), 'note=x\n');
    assert.match(await k.ok('annotate configmap --all note-'), /configmap\/c annotated?\n/);
    assert.match(await k.fails('label configmap c a=b --resource-version=1'), /the object has been modified/);
    assert.match(await k.fails('label configmap c bad_=x_'), /metadata\.labels|invalid label/);
  });

  test('replace: whole, stale, forced, of what is not there', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(1));
    // Once the controller has written what it writes.
    await k.ok('rollout status deployment web --timeout=20s');
    const json = await k.ok('get deployment web -o json');
    assert.equal(await k.ok('replace -f -', json.replaceAll('nginx:1.25', 'nginx:2')), 'deployment.apps/web replaced\n');
    assert.equal(
      await k.fails('replace -f -', json.replaceAll('nginx:1.25', 'nginx:3')),
      'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again\n',
    );
    assert.equal(await k.ok('replace -f -', deployment(4)), 'deployment.apps/web replaced\n');
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.replicas}/{.metadata.generation}'), '4/3');
    assert.equal(await k.ok('replace --force -f -', deployment(5)), 'deployment.apps "web" deleted\ndeployment.apps/web replaced\n');
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.replicas}/{.metadata.generation}'), '5/1');
    assert.match(
      await k.fails('replace -f -', configMap('none')),
      /Error from server \(NotFound\): error when replacing "STDIN": configmaps "none" not found/,
    );
    await k.ok('create service loadbalancer lb --tcp=80');
    const service = JSON.parse(await k.ok('get service lb -o json')) as object;
    await k.ok(
      'replace --subresource=status -f -',
      JSON.stringify({ ...service, status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } }),
    );
    assert.equal(await k.ok('get service lb -o jsonpath={.status.loadBalancer.ingress[*].ip}'), '192.0.2.7');
  });

  test('edit: changed, unchanged, refused, and the status', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(5));
    await k.ok('rollout status deployment web --timeout=20s');
    await k.ok('create service loadbalancer lb --tcp=80');
    const edit = async (script: string, what: readonly string[] = ['deployment', 'web']) => {
      const editor = join(bed.under.folder, 'editor.sh');
      writeFileSync(editor, `#!/bin/sh\nsed -i '${script}' "$1"\n`, { mode: 0o755 });
      return bed.kubectl.run(['-n', k.namespace, 'edit', ...what], { environment: { KUBE_EDITOR: editor } });
    };
    assert.equal((await edit('s/replicas: 5/replicas: 6/')).stdout, 'deployment.apps/web edited\n');
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.replicas}'), '6');
    assert.match((await edit('s/never/there/')).stderr, /Edit cancelled, no changes made/);
    const refused = await edit('s/replicas: 6/replicas: -6/');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /deployments\.apps "web" is invalid/);
    const ingress = 's/loadBalancer: {}/loadBalancer: {ingress: [{ip: 192.0.2.5, ipMode: Proxy}]}/';
    assert.match((await edit(ingress, ['service', 'lb', '--subresource=status'])).stdout, /lb edited/);
    assert.equal(await k.ok('get service lb -o jsonpath={.status.loadBalancer.ingress[*].ip}'), '192.0.2.5');
  });
});

eachKubectl('kubectl set, scale, autoscale and expose', (bed) => {
  test('set image, env, resources, serviceaccount, selector and subject', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(1));
    assert.equal(await k.ok('set image deployment/web nginx=nginx:9'), 'deployment.apps/web image updated\n');
    assert.equal(await k.ok('set env deployment/web A=1 B=2'), 'deployment.apps/web env updated\n');
    assert.match(await k.ok('set env deployment/web --list'), /^A=1$/m);
    assert.equal(
      await k.ok('set resources deployment web --limits=cpu=200m,memory=512Mi'),
      'deployment.apps/web resource requirements updated\n',
    );
    assert.equal(await k.ok('set serviceaccount deployment web robot'), 'deployment.apps/web serviceaccount updated\n');
    const read = 'image={.image} env={.env[*].name} cpu={.resources.limits.cpu}';
    assert.equal(
      await k.ok(`get deployment web -o 'jsonpath={range .spec.template.spec.containers[*]}${read}{end}'`),
      'image=nginx:9 env=A B cpu=200m',
    );
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.template.spec.serviceAccountName}'), 'robot');
    await k.ok('create service clusterip s --tcp=80');
    assert.equal(await k.ok('set selector service s app=web'), 'service/s selector updated\n');
    await k.ok('create rolebinding rb --clusterrole=view --user=jane');
    assert.match(await k.ok('set subject rolebinding rb --user=joe'), /rolebinding\.rbac\.authorization\.k8s\.io\/rb subjects updated/);
    assert.equal(await k.ok('get rolebinding rb -o jsonpath={.subjects[*].name}'), 'jane joe');
  });

  test('scale: with and without a condition', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(1));
    assert.equal(await k.ok('scale deployment web --replicas=5'), 'deployment.apps/web scaled\n');
    assert.equal(await k.ok('scale --current-replicas=5 --replicas=2 deployment/web'), 'deployment.apps/web scaled\n');
    assert.match(await k.fails('scale --current-replicas=9 --replicas=2 deployment/web'), /Expected replicas to be 9, was 2/);
    assert.equal(await k.ok('scale -f - --replicas=3', deployment(1)), 'deployment.apps/web scaled\n');
    assert.equal(await k.ok('get deployment web -o jsonpath={.spec.replicas}'), '3');
    assert.match(await k.fails('scale configmap kube-root-ca.crt --replicas=2'), /could not find the requested resource/);
  });

  test('autoscale makes a HorizontalPodAutoscaler', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(1));
    assert.equal(
      await k.ok('autoscale deployment web --min=2 --max=5 --cpu-percent=80'),
      'horizontalpodautoscaler.autoscaling/web autoscaled\n',
    );
    assert.match(
      await k.ok('get hpa web'),
      /^NAME +REFERENCE +TARGETS +MINPODS +MAXPODS +REPLICAS +AGE\nweb +Deployment\/web +cpu: <unknown>\/80% +2 +5 +0 +\d+s\n$/,
    );
    assert.equal(await k.ok('get horizontalpodautoscalers.v1.autoscaling web -o jsonpath={.spec.targetCPUUtilizationPercentage}'), '80');
    assert.equal(
      await k.ok('get horizontalpodautoscalers.v2.autoscaling web -o jsonpath={.spec.metrics[0].resource.target.averageUtilization}'),
      '80',
    );
  });

  test('expose gives addresses and ports', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(1));
    assert.equal(await k.ok('expose deployment web --port=80 --target-port=8080 --type=NodePort'), 'service/web exposed\n');
    assert.match(
      await k.ok('get service web -o wide'),
      /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE +SELECTOR\nweb +NodePort +10\.96\.\d+\.\d+ +<none> +80:3\d{4}\/TCP +\d+s +app=web\n$/,
    );
    await k.ok('create -f -', pod('p'));
    assert.equal(await k.ok('expose pod p --port=9 --name=other'), 'service/other exposed\n');
    assert.equal(await k.ok('expose service web --port=443 --name=third'), 'service/third exposed\n');
  });
});
