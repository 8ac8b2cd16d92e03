/** Everything that `kubectl create` and its relatives make. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';
import { configMap, deployment, documents, pod } from './manifests.ts';

eachKubectl('kubectl create', (bed) => {
  test('every subcommand for namespaced kinds', async () => {
    const k = await bed.within();
    const made: readonly (readonly [string, string])[] = [
      ['create configmap c --from-literal=a=1 --from-literal=b=2', 'configmap/c'],
      ["create cronjob tick --image=busybox --schedule='*/5 * * * *' -- date", 'cronjob.batch/tick'],
      ['create job once --image=busybox -- date', 'job.batch/once'],
      ['create job copy --from=cronjob/tick', 'job.batch/copy'],
      ['create deployment web --image=nginx --replicas=2 --port=80', 'deployment.apps/web'],
      ["create ingress in '--rule=a.example/x*=web:80,tls=s'", 'ingress.networking.k8s.io/in'],
      ['create poddisruptionbudget p --selector=app=web --min-available=1', 'poddisruptionbudget.policy/p'],
      ['create quota q --hard=pods=20', 'resourcequota/q'],
      ['create role r --verb=get,list --resource=pods,deployments.apps', 'role.rbac.authorization.k8s.io/r'],
      ['create rolebinding rb --role=r --user=jane --group=dev', 'rolebinding.rbac.authorization.k8s.io/rb'],
      ['create secret generic s --from-literal=password=x', 'secret/s'],
      ['create secret docker-registry d --docker-username=u --docker-password=p --docker-email=e@x.y', 'secret/d'],
      ['create serviceaccount robot', 'serviceaccount/robot'],
      ['create service clusterip a --tcp=80:8080', 'service/a'],
      ['create service clusterip headless --clusterip=None', 'service/headless'],
      ['create service nodeport b --tcp=80:8080 --node-port=30080', 'service/b'],
      ['create service loadbalancer l --tcp=80:8080', 'service/l'],
      ['create service externalname e --external-name=example.com', 'service/e'],
      ['run one --image=nginx --port=80 --labels=a=b --env=X=y', 'pod/one'],
    ];
    for (const [line, name] of made) assert.equal(await k.ok(line), `${name} created\n`);

    assert.equal(await k.ok('get job copy -o jsonpath={.spec.template.spec.containers[0].command[0]}'), 'date');
    assert.equal(await k.ok('get secret s -o jsonpath={.data.password}'), 'eA==');
    assert.equal(await k.ok('get secret d -o jsonpath={.type}'), 'kubernetes.io/dockerconfigjson');
    assert.equal(await k.ok('get service b -o jsonpath={.spec.ports[0].nodePort}'), '30080');
    assert.equal(await k.ok('get service headless -o jsonpath={.spec.clusterIP}'), 'None');
    assert.equal(await k.ok('get pod one -o jsonpath={.spec.containers[0].env[0].value}'), 'y');
    assert.equal(await k.ok('get role r -o jsonpath={.rules[*].apiGroups[0]}'), ' apps');
    assert.match(await k.ok('get ingress in'), /^NAME +CLASS +HOSTS +ADDRESS +PORTS +AGE\nin +<none> +a\.example +80, 443 +\d+s\n$/);
    assert.match(await k.ok('get pdb p'), /\np +1 +N\/A +[01] +\d+s\n$/);
  });

  test('every subcommand for kinds of the whole cluster', async () => {
    const k = bed.shell;
    const made: readonly (readonly [string, string])[] = [
      ['create namespace more', 'namespace/more'],
      ['create clusterrole cr --verb=get --resource=nodes', 'clusterrole.rbac.authorization.k8s.io/cr'],
      ['create clusterrole paths --verb=get --non-resource-url=/logs/*', 'clusterrole.rbac.authorization.k8s.io/paths'],
      ['create clusterrole sum --aggregation-rule=x=y', 'clusterrole.rbac.authorization.k8s.io/sum'],
      ['create clusterrolebinding crb --clusterrole=cr --serviceaccount=more:default', 'clusterrolebinding.rbac.authorization.k8s.io/crb'],
      ['create priorityclass high --value=1000 --description=high', 'priorityclass.scheduling.k8s.io/high'],
    ];
    for (const [line, name] of made) assert.equal(await k.ok(line), `${name} created\n`);
    assert.match(await k.ok('get priorityclass high'), /\nhigh +1000 +false +\d+s/);
    assert.equal(await k.ok('get clusterrolebinding crb -o jsonpath={.subjects[0].namespace}'), 'more');
  });

  test('secrets and config maps from files', async () => {
    const k = await bed.within();
    const file = join(bed.under.folder, 'settings.properties');
    writeFileSync(file, 'color=blue\n');
    await k.ok(`create configmap c --from-file=${file} --from-file=binary=${bed.under.kubeconfig}`);
    assert.equal(await k.ok("get configmap c -o jsonpath='{.data.settings\\.properties}'"), 'color=blue\n');
    await k.ok(`create configmap e --from-env-file=${file}`);
    assert.equal(await k.ok('get configmap e -o jsonpath={.data.color}'), 'blue');
    await k.ok(`create secret generic s --type=example.com/mine --from-file=${file}`);
    assert.equal(await k.ok('get secret s -o jsonpath={.type}'), 'example.com/mine');
  });

  test('files with several objects, lists and generated names', async () => {
    const k = await bed.within();
    assert.equal(
      await k.ok('create -f -', documents(configMap('a'), pod('b'), deployment(1))),
      'configmap/a created\npod/b created\ndeployment.apps/web created\n',
    );
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: ['x', 'y'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })),
    };
    assert.equal(await k.ok('create -f -', JSON.stringify(list)), 'configmap/x created\nconfigmap/y created\n');
    const generated = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'gen-' } };
    assert.match(await k.ok('create -f -', JSON.stringify(generated)), /^configmap\/gen-[bcdfghjklmnpqrstvwxz2456789]{5} created\n$/);
  });

  test('--save-config, -o and --field-manager', async () => {
    const k = await bed.within();
    await k.ok('create -f - --save-config', configMap('a', { k: 'v' }));
    assert.match(await k.ok("get configmap a -o jsonpath='{.metadata.annotations}'"), /last-applied-configuration/);
    assert.equal(await k.ok('create configmap b --from-literal=k=v -o name'), 'configmap/b\n');
    await k.ok('create configmap m --from-literal=k=v --field-manager=me');
    assert.equal(await k.ok('get configmap m -o jsonpath={.metadata.managedFields[0].manager} --show-managed-fields'), 'me');
    assert.equal(await k.ok('get configmap b -o jsonpath={.metadata.managedFields[0].manager} --show-managed-fields'), 'kubectl-create');
  });

  test('dry runs print and change nothing', async () => {
    const k = await bed.within();
    assert.equal(await k.ok('create -f - --dry-run=server', pod('a')), 'pod/a created (server dry run)\n');
    assert.equal(await k.ok('create -f - --dry-run=client', pod('a')), 'pod/a created (dry run)\n');
    assert.match(await k.ok('create -f - --dry-run=server -o yaml', pod('a')), /\n {2}uid: [0-9a-f-]{36}\n/);
    assert.doesNotMatch(await k.ok('create deployment w --image=nginx --dry-run=client -o yaml'), /uid/);
    assert.equal((await k.run('get pods,deployments')).stdout, '');
  });

  test('--raw posts, puts and deletes', async () => {
    const k = await bed.within();
    const path = `/api/v1/namespaces/${k.namespace}/configmaps`;
    const object = (value: string) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'r' }, data: { value } });
    assert.match(
      await k.ok(`create --raw ${path} -f -`, object('1')),
      /^\{"kind":"ConfigMap","apiVersion":"v1","metadata":\{.*"data":\{"value":"1"\}\}\n$/,
    );
    assert.match(await k.ok(`replace --raw ${path}/r -f -`, object('2')), /"data":\{"value":"2"\}/);
    assert.match(await k.ok(`delete --raw ${path}/r`), /"status":"Success"/);
  });

  test('run refuses a name that is taken, and attaches to nothing', async () => {
    const k = await bed.within();
    await k.ok('run a --image=nginx');
    assert.equal(await k.fails('run a --image=nginx'), 'Error from server (AlreadyExists): pods "a" already exists\n');
    assert.equal(await k.ok('run b --image=nginx --dry-run=server'), 'pod/b created (server dry run)\n');
  });
});
