/** Logs: followed, of the run before, in parts, of several containers; and waiting for what is to come. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';
import { deployment } from './manifests.ts';

/** `a` counts, ten times a second, `b` ends once with an error. */
const talking = `apiVersion: v1
kind: Pod
metadata: {name: talk, labels: {app: talk}, annotations: {simulated.slipway.dev/exit-runs.b: '1', simulated.slipway.dev/exit-after.b: 1s, simulated.slipway.dev/exit-code.b: '7'}}
spec:
  initContainers:
  - {name: first, image: busybox, command: [echo, prepared]}
  containers:
  - {name: a, image: busybox, command: [sh, -c, 'i=0; while true; do echo "line $i"; i=$((i+1)); sleep 1; done']}
  - {name: b, image: busybox, command: [sh, -c, 'echo begins; echo oh >&2; sleep infinity']}
`;

eachKubectl(
  'kubectl logs',
  (bed) => {
    test('of a pod with several containers', async () => {
      const k = await bed.within();
      await k.ok('create -f -', talking);
      const following = async (line: string) => {
        const log = k.start(line);
        const seen = await log.until(/line \d*[05]$/);
        await log.stop();
        return seen;
      };
      await k.until('get pod talk', /\ntalk +2\/2 +Running +1 \(/);
      assert.equal((await following('logs talk -c a -f'))[0], 'line 0');
      assert.match((await following('logs talk -c a -f --tail=1'))[0]!, /^line [1-9]\d*$/);
      const { stdout, stderr } = await k.run('logs talk --tail=2');
      assert.match(stdout, /^line \d+\nline \d+\n$/);
      assert.equal(stderr, 'Defaulted container "a" out of: a, b, first (init)\n');
      assert.equal(await k.ok('logs talk -c first'), 'prepared\n');
      assert.equal(await k.ok('logs talk -c b'), 'begins\noh\n');
      assert.equal(await k.ok('logs talk -c b --previous'), 'begins\noh\n');
      assert.equal(await k.ok('logs talk -c b --tail=1'), 'oh\n');
      assert.equal(await k.ok('logs talk -c b --tail=0'), '');
      assert.equal(await k.ok('logs talk -c b --limit-bytes=4'), 'begi');
      assert.match(await k.ok('logs talk -c b --timestamps'), /^(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (begins|oh)\n){2}$/);
      const since = (await k.ok('logs talk -c a --since=5s')).trim().split('\n');
      assert.ok(since.length >= 4 && since.length <= 6 && !since.includes('line 0'), since.join(' '));
      const all = await k.ok('logs talk --all-containers --prefix');
      for (const line of [/^\[pod\/talk\/first\] prepared$/m, /^\[pod\/talk\/a\] line 0$/m, /^\[pod\/talk\/b\] begins$/m])
        assert.match(all, line);
      const last = (await k.ok('logs -l app=talk --all-containers --tail=1')).trim().split('\n').toSorted();
      assert.match(last.join(' '), /^line \d+ oh prepared$/);
      assert.match(await k.fails('logs talk -c nope'), /container nope is not valid for pod talk/);
      assert.equal(
        await k.fails('logs talk -c a --previous'),
        'Error from server (BadRequest): previous terminated container "a" in pod "talk" not found\n',
      );
      assert.match(await k.fails('logs none'), /pods "none" not found/);
    });

    test('of a deployment, and of a container that has not started', async () => {
      const k = await bed.within();
      await k.ok("create deployment echo --image=busybox -- sh -c 'echo here; sleep infinity'");
      await k.ok('rollout status deployment/echo --timeout=20s');
      assert.equal(await k.ok('logs deployment/echo'), 'here\n');
      await k.ok('run missing --image=doesnotexist');
      await k.until('get pod missing', /\nmissing +0\/1 +(ErrImagePull|ImagePullBackOff) /);
      assert.match(
        await k.fails('logs missing'),
        /^Error from server \(BadRequest\): container "missing" in pod "missing" is waiting to start: (trying and failing to pull image|image can't be pulled)\n$/,
      );
      await k.ok('delete pod missing --now');
    });

    test('following ends with the container', async () => {
      const k = await bed.within();
      await k.ok("run count --image=busybox --restart=Never -- sh -c 'for i in 1 2 3; do echo $i; sleep 10; done'");
      await k.until('get pod count', /\ncount +[01]\/1 +(Running|Completed) /);
      assert.equal(await k.ok('logs -f count'), '1\n2\n3\n');
    });

    test('wait, and events as they come', async () => {
      const k = await bed.within();
      await k.ok('create -f -', deployment(2));
      assert.equal(await k.ok('wait --for=condition=Available deployment/web --timeout=20s'), 'deployment.apps/web condition met\n');
      assert.equal(
        await k.ok("wait --for=jsonpath='{.status.readyReplicas}'=2 deployment/web --timeout=20s"),
        'deployment.apps/web condition met\n',
      );
      const events = k.start('events --watch');
      await events.until(/Started/);
      const gone = k.ok('wait --for=delete pod -l app=web --timeout=20s');
      await k.ok('delete deployment web');
      await gone;
      await events.until(/ +Normal +Killing +Pod\/web-\w+-\w{5} +Stopping container nginx$/);
      await events.stop();
      const columns = 'custom-columns=REASON:.reason,OBJECT:.involvedObject.kind';
      assert.match(await k.ok(`get events --sort-by=.metadata.creationTimestamp -o ${columns}`), /^REASON +OBJECT\n(\w+ +\w+\n)+$/);
      assert.match(await k.fails('wait --for=condition=Ready pod/none --timeout=1s'), /"none" not found/);
    });
  },
  { concurrency: 4, speed: 10 },
);
