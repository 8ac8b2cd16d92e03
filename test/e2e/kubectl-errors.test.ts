/** Errors in Kubernetes' own words, and how strictly fields are looked at. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';
import { configMap, deployment, pod } from './manifests.ts';

const withUnknown = pod('c').replace('spec: {', 'spec: {contaners: [], ');

eachKubectl('kubectl and errors', (bed) => {
  test('not found, there already', async () => {
    const k = await bed.within();
    assert.equal(await k.fails('get pod nope'), 'Error from server (NotFound): pods "nope" not found\n');
    await k.ok('create -f -', pod('a'));
    assert.equal(
      await k.fails('create -f -', pod('a')),
      'Error from server (AlreadyExists): error when creating "STDIN": pods "a" already exists\n',
    );
    assert.equal(await k.fails('create configmap c -n nowhere'), 'error: failed to create configmap: namespaces "nowhere" not found\n');
  });

  test('the Secret with plain text under data', async () => {
    const k = await bed.within();
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {DB_PASSWORD: paswrd}\n';
    assert.equal(
      await k.fails('create -f -', secret),
      'Error from server (BadRequest): error when creating "STDIN": Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 4\n',
    );
  });

  test('duplicate volumes, and all problems at once', async () => {
    const k = await bed.within();
    const twice = pod('b').replace('spec: {', 'spec: {volumes: [{name: v, emptyDir: {}}, {name: v, emptyDir: {}}], ');
    assert.equal(await k.fails('create -f -', twice), 'The Pod "b" is invalid: spec.volumes[1].name: Duplicate value: "v"\n');
    const bad = pod('b').replace('name: main, image: nginx', 'name: Main, image: nginx, ports: [{containerPort: 0}]');
    const said = await k.fails('create -f -', bad);
    assert.match(
      said,
      /^The Pod "b" is invalid: \n\* spec\.containers\[0\]\.name: Invalid value: "Main": a lowercase RFC 1123 label must consist of/,
    );
    assert.match(said, /\n\* spec\.containers\[0\]\.ports\[0\]\.containerPort: Required value\n/);
  });

  test('a rolling update that could not move', async () => {
    const k = await bed.within();
    const both = deployment(1).replace(
      'spec:\n  replicas',
      'spec:\n  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}\n  replicas',
    );
    assert.equal(
      await k.fails('create -f -', both),
      'The Deployment "web" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0\n',
    );
  });

  test('what cannot be changed', async () => {
    const k = await bed.within();
    await k.ok('create -f -', deployment(1));
    // Once the controller has written what it writes.
    await k.ok('rollout status deployment web --timeout=20s');
    assert.match(
      await k.fails('replace -f -', deployment(1).replaceAll('app: web', 'app: other')),
      /The Deployment "web" is invalid: spec\.selector: Invalid value: \{"matchLabels":\{"app":"other"\}\}: field is immutable\n$/,
    );
    await k.ok('create -f -', pod('a'));
    assert.match(
      await k.fails('replace -f -', pod('a').replace('name: main', 'name: other')),
      /^The Pod "a" is invalid: spec\.containers|^The Pod "a" is invalid: spec: Forbidden: pod updates may not change fields other than/,
    );
    const immutable = `${configMap('i', { a: '1' })}immutable: true\n`;
    await k.ok('create -f -', immutable);
    assert.equal(
      await k.fails(`patch configmap i --type=merge -p '{"data":{"a":"2"}}'`),
      'The ConfigMap "i" is invalid: data: Forbidden: field is immutable when `immutable` is set\n',
    );
    assert.match(
      await k.fails(`patch configmap i --type=merge -p '{"metadata":{"uid":"x"}}'`),
      /Precondition failed: UID in precondition: x, UID in object meta: /,
    );
  });

  test('forbidden', async () => {
    const k = await bed.within();
    assert.equal(
      await k.fails('get pods --as jane'),
      `Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "${k.namespace}"\n`,
    );
    assert.equal(
      await k.fails('get nodes --as jane'),
      'Error from server (Forbidden): nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope\n',
    );
    assert.equal(
      await k.fails('create -f - --as jane --validate=false', deployment(1)),
      `Error from server (Forbidden): error when creating "STDIN": deployments.apps is forbidden: User "jane" cannot create resource "deployments" in API group "apps" in the namespace "${k.namespace}"\n`,
    );
  });

  test('--validate: strict, warn, ignore', async () => {
    const k = await bed.within();
    assert.equal(
      await k.fails('create -f -', withUnknown),
      'Error from server (BadRequest): error when creating "STDIN": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.contaners"\n',
    );
    const warned = await k.run('create -f - --validate=warn', withUnknown);
    assert.deepEqual(warned, { code: 0, stdout: 'pod/c created\n', stderr: 'Warning: unknown field "spec.contaners"\n' });
    assert.deepEqual(await k.run('create -f - --validate=ignore', withUnknown.replace('name: c', 'name: d')), {
      code: 0,
      stdout: 'pod/d created\n',
      stderr: '',
    });
  });

  test('warnings reach the person', async () => {
    const k = await bed.within();
    await k.ok('create -f -', pod('a'));
    const endpoints = `apiVersion: v1\nkind: Endpoints\nmetadata: {name: e}\n`;
    assert.match(
      (await k.run('create -f -', endpoints)).stderr,
      /^Warning: v1 Endpoints is deprecated in v1\.33\+; use discovery\.k8s\.io\/v1 EndpointSlice\n$/,
    );
    const twice = pod('w').replace('image: nginx', 'image: nginx, env: [{name: A, value: x}, {name: A, value: z}]');
    assert.match(
      (await k.run('create -f -', twice)).stderr,
      /Warning: spec\.containers\[0\]\.env\[1\]: hides previous definition of "A", which may be dropped when using apply/,
    );
  });

  test('files that are none of Kubernetes’', async () => {
    const k = await bed.within();
    assert.match(
      await k.fails('create -f -', 'kind: Nope\napiVersion: v1\nmetadata: {name: a}\n'),
      /no matches for kind "Nope" in version "v1"/,
    );
    assert.match(
      await k.fails('create -f -', 'apiVersion: v1\nkind: Pod\nmetadata: {name: "A_"}\nspec: {containers: [{name: a, image: b}]}\n'),
      /The Pod "A_" is invalid: metadata\.name: Invalid value: "A_": a lowercase RFC 1123 subdomain must consist of/,
    );
    assert.match(
      await k.fails('create -f -', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: {}}\n'),
      /json: cannot unmarshal object into Go struct field PodSpec\.spec\.containers of type \[\]v1\.Container/,
    );
  });
});
