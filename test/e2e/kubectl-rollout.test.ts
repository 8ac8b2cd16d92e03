/** Rollouts: status, history, undo, pause, resume and restart of deployments, daemon sets and stateful sets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl, type Shell } from './each-kubectl.ts';

/** Takes `readySeconds` of the cluster's time to become ready. */
const workload = (kind: 'Deployment' | 'DaemonSet' | 'StatefulSet', name: string, readySeconds = 3, more = '') => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  ${kind === 'DaemonSet' ? '' : 'replicas: 3'}
  ${kind === 'StatefulSet' ? `serviceName: ${name}` : ''}
  ${more}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata:
      labels: {app: ${name}}
      annotations: {simulated.slipway.dev/ready-after: ${readySeconds}s}
    spec:
      containers: [{name: nginx, image: 'nginx:1.25', readinessProbe: {periodSeconds: 1, tcpSocket: {port: 80}}}]
`;

const deployment = (more = '') => workload('Deployment', 'nginx', 3, more);

const revisions = async (k: Shell, what: string) =>
  [...(await k.ok(`rollout history ${what}`)).matchAll(/^(\d+) +(\S.*)$/gm)].map(([, revision, cause]) => `${revision} ${cause}`);

const image = (k: Shell, what: string) => k.ok(`get ${what} -o jsonpath={.spec.template.spec.containers[0].image}`);

const done = (k: Shell, what: string) => k.ok(`rollout status ${what} --timeout=30s`);

eachKubectl(
  'kubectl rollout',
  (bed) => {
    test('status follows a deployment to its end', async () => {
      const k = await bed.within();
      await k.ok('create -f -', deployment());
      await done(k, 'deployment/nginx');
      // Held back until somebody looks.
      await k.ok('rollout pause deployment/nginx');
      await k.ok('set image deployment/nginx nginx=nginx:1.26');
      const status = k.start('rollout status deployment nginx');
      const waiting = 'Waiting for deployment "nginx" rollout to finish:';
      await status.until(/0 out of 3 new replicas have been updated/);
      await k.ok('rollout resume deployment/nginx');
      const lines = await status.until(/success/);
      assert.equal(lines.at(-1), 'deployment "nginx" successfully rolled out');
      assert.equal(await status.end(), 0);
      assert.ok(lines.includes(`${waiting} 2 out of 3 new replicas have been updated...`), lines.join('\n'));
      assert.ok(lines.includes(`${waiting} 1 old replicas are pending termination...`), lines.join('\n'));
      assert.equal(await k.ok('rollout status deployment/nginx --watch=false'), 'deployment "nginx" successfully rolled out\n');
      assert.equal(await k.ok('rollout status deployment/nginx --revision=2'), 'deployment "nginx" successfully rolled out\n');
      assert.match(
        await k.fails('rollout status deployment/nginx --revision=1'),
        /desired revision \(1\) is different from the running revision \(2\)/,
      );
    });

    test('history and undo: the template alone goes back, and scaling makes no revision', async () => {
      const k = await bed.within();
      await k.ok('create -f -', deployment());
      await k.ok("annotate deployment nginx 'kubernetes.io/change-cause=the first'");
      await done(k, 'deployment/nginx');
      await k.ok('set image deployment/nginx nginx=nginx:1.26');
      await k.ok("annotate deployment nginx 'kubernetes.io/change-cause=the second' --overwrite");
      await done(k, 'deployment/nginx');
      await k.ok('scale deployment nginx --replicas=2');
      assert.equal(
        await k.ok('rollout history deployment nginx'),
        'deployment.apps/nginx \nREVISION  CHANGE-CAUSE\n1         the first\n2         the second\n\n',
      );
      assert.match(
        await k.ok('rollout history deployment nginx --revision 1'),
        /^deployment\.apps\/nginx with revision #1\nPod Template:\n +Labels:\s+app=nginx\n\s+pod-template-hash=\w+\n +Annotations:\s+kubernetes\.io\/change-cause: the first\n(.*\n)* +Image:\s+nginx:1\.25\n/,
      );
      assert.equal(await k.ok('rollout undo deployment nginx'), 'deployment.apps/nginx rolled back\n');
      await done(k, 'deployment/nginx');
      assert.equal(await image(k, 'deployment nginx'), 'nginx:1.25');
      assert.equal(await k.ok('get deployment nginx -o jsonpath={.spec.replicas}'), '2');
      assert.deepEqual(await revisions(k, 'deployment/nginx'), ['2 the second', '3 the first']);
      await k.ok('rollout undo deployment nginx --to-revision 2');
      await done(k, 'deployment/nginx');
      assert.equal(await image(k, 'deployment nginx'), 'nginx:1.26');
      assert.deepEqual(await revisions(k, 'deployment/nginx'), ['3 the first', '4 the second']);
      await k.ok('rollout undo deployment nginx --to-revision 0');
      await done(k, 'deployment/nginx');
      assert.equal(await image(k, 'deployment nginx'), 'nginx:1.25');
      assert.match(
        await k.ok('rollout undo deployment nginx --to-revision 5'),
        /skipped rollback \(current template already matches revision 5\)/,
      );
      assert.match(
        await k.fails('rollout undo deployment nginx --to-revision 77'),
        /^error: unable to find specified revision 77 in history/,
      );
      assert.match(await k.fails('rollout history deployment nginx --revision 77'), /unable to find the specified revision/);
    });

    test('pause holds a rollout, resume lets it go on, restart begins another', async () => {
      const k = await bed.within();
      await k.ok('create -f -', deployment());
      await done(k, 'deployment/nginx');
      assert.equal(await k.ok('rollout pause deployment/nginx'), 'deployment.apps/nginx paused\n');
      assert.match(await k.fails('rollout pause deployment/nginx'), /deployments\.apps "nginx" is already paused/);
      await k.ok('set image deployment/nginx nginx=nginx:1.26');
      await k.ok('scale deployment nginx --replicas=2');
      // It scales all the same.
      await k.until('get deployment nginx', /\nnginx +2\/2 +0 +2 /);
      assert.equal((await k.ok('get replicasets -o name')).trim().split('\n').length, 1);
      assert.match(await k.fails('rollout restart deployment nginx'), /can't restart paused deployment \(run rollout resume first\)/);
      assert.match(
        await k.ok('rollout status deployment/nginx --watch=false'),
        /^Waiting for deployment "nginx" rollout to finish: 0 out of 2 new replicas/,
      );
      assert.equal(await k.ok('rollout resume deployment/nginx'), 'deployment.apps/nginx resumed\n');
      assert.match(await k.fails('rollout resume deployment/nginx'), /is not paused/);
      await done(k, 'deployment/nginx');
      assert.match(await k.ok('get deployment nginx'), /\nnginx +2\/2 +2 +2 /);
      const before = await k.ok('get pods -o name');
      assert.equal(await k.ok('rollout restart deployment/nginx'), 'deployment.apps/nginx restarted\n');
      await done(k, 'deployment/nginx');
      assert.match(
        await k.ok('get deployment nginx -o jsonpath={.spec.template.metadata.annotations}'),
        /kubectl\.kubernetes\.io\/restartedAt/,
      );
      await k.until('get pods', /^NAME .*\n(nginx-\S+ +1\/1 +Running .*\n){2}$/);
      const after = await k.ok('get pods -o name');
      for (const name of before.trim().split('\n')) assert.ok(!after.includes(name), after);
      assert.deepEqual(
        (await revisions(k, 'deployment/nginx')).map((one) => one[0]),
        ['1', '2', '3'],
      );
      await k.ok('rollout pause deployment/nginx');
      assert.match(
        await k.fails('rollout undo deployment nginx'),
        /you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again/,
      );
    });

    test('an image that is not there: status gives up at the deadline, undo brings all back', async () => {
      const k = await bed.within();
      await k.ok('create -f -', deployment('progressDeadlineSeconds: 20'));
      await done(k, 'deployment/nginx');
      await k.ok('set image deployment/nginx nginx=nginx:1.161');
      const { code, stdout, stderr } = await k.run('rollout status deployment/nginx --timeout=30s');
      assert.equal(code, 1);
      assert.match(stdout, /^Waiting for deployment "nginx" rollout to finish: 1 out of 3 new replicas have been updated\.\.\.\n/);
      assert.equal(stderr, 'error: deployment "nginx" exceeded its progress deadline\n');
      assert.match(await k.ok('get pods'), /\nnginx-\S+ +0\/1 +(ErrImagePull|ImagePullBackOff) +0 /);
      assert.match(await k.ok('get deployment nginx'), /\nnginx +3\/3 +1 +3 /);
      assert.match(await k.ok('describe deployment nginx'), /^ +Progressing +False +ProgressDeadlineExceeded$/m);
      await k.ok('rollout undo deployment/nginx');
      await done(k, 'deployment/nginx');
      await k.until('get pods', /^NAME .*\n(nginx-\S+ +1\/1 +Running .*\n){3}$/);
    });

    test('daemon sets', async () => {
      const k = await bed.within();
      await k.ok('create -f -', workload('DaemonSet', 'agent', 1));
      assert.match(
        await done(k, 'daemonset/agent'),
        /^(Waiting for daemon set (spec update to be observed|"agent" rollout to finish: [01] of 2 updated pods are available)\.\.\.\n)*daemon set "agent" successfully rolled out\n$/,
      );
      // One that is not there keeps the rollout where it is until somebody looks.
      await k.ok('set image daemonset/agent nginx=nginx:1.161');
      const status = k.start('rollout status daemonset/agent');
      await status.until(/^Waiting for daemon set "agent" rollout to finish: 1 out of 2 new pods have been updated\.\.\.$/);
      await k.ok('rollout undo daemonset/agent');
      assert.equal((await status.until(/success/)).at(-1), 'daemon set "agent" successfully rolled out');
      assert.equal(await status.end(), 0);
      await k.ok('set image daemonset/agent nginx=nginx:1.26');
      await done(k, 'daemonset/agent');
      assert.deepEqual(await revisions(k, 'daemonset/agent'), ['2 <none>', '3 <none>', '4 <none>']);
      assert.match(
        await k.ok('rollout history daemonset/agent --revision=3'),
        /^daemonset\.apps\/agent with revision #3\n(.*\n)* +Image:\s+nginx:1\.25\n/,
      );
      assert.equal(await k.ok('rollout undo daemonset/agent'), 'daemonset.apps/agent rolled back\n');
      await done(k, 'daemonset/agent');
      assert.equal(await image(k, 'daemonset agent'), 'nginx:1.25');
      assert.deepEqual(await revisions(k, 'daemonset/agent'), ['2 <none>', '4 <none>', '5 <none>']);
      assert.equal(await k.ok('rollout restart daemonset/agent'), 'daemonset.apps/agent restarted\n');
      await done(k, 'daemonset/agent');
      assert.match(await k.ok('get daemonset agent'), /\nagent +2 +2 +2 +2 +2 +<none> /);
      assert.match(await k.fails('rollout pause daemonset/agent'), /pausing is not supported|not supported/);
    });

    test('stateful sets', async () => {
      const k = await bed.within();
      await k.ok('create -f -', workload('StatefulSet', 'db', 1));
      await done(k, 'statefulset/db');
      const began = k.start(
        'get pods -w --no-headers -o custom-columns=N:.metadata.name,I:.spec.containers[0].image,D:.metadata.deletionTimestamp',
      );
      await began.until(/^db-2 /);
      await k.ok('set image statefulset/db nginx=nginx:1.161');
      await began.until(/^db-2 +nginx:1\.161 /);
      const status = k.start('rollout status statefulset/db');
      assert.equal(await status.next(), 'Waiting for 1 pods to be ready...');
      // Upstream does not replace a pod that never became ready: somebody has to delete it.
      await k.ok('set image statefulset/db nginx=nginx:1.26');
      await k.ok('delete pod db-2');
      const said = await status.until(/complete/);
      assert.ok(said.includes('Waiting for partitioned roll out to finish: 2 out of 3 new pods have been updated...'), said.join('\n'));
      assert.equal(said.at(-1), 'partitioned roll out complete: 3 new pods have been updated...');
      assert.equal(await status.end(), 0);
      // The last ordinal goes first.
      for (const name of ['db-2', 'db-1', 'db-0']) await began.until(new RegExp(`^${name} +nginx:1\\.26 `));
      await began.stop();
      assert.deepEqual(await revisions(k, 'statefulset/db'), ['1 <none>', '2 <none>', '3 <none>']);
      assert.equal(await k.ok('rollout undo statefulset/db --to-revision=1'), 'statefulset.apps/db rolled back\n');
      await done(k, 'statefulset/db');
      assert.equal(await k.ok('get pods -o jsonpath={.items[*].spec.containers[0].image}'), 'nginx:1.25 nginx:1.25 nginx:1.25');
      assert.equal(await k.ok('rollout restart statefulset/db'), 'statefulset.apps/db restarted\n');
      await done(k, 'statefulset/db');
      assert.match(await k.ok('get statefulset db'), /\ndb +3\/3 /);
    });
  },
  { concurrency: 6, speed: 10 },
);
