/** What there is: explain, api-resources, api-versions, version, config view. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';

eachKubectl('kubectl explain and api-resources', (bed) => {
  test('version and cluster-info', async () => {
    const k = bed.shell;
    assert.match(await k.ok('version'), /Server Version: .*v1\.36\.0/);
    const { serverVersion } = JSON.parse(await k.ok('version -o json')) as { serverVersion: { major: string; minor: string } };
    assert.equal(`${serverVersion.major}.${serverVersion.minor}`, '1.36');
    assert.match(await k.ok('cluster-info'), /Kubernetes control plane.*is running at.*https:\/\/127\.0\.0\.1/);
    const folder = `${bed.under.folder}/dump`;
    await k.ok(`cluster-info dump --output-directory=${folder} --namespaces default`);
  });

  test('explain, with all fields below', async () => {
    const k = bed.shell;
    const pods = await k.ok('explain pods --recursive');
    assert.match(pods, /^KIND: +Pod\nVERSION: +v1\n\nDESCRIPTION:\n/);
    const at = pods.split('\n').findIndex((line) => line.includes('envFrom'));
    assert.deepEqual(
      pods
        .split('\n')
        .slice(at, at + 4)
        .map((line) => line.replace(/\s+/g, ' ')),
      [' envFrom <[]EnvFromSource>', ' configMapRef <ConfigMapEnvSource>', ' name <string>', ' optional <boolean>'],
    );
  });

  test('explain a field, a version, the old output, and what there is not', async () => {
    const k = bed.shell;
    const strategy = await k.ok('explain deployment.spec.strategy');
    assert.match(strategy, /^GROUP: +apps\nKIND: +Deployment\nVERSION: +v1\n\nFIELD: strategy <DeploymentStrategy>\n/);
    assert.match(strategy, /^ {2}rollingUpdate\t<RollingUpdateDeployment>$/m);
    assert.match(await k.ok('explain pods.spec.containers.image'), /Container image name\./);
    assert.match(await k.ok('explain namespaces.status.conditions'), /^ {2}status\t<string> -required-$/m);
    assert.match(await k.ok('explain hpa --api-version=autoscaling/v1'), /^VERSION: +v1$/m);
    assert.match(await k.ok('explain horizontalpodautoscaler --api-version=autoscaling/v2'), /^VERSION: +v2$/m);
    assert.match(
      await k.ok('explain deployment.spec --recursive --output=plaintext-openapiv2'),
      /^ {3}selector\t<Object>\n {6}matchExpressions\t<\[\]Object>$/m,
    );
    assert.equal(await k.fails('explain pod.spec.nope'), 'error: field "nope" does not exist\n');
    assert.match(await k.fails('explain nope'), /^(error: )?the server doesn't have a resource type "nope"\n$/);
  });

  test('api-resources: all, by scope, verb, group and category', async () => {
    const k = bed.shell;
    const all = await k.ok('api-resources');
    for (const line of [
      /^pods +po +v1 +true +Pod$/m,
      /^nodes +no +v1 +false +Node$/m,
      /^deployments +deploy +apps\/v1 +true +Deployment$/m,
      /^ingresses +ing +networking\.k8s\.io\/v1 +true +Ingress$/m,
      /^customresourcedefinitions +crd,crds +apiextensions\.k8s\.io\/v1 +false +CustomResourceDefinition$/m,
    ])
      assert.match(all, line);
    const names = async (line: string) => (await k.ok(`api-resources -o name ${line}`)).trim().split('\n');
    const clusterWide = await names('--namespaced=false');
    assert.ok(clusterWide.includes('nodes') && !clusterWide.includes('pods'));
    assert.deepEqual((await names('--api-group=apps')).toSorted(), [
      'controllerrevisions.apps',
      'daemonsets.apps',
      'deployments.apps',
      'replicasets.apps',
      'statefulsets.apps',
    ]);
    assert.ok(!(await names('--verbs=list,deletecollection')).includes('componentstatuses'));
    assert.ok((await names('--categories=all')).includes('cronjobs.batch'));
    assert.match(
      await k.ok('api-resources -o wide'),
      /^pods +po +v1 +true +Pod +create,delete,deletecollection,get,list,patch,update,watch +all$/m,
    );
  });

  test('api-versions', async () => {
    const versions = (await bed.shell.ok('api-versions')).trim().split('\n');
    for (const version of ['v1', 'apps/v1', 'batch/v1', 'rbac.authorization.k8s.io/v1', 'autoscaling/v1', 'autoscaling/v2'])
      assert.ok(versions.includes(version), version);
    assert.deepEqual(versions, versions.toSorted());
  });

  test('config view hides the keys, and contexts work', async () => {
    const k = bed.shell;
    const view = await k.ok('config view');
    assert.match(view, /current-context: slipway\n/);
    assert.match(view, /client-key-data: (DATA\+OMITTED|REDACTED)/);
    assert.equal(await k.ok('config current-context'), 'slipway\n');
    assert.match(await k.ok('config get-contexts'), /\* +slipway/);
  });
});
