/** The real kubectl, where one is at hand. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { ServiceAccount } from '../../src/api/kinds/core/serviceaccount.ts';
import { testCluster, type TestCluster } from '../e2e/cluster.ts';
import { kubectlFor, kubectlsUnderTest, type Kubectl } from '../e2e/kubectl.ts';
import { unlessMissing, until } from './bed.ts';

const binary = kubectlsUnderTest()[0];

describe('conformance: kubectl', { concurrency: 3, skip: binary === undefined && 'no kubectl on PATH' }, () => {
  let under: TestCluster;
  let kubectl: Kubectl;
  before(async () => {
    under = await testCluster({ workers: 1 });
    kubectl = kubectlFor(binary!, under.kubeconfig);
  });
  after(() => under[Symbol.asyncDispose]());

  /** Starts a proxy, asks it for a path once it says where it listens, and ends it. */
  const throughProxy = async (
    args: readonly string[],
    target: (said: string) => { readonly port?: number; readonly socketPath?: string },
  ) => {
    const proxy = kubectl.start(['proxy', ...args]);
    try {
      const [said] = (await once(createInterface({ input: proxy.stdout! }), 'line', { signal: AbortSignal.timeout(15_000) })) as [string];
      const sent = request({ host: '127.0.0.1', path: '/api/', ...target(said) }).end();
      const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
      return JSON.parse(await text(response)) as { kind: string; versions: string[] };
    } finally {
      proxy.kill();
      await once(proxy, 'exit');
    }
  };

  test('[sig-cli] Kubectl client Kubectl api-versions should check if v1 is in available api versions [Conformance]', async () => {
    assert.ok((await kubectl.ok(['api-versions'])).split('\n').includes('v1'));
  });

  test('[sig-cli] Kubectl client Kubectl cluster-info should check if Kubernetes control plane services is included in cluster-info [Conformance]', async () => {
    assert.ok((await kubectl.ok(['cluster-info'])).includes('Kubernetes control plane'));
  });

  test('[sig-cli] Kubectl client Kubectl version should check is all data is printed [Conformance]', async () => {
    const said = await kubectl.ok(['version']);
    assert.match(said, /^Client Version: v1\.\d+\.\d+/m);
    assert.match(said, /^Server Version: v1\.36\.\d+/m);
  });

  test('[sig-cli] Kubectl client Kubectl diff should check if kubectl diff finds a difference for Deployments [Conformance]', async () => {
    const deployment = (image: string) =>
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'httpd', labels: { app: 'httpd' } },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: 'httpd' } },
          template: { metadata: { labels: { app: 'httpd' } }, spec: { containers: [{ name: 'httpd', image }] } },
        },
      });
    await kubectl.ok(['create', '-f', '-'], { stdin: deployment('httpd:2.4') });
    const { code, stdout } = await kubectl.run(['diff', '-f', '-'], { stdin: deployment('busybox:1') });
    assert.equal(code, 1);
    assert.match(stdout, /^-.* image: httpd:2\.4$/m);
    assert.match(stdout, /^\+.* image: busybox:1$/m);
    assert.equal((await kubectl.run(['diff', '-f', '-'], { stdin: deployment('httpd:2.4') })).code, 0);
  });

  test('[sig-cli] Kubectl client Proxy server should support proxy with --port 0 [Conformance]', async () => {
    const answer = await throughProxy(['-p', '0', '--disable-filter'], (said) => ({ port: Number(/:(\d+)$/.exec(said)![1]) }));
    assert.deepEqual([answer.kind, answer.versions], ['APIVersions', ['v1']]);
  });

  test('[sig-cli] Kubectl client Proxy server should support --unix-socket=/path [Conformance]', async () => {
    const socketPath = join(under.folder, 'proxy.sock');
    const answer = await throughProxy([`--unix-socket=${socketPath}`], () => ({ socketPath }));
    assert.deepEqual([answer.kind, answer.versions], ['APIVersions', ['v1']]);
  });

  let namespaces = 0;
  /** A namespace of its own for a test, and kubectl in it. */
  const inNamespace = async () => {
    const namespace = `cli-${++namespaces}`;
    await kubectl.ok(['create', 'namespace', namespace]);
    await until(() => under.client.get(ServiceAccount, { namespace, name: 'default' }).catch(unlessMissing));
    const run = (words: string, stdin?: object) =>
      kubectl.ok([...words.split(' '), '-n', namespace], { ...(stdin && { stdin: JSON.stringify(stdin) }) });
    return { namespace, run, isReady: (name: string) => run(`wait --for=condition=Ready pod/${name} --timeout=20s`) };
  };
  const labels = { app: 'agnhost', role: 'primary' };
  const controller = (container: object = {}) => ({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'agnhost-primary', labels },
    spec: {
      replicas: 1,
      selector: labels,
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: 'agnhost-primary', image: 'agnhost:2.53', ports: [{ name: 'agnhost-server', containerPort: 6379 }], ...container },
          ],
        },
      },
    },
  });
  /** A controller with one pod, which is ready. */
  const withController = async (container?: object) => {
    const place = await inNamespace();
    await place.run('create -f -', controller(container));
    const pod = await until(async () => (await place.run('get pods -l app=agnhost -o name')).trim().replace('pod/', '') || undefined);
    await place.isReady(pod);
    return { ...place, pod };
  };
  const pod = (name: string, image: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { run: name } },
    spec: { containers: [{ name, image }] },
  });
  const imageOf = '-o jsonpath={.spec.containers[0].image}';

  test('[sig-cli] Kubectl client Kubectl describe should check if kubectl describe prints relevant information for rc and pods [Conformance]', async () => {
    const { namespace, run, pod: name } = await withController();
    const service = { port: 6379, targetPort: 'agnhost-server' };
    await run('create -f -', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'agnhost-primary', labels },
      spec: { ports: [service], selector: labels },
    });
    await until(async () => (await run('get endpointslices -l kubernetes.io/service-name=agnhost-primary -o name')).trim());
    const says = async (what: string, lines: readonly RegExp[]) => {
      const said = await run(`describe ${what}`);
      for (const line of lines) assert.match(said, line, what);
    };
    await says(`pod ${name}`, [
      new RegExp(`^Name: +${name}$`, 'm'),
      new RegExp(`^Namespace: +${namespace}$`, 'm'),
      /^Node: +slipway-worker\//m,
      /^Labels: +app=agnhost\n +role=primary$/m,
      /^Annotations: +<none>$/m,
      /^Status: +Running$/m,
      /^IP: +\d+\.\d+\.\d+\.\d+$/m,
      /^Controlled By: +ReplicationController\/agnhost-primary$/m,
      /^ +Image: +agnhost:2\.53$/m,
      /^ +State: +Running$/m,
      /^QoS Class: +BestEffort$/m,
    ]);
    await says('rc agnhost-primary', [
      /^Name: +agnhost-primary$/m,
      /^Selector: +app=agnhost,role=primary$/m,
      /^Replicas: +1 current \/ 1 desired$/m,
      /^Pods Status: +1 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed$/m,
      /^ +Image: +agnhost:2\.53$/m,
      /SuccessfulCreate .* Created pod: agnhost-primary-/,
    ]);
    await says('service agnhost-primary', [
      /^Type: +ClusterIP$/m,
      /^IP: +10\.96\./m,
      /^Port: +<unset> +6379\/TCP$/m,
      /^TargetPort: +agnhost-server\/TCP$/m,
      /^Endpoints: +\d+\.\d+\.\d+\.\d+:6379$/m,
      /^Session Affinity: +None$/m,
    ]);
    await says('node slipway-worker', [
      /^Conditions:$/m,
      /^ +Ready +True/m,
      /^Addresses:$/m,
      /^Capacity:$/m,
      /^ +cpu: +8$/m,
      /^System Info:$/m,
    ]);
    await says(`namespace ${namespace}`, [new RegExp(`^Name: +${namespace}$`, 'm'), /^Status: +Active$/m]);
  });

  test('[sig-cli] Kubectl client Kubectl label should update the label on a resource [Conformance]', async () => {
    const { run, isReady } = await inNamespace();
    await run('create -f -', pod('pause', 'pause:3.10'));
    await isReady('pause');
    await run('label pods pause testing-label=testing-label-value');
    assert.match(await run('get pod pause -L testing-label'), /testing-label-value/);
    await run('label pods pause testing-label-');
    assert.doesNotMatch(await run('get pod pause -L testing-label'), /testing-label-value/);
  });

  test('[sig-cli] Kubectl client Kubectl patch should add annotations for pods in rc [Conformance]', async () => {
    const { run, pod: name } = await withController();
    await run(`patch pod ${name} -p {"metadata":{"annotations":{"x":"y"}}}`);
    assert.equal(await run(`get pod ${name} -o jsonpath={.metadata.annotations.x}`), 'y');
  });

  test("[sig-cli] Kubectl client Kubectl replace should update a single-container pod's image [Conformance]", async () => {
    const { run, isReady } = await inNamespace();
    await run('run e2e-test-httpd-pod --image=httpd:2.4 --labels=run=e2e-test-httpd-pod');
    await isReady('e2e-test-httpd-pod');
    const read = await run('get pod e2e-test-httpd-pod -o json');
    await run('replace -f -', JSON.parse(read.replaceAll('httpd:2.4', 'busybox:1.36')) as object);
    assert.equal(await run(`get pod e2e-test-httpd-pod ${imageOf}`), 'busybox:1.36');
  });

  test('[sig-cli] Kubectl client Kubectl run pod should create a pod from an image when restart is Never [Conformance]', async () => {
    const { run } = await inNamespace();
    await run('run e2e-test-httpd-pod --restart=Never --pod-running-timeout=2m0s --image=httpd:2.4');
    assert.equal(await run(`get pod e2e-test-httpd-pod ${imageOf}`), 'httpd:2.4');
    assert.equal(await run('get pod e2e-test-httpd-pod -o jsonpath={.spec.restartPolicy}'), 'Never');
  });

  test('[sig-cli] Kubectl client Kubectl server-side dry-run should check if kubectl can dry-run update Pods [Conformance]', async () => {
    const { run, isReady } = await inNamespace();
    await run('run e2e-test-httpd-pod --image=httpd:2.4');
    await isReady('e2e-test-httpd-pod');
    const patch = '{"spec":{"containers":[{"name":"e2e-test-httpd-pod","image":"busybox:1.36"}]}}';
    const said = await run(`patch pod e2e-test-httpd-pod -p ${patch} --dry-run=server -o yaml`);
    assert.match(said, /image: busybox:1\.36/);
    assert.equal(await run(`get pod e2e-test-httpd-pod ${imageOf}`), 'httpd:2.4');
  });

  test('[sig-cli] Kubectl client Kubectl expose should create services for rc [Conformance]', async () => {
    const { run, pod: name } = await withController();
    const address = await run(`get pod ${name} -o jsonpath={.status.podIP}`);
    for (const [what, port] of [
      ['rc agnhost-primary --name=rm2 --port=1234', 1234],
      ['service rm2 --name=rm3 --port=2345', 2345],
    ] as const) {
      await run(`expose ${what} --target-port=6379`);
      const service = /--name=(\w+)/.exec(what)![1]!;
      assert.equal(await run(`get service ${service} -o jsonpath={.spec.ports[0].port}/{.spec.ports[0].targetPort}`), `${port}/6379`);
      const path = '{.items[*].endpoints[*].addresses[*]}:{.items[*].ports[*].port}';
      const slices = `get endpointslices -l kubernetes.io/service-name=${service} -o jsonpath=${path}`;
      await until(async () => (await run(slices)) === `${address}:6379`);
    }
  });

  test('[sig-cli] Kubectl logs logs should be able to retrieve and filter logs [Conformance]', async () => {
    const { run, isReady } = await inNamespace();
    const script = 'seq 1 100; echo last; sleep 1000';
    await run('create -f -', {
      ...pod('logs-generator', 'busybox'),
      spec: { containers: [{ name: 'logs-generator', image: 'busybox', command: ['sh', '-c', script] }] },
    });
    await isReady('logs-generator');
    const all = await until(async () => {
      const text = await run('logs logs-generator logs-generator');
      return text.endsWith('last\n') && text;
    });
    assert.equal(all.split('\n').length, 102);
    assert.equal(await run('logs logs-generator logs-generator --tail=1'), 'last\n');
    assert.equal((await run('logs logs-generator logs-generator --limit-bytes=1')).length, 1);
    const [stamped, ...more] = (await run('logs logs-generator logs-generator --tail=1 --timestamps')).trim().split('\n');
    assert.deepEqual(more, []);
    const when = Date.parse(stamped!.split(' ')[0]!);
    assert.ok(Math.abs(Date.now() - when) < 60_000, stamped);
    assert.equal(await run('logs logs-generator logs-generator --since=24h'), all);
    assert.equal(await run(`logs logs-generator logs-generator --since-time=${new Date(when + 60_000).toISOString()}`), '');
  });
});
