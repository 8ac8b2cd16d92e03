/** The real kubectl, newest and oldest at hand, against a cluster in this process. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { testCluster, type TestCluster } from './cluster.ts';
import { kubectlFor, newestAndOldest, type Kubectl } from './kubectl.ts';

const deployment = (replicas: number, image = 'nginx:1.25') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: ${image}
        ports: [{containerPort: 80}]
`;
const pod = (name: string, image = 'nginx') => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {containers: [{name: main, image: ${image}}]}
`;

const found = newestAndOldest();

test('there is a real kubectl', { skip: found.length > 0 ? false : 'no kubectl on PATH' }, () => {});

for (const binary of found) {
  describe(`kubectl ${binary.version}`, () => {
    let under: TestCluster;
    let kubectl: Kubectl;
    let namespace: string;
    let counter = 0;

    before(async () => {
      under = await testCluster({ workers: 2 });
      kubectl = kubectlFor(binary, under.kubeconfig);
    });
    after(async () => {
      await under[Symbol.asyncDispose]();
    });

    /** A namespace of the test's own, and kubectl in it. */
    async function within(): Promise<(line: string, stdin?: string) => Promise<string>> {
      namespace = `t${++counter}`;
      await kubectl.ok(['create', 'namespace', namespace]);
      return (line, stdin) => kubectl.ok(['-n', namespace, ...words(line)], { stdin });
    }

    test('version and cluster-info answer', async () => {
      assert.match(await kubectl.ok(['version']), /Server Version: .*v1\.36\.0/);
      assert.match(await kubectl.ok(['cluster-info']), /Kubernetes control plane.*is running at.*https:\/\/127\.0\.0\.1/);
      assert.equal(await kubectl.ok(['get', '--raw', '/readyz']), 'ok');
    });

    test('create, get with every printer, delete', async () => {
      const k = await within();
      assert.equal(await k('create -f -', pod('a')), 'pod/a created\n');
      assert.match(await k('get pods'), /^NAME +READY +STATUS +RESTARTS +AGE\na +0\/1 +Pending +0 +\d+s\n$/);
      assert.match(await k('get pods -o wide'), /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n/);
      assert.equal(await k('get pods -o name'), 'pod/a\n');
      assert.equal(await k('get pod a -o jsonpath={.spec.containers[0].imagePullPolicy}'), 'Always');
      assert.equal(await k('get pod a -o go-template={{.spec.restartPolicy}}'), 'Always');
      assert.match(await k('get pods -o custom-columns=N:.metadata.name,I:.spec.containers[*].image'), /^N +I\na +nginx\n$/);
      assert.match(await k('get pod a -o yaml'), /^ {2}dnsPolicy: ClusterFirst$/m);
      assert.match(await k('get pod a --show-labels'), /app=a/);
      assert.match(await k('get pod a -L app'), /APP\n/);
      assert.equal(JSON.parse(await k('get pods -o json')).items.length, 1);
      assert.equal(await k('delete pod a'), 'pod "a" deleted' + (await deletedSuffix(kubectl, namespace)));
      assert.equal(await k('get pods'), '');
    });

    test('--sort-by, --chunk-size, selectors and -A', async () => {
      const k = await within();
      for (const name of ['c', 'a', 'b']) await k('create -f -', pod(name));
      assert.equal(await k('get pods --sort-by=.metadata.name -o name'), 'pod/a\npod/b\npod/c\n');
      assert.equal(await k('get pods --chunk-size=1 -o name'), 'pod/a\npod/b\npod/c\n');
      assert.equal(await k('get pods -l app!=a,app -o name'), 'pod/b\npod/c\n');
      assert.equal(await k('get pods --field-selector metadata.name=b,status.phase=Pending -o name'), 'pod/b\n');
      assert.match(await kubectl.ok(['get', 'pods', '-A']), /^NAMESPACE +NAME/);
    });

    test('apply on the client’s side: created, unchanged, configured, pruned fields', async () => {
      const k = await within();
      assert.equal(await k('apply -f -', deployment(1)), 'deployment.apps/web created\n');
      assert.equal(await k('apply -f -', deployment(1)), 'deployment.apps/web unchanged\n');
      assert.equal(await k('apply -f -', deployment(2)), 'deployment.apps/web configured\n');
      assert.equal(await k('get deployment web -o jsonpath={.spec.replicas}/{.metadata.generation}'), '2/2');
      const without = deployment(2).replace('        ports: [{containerPort: 80}]\n', '');
      await k('apply -f -', without);
      assert.equal(await k('get deployment web -o jsonpath={.spec.template.spec.containers[0].ports}'), '');
    });

    test('diff tells what apply would change, and changes nothing', async () => {
      const k = await within();
      await k('apply -f -', deployment(1));
      const { code, stdout } = await kubectl.run(['-n', namespace, 'diff', '-f', '-'], { stdin: deployment(3) });
      assert.equal(code, 1, stdout);
      assert.match(stdout, /^-\s+replicas: 1$/m);
      assert.match(stdout, /^\+\s+replicas: 3$/m);
      assert.equal(await k('get deployment web -o jsonpath={.spec.replicas}'), '1');
    });

    test('apply on the server’s side: ownership, conflict, force', async () => {
      const k = await within();
      assert.equal(await k('apply --server-side -f -', deployment(1)), 'deployment.apps/web serverside-applied\n');
      const conflict = await kubectl.run(['-n', namespace, 'apply', '--server-side', '--field-manager=other', '-f', '-'], {
        stdin: deployment(3),
      });
      assert.equal(conflict.code, 1);
      assert.match(conflict.stderr, /Apply failed with 1 conflict: conflict with "kubectl": \.spec\.replicas/);
      await k('apply --server-side --field-manager=other --force-conflicts -f -', deployment(3));
      assert.equal(await k('get deployment web -o jsonpath={.spec.replicas}'), '3');
      const managers = await k('get deployment web -o jsonpath={.metadata.managedFields[*].manager} --show-managed-fields');
      assert.deepEqual(managers.split(' ').toSorted(), ['kubectl', 'other']);
    });

    test('patch in all its types', async () => {
      const k = await within();
      await k('apply -f -', deployment(1));
      await kubectl.ok([
        '-n',
        namespace,
        'patch',
        'deployment',
        'web',
        '-p',
        '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:2"},{"name":"side","image":"busybox"}]}}}}',
      ]);
      assert.equal(
        await k('get deployment web -o jsonpath={.spec.template.spec.containers[*].image}'),
        'busybox nginx:2'.split(' ').toReversed().join(' '),
      );
      await kubectl.ok(['-n', namespace, 'patch', 'deployment', 'web', '--type=merge', '-p', '{"metadata":{"annotations":{"a":"1"}}}']);
      await kubectl.ok([
        '-n',
        namespace,
        'patch',
        'deployment',
        'web',
        '--type=json',
        '-p',
        '[{"op":"test","path":"/spec/replicas","value":1},{"op":"replace","path":"/spec/replicas","value":4}]',
      ]);
      assert.equal(await k('get deployment web -o jsonpath={.metadata.annotations.a}/{.spec.replicas}'), '1/4');
      const failed = await kubectl.run([
        '-n',
        namespace,
        'patch',
        'deployment',
        'web',
        '--type=json',
        '-p',
        '[{"op":"test","path":"/spec/replicas","value":9}]',
      ]);
      assert.equal(failed.code, 1);
    });

    test('label, annotate, replace, scale, set image, edit', async () => {
      const k = await within();
      await k('apply -f -', deployment(1));
      assert.equal(await k('label deployment web tier=front'), 'deployment.apps/web labeled\n');
      assert.equal(await k('label deployment web tier-'), 'deployment.apps/web unlabeled\n');
      assert.equal(await k('annotate deployment web note=x'), 'deployment.apps/web annotated\n');
      assert.equal(await k('scale deployment web --replicas=5'), 'deployment.apps/web scaled\n');
      assert.equal(await k('set image deployment/web nginx=nginx:9'), 'deployment.apps/web image updated\n');
      const json = await k('get deployment web -o json');
      assert.equal(await k('replace -f -', json.replaceAll('nginx:9', 'nginx:10')), 'deployment.apps/web replaced\n');
      const stale = await kubectl.run(['-n', namespace, 'replace', '-f', '-'], { stdin: json });
      assert.match(stale.stderr, /the object has been modified; please apply your changes to the latest version and try again/);
      const editor = join(under.folder, 'editor.sh');
      writeFileSync(editor, '#!/bin/sh\nsed -i "s/replicas: 5/replicas: 6/" "$1"\n', { mode: 0o755 });
      const edited = await kubectl.ok(['-n', namespace, 'edit', 'deployment', 'web'], {
        environment: { EDITOR: editor, KUBE_EDITOR: editor },
      });
      assert.equal(edited, 'deployment.apps/web edited\n');
      assert.equal(await k('get deployment web -o jsonpath={.spec.replicas}'), '6');
    });

    test('get -w streams what happens', async () => {
      const k = await within();
      const watcher = kubectl.start(['-n', namespace, 'get', 'pods', '-w', '--no-headers']);
      const seen = lines(watcher.stdout!);
      await k('create -f -', pod('a'));
      assert.match(await seen.next(), /^a +0\/1 +Pending/);
      await k('delete pod a --now');
      assert.match(await seen.next(), /^a /);
      watcher.kill();
    });

    test('explain, api-resources and api-versions', async () => {
      assert.match(await kubectl.ok(['explain', 'pods', '--recursive']), /^ {6}envFrom\s+<\[\](EnvFromSource|Object)>$/m);
      assert.match(await kubectl.ok(['explain', 'deployment.spec.strategy']), /rollingUpdate/);
      const resources = await kubectl.ok(['api-resources']);
      for (const line of [
        /^pods +po +v1 +true +Pod$/m,
        /^deployments +deploy +apps\/v1 +true +Deployment$/m,
        /^ingresses +ing +networking\.k8s\.io\/v1 +true +Ingress$/m,
      ])
        assert.match(resources, line);
      assert.match(await kubectl.ok(['api-versions']), /^rbac\.authorization\.k8s\.io\/v1$/m);
    });

    test('auth can-i, whoami, create token', async () => {
      const k = await within();
      assert.equal(await k('auth can-i create pods'), 'yes\n');
      await k('create serviceaccount robot');
      const denied = await kubectl.run([
        '-n',
        namespace,
        'auth',
        'can-i',
        'get',
        'pods',
        '--as',
        `system:serviceaccount:${namespace}:robot`,
      ]);
      assert.equal(denied.stdout, 'no\n');
      await k('create role reader --verb=get,list --resource=pods');
      await k(`create rolebinding reader --role=reader --serviceaccount=${namespace}:robot`);
      const token = (await k('create token robot')).trim();
      assert.equal(token.split('.').length, 3);
      const asRobot = [
        '-n',
        namespace,
        '--token',
        token,
        '--kubeconfig',
        '/dev/null',
        '--server',
        under.cluster.server,
        '--insecure-skip-tls-verify',
      ];
      assert.equal((await kubectl.run([...asRobot, 'get', 'pods'])).code, 0);
      const forbidden = await kubectl.run([...asRobot, 'get', 'secrets']);
      assert.equal(
        forbidden.stderr,
        `Error from server (Forbidden): secrets is forbidden: User "system:serviceaccount:${namespace}:robot" cannot list resource "secrets" in API group "" in the namespace "${namespace}"\n`,
      );
      if (binary.version !== '1.27') assert.match(await kubectl.ok(['auth', 'whoami']), /Username +kubernetes-admin/);
    });

    test('wait, and delete with each cascade', async () => {
      const k = await within();
      await k('create -f -', pod('a'));
      assert.equal(await k('wait --for=jsonpath={.status.phase}=Pending pod/a'), 'pod/a condition met\n');
      await k('create configmap c --from-literal=k=v');
      assert.match(await k('delete configmap c --cascade=background'), /^configmap "c" deleted/);
      await k('apply -f -', deployment(1));
      assert.match(await k('delete deployment web --cascade=orphan --wait=false'), /^deployment\.apps "web" deleted/);
      await k('delete pod a --cascade=foreground --wait=false --now');
    });

    test('events are created, listed and sorted', async () => {
      const k = await within();
      await k('create -f -', pod('a'));
      const event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'a.1', namespace },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'a', namespace, uid: await k('get pod a -o jsonpath={.metadata.uid}') },
        reason: 'Tested',
        message: 'it was tested',
        type: 'Normal',
        source: { component: 'test' },
        firstTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
        lastTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
        count: 1,
      };
      await k('create -f -', JSON.stringify(event));
      assert.match(await k('get events'), /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n\S+ +Normal +Tested +pod\/a +it was tested\n$/);
      assert.match(await k('describe pod a'), /Normal +Tested/);
      assert.match(await k('events'), /Tested/);
    });

    test('dry runs change nothing', async () => {
      const k = await within();
      assert.equal(await k('create -f - --dry-run=server', pod('a')), 'pod/a created (server dry run)\n');
      assert.equal(await k('get pods'), '');
    });

    test('errors are Kubernetes’ own', async () => {
      const k = await within();
      const fails = async (line: string, stdin?: string) => {
        const { code, stderr } = await kubectl.run(['-n', namespace, ...words(line)], { stdin });
        assert.equal(code, 1, `${line}: ${stderr}`);
        return stderr;
      };
      assert.equal(await fails('get pod nope'), 'Error from server (NotFound): pods "nope" not found\n');
      await k('create -f -', pod('a'));
      assert.equal(
        await fails('create -f -', pod('a')),
        'Error from server (AlreadyExists): error when creating "STDIN": pods "a" already exists\n',
      );
      const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {DB_PASSWORD: paswrd}\n';
      assert.match(
        await fails('create -f -', secret),
        /Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 4/,
      );
      const twice = `${pod('b').replace('spec: {', 'spec: {volumes: [{name: v, emptyDir: {}}, {name: v, emptyDir: {}}], ')}`;
      assert.match(await fails('create -f -', twice), /The Pod "b" is invalid: spec\.volumes\[1\]\.name: Duplicate value: "v"/);
      const unknown = pod('c').replace('spec: {', 'spec: {contaners: [], ');
      assert.match(await fails('create -f -', unknown), /strict decoding error: unknown field "spec\.contaners"/);
      const both = deployment(1).replace(
        'spec:\n  replicas',
        'spec:\n  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}\n  replicas',
      );
      assert.match(
        await fails('create -f -', both),
        /spec\.strategy\.rollingUpdate\.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0/,
      );
    });

    test('nodes: cordon, uncordon, taint, describe', async () => {
      const node = (await kubectl.ok(['get', 'nodes', '-o', 'name']))
        .split('\n')
        .find((name) => name.endsWith('worker'))!
        .replace('node/', '');
      assert.equal(await kubectl.ok(['cordon', node]), `node/${node} cordoned\n`);
      assert.match(await kubectl.ok(['get', 'node', node]), /Ready,SchedulingDisabled/);
      assert.equal(await kubectl.ok(['uncordon', node]), `node/${node} uncordoned\n`);
      assert.equal(await kubectl.ok(['taint', 'node', node, 'k=v:NoSchedule']), `node/${node} tainted\n`);
      assert.match(await kubectl.ok(['describe', 'node', node]), /Taints: +k=v:NoSchedule/);
      await kubectl.ok(['taint', 'node', node, 'k-']);
    });

    test('services get addresses and describe shows them', async () => {
      const k = await within();
      await k('apply -f -', deployment(1));
      assert.equal(await k('expose deployment web --port=80 --type=NodePort'), 'service/web exposed\n');
      assert.match(
        await k('get service web'),
        /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\nweb +NodePort +10\.96\.\d+\.\d+ +<none> +80:3\d{4}\/TCP/,
      );
      assert.match(await k('describe service web'), /NodePort: +<unset> +3\d{4}\/TCP/);
    });

    test('exec and logs on a pod without a kubelet say so', async () => {
      const k = await within();
      await k('create -f -', pod('a'));
      const exec = await kubectl.run(['-n', namespace, 'exec', 'a', '--', 'ls']);
      assert.notEqual(exec.code, 0);
      assert.match(exec.stderr, /does not have a host assigned|no kubelet|simulated/);
      const logs = await kubectl.run(['-n', namespace, 'logs', 'a']);
      assert.notEqual(logs.code, 0);
    });
  });
}

/** Splits at spaces; values with spaces go as arrays to `kubectl.ok` itself. */
const words = (line: string): string[] => line.split(' ');

/** Newer kubectls name the namespace of what they deleted. */
async function deletedSuffix(kubectl: Kubectl, namespace: string): Promise<string> {
  return Number(kubectl.version.slice(2)) >= 34 ? ` from ${namespace} namespace\n` : '\n';
}

function lines(stream: NodeJS.ReadableStream): { next(): Promise<string> } {
  const ready: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop()!;
    for (const part of parts) (waiting.shift() ?? ((line: string) => void ready.push(line)))(part);
  });
  return { next: () => (ready.length > 0 ? Promise.resolve(ready.shift()!) : new Promise((resolve) => waiting.push(resolve))) };
}
