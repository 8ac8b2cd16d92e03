/** The real kubectl, where one is at hand. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { testCluster, type TestCluster } from '../e2e/cluster.ts';
import { lines } from '../e2e/each-kubectl.ts';
import { kubectlFor, kubectlsUnderTest, type Kubectl } from '../e2e/kubectl.ts';

const binary = kubectlsUnderTest()[0];

describe('conformance: kubectl', { skip: binary === undefined && 'no kubectl on PATH' }, () => {
  let under: TestCluster;
  let kubectl: Kubectl;
  before(async () => {
    under = await testCluster();
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
      const said = await lines(proxy.stdout!).next();
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
});
