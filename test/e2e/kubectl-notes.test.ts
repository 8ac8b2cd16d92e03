/** Chapter 2 of the notes: each of its manifests, as printed there, comes to the state that they or, where they err, Kubernetes tell. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';

const manifest = (name: string) => resolve(import.meta.dirname, '../notes/chapter-2', `${name}.yaml`);

eachKubectl(
  'the manifests of the notes',
  (bed) => {
    for (const strategy of ['Recreate', 'RollingUpdate'] as const) {
      const name = `sample-deployment-${strategy.toLowerCase()}`;
      test(`${name}: three replicas come, and are replaced ${strategy === 'Recreate' ? 'all at once' : 'one by one'}`, async () => {
        const k = await bed.within();
        assert.equal(await k.ok(`apply -f ${manifest(name)}`), `deployment.apps/${name} created\n`);
        assert.match(await k.ok(`rollout status deployment ${name} --timeout=20s`), /successfully rolled out\n$/);
        assert.match(await k.ok(`get deployment ${name}`), new RegExp(`\\n${name} +3/3 +3 +3 `));
        await k.ok(`set image deployment/${name} nginx=nginx:1.26`);
        await k.ok(`rollout status deployment ${name} --timeout=20s`);
        const events = await k.ok(
          `get events --field-selector involvedObject.name=${name} -o 'jsonpath={range .items[*]}{.message}{"\\n"}{end}'`,
        );
        const steps = [...events.matchAll(/^Scaled (up|down) replica set \S+ from (\d) to (\d)$/gm)].map(([, ...step]) => step.join(' '));
        const first = 'up 0 3';
        const expected =
          strategy === 'Recreate' ? [first, 'down 3 0', first] : [first, 'up 0 1', 'down 3 2', 'up 1 2', 'down 2 1', 'up 2 3', 'down 1 0'];
        assert.deepEqual(steps.toSorted(), expected.toSorted());
      });
    }

    test('ubuntu-sleeper-pod: args are added to the command, and the sum of both is slept', async () => {
      const k = await bed.within();
      await k.ok(`apply -f ${manifest('ubuntu-sleeper-pod')}`);
      await k.until('get pods', /\nubuntu-sleeper-pod +1\/1 +Running +0 /);
      assert.match(await k.ok('describe pod ubuntu-sleeper-pod'), /^ +Command:\n +sleep\n +500\n +Args:\n +10\n/m);
    });

    test('ubuntu-sleeper-pod-2: sleep knows no --color, and the container ends again and again', async () => {
      const k = await bed.within();
      await k.ok(`apply -f ${manifest('ubuntu-sleeper-pod-2')}`);
      await k.until('get pods', /\nubuntu-sleeper-pod +0\/1 +CrashLoopBackOff +[2-9] \(/);
      assert.equal(
        await k.ok('logs ubuntu-sleeper-pod'),
        "sleep: unrecognized option '--color=green'\nTry 'sleep --help' for more information.\n",
      );
      assert.match(
        await k.ok('describe pod ubuntu-sleeper-pod'),
        /^ +State: +Waiting\n +Reason: +CrashLoopBackOff\n +Last State: +Terminated\n +Reason: +Error\n +Exit Code: +1\n/m,
      );
      assert.match(
        await k.ok('get events'),
        /Back-off restarting failed container ubuntu-sleeper in pod ubuntu-sleeper-pod_t\d+\([-0-9a-f]{36}\)/,
      );
    });

    test('webapp-green: there is no program called --color', async () => {
      const k = await bed.within();
      await k.ok(`apply -f ${manifest('webapp-green')}`);
      const shown = await k.until('get pod webapp-green', /\nwebapp-green +0\/1 +(RunContainerError|CrashLoopBackOff) +[1-9] \(/);
      assert.doesNotMatch(shown, /1\/1/);
      assert.match(
        await k.ok('describe pod webapp-green'),
        /^ +Last State: +Terminated\n +Reason: +StartError\n +Message: .*exec: "--color": executable file not found in \$PATH.*\n +Exit Code: +128\n/m,
      );
    });

    test('env-pod: no container of it is called nginx-container', async () => {
      const k = await bed.within();
      await k.ok(`apply -f ${manifest('env-pod')}`);
      await k.until('get pods', /\nenv-pod +0\/1 +CreateContainerConfigError +0 /);
      assert.match(await k.ok('describe pod env-pod'), /^ +Warning +Failed .* Error: container nginx-container not found$/m);
    });

    test('env-pod, mended: it prints what TESTENV holds', async () => {
      const k = await bed.within();
      const mended = readFileSync(manifest('env-pod'), 'utf8').replace('nginx-container', 'test-container');
      await k.ok('apply -f -', mended);
      await k.until('get pods', /\nenv-pod +0\/1 +(Completed|CrashLoopBackOff) /);
      assert.equal(await k.ok('logs env-pod'), '100\n');
    });

    test('db-auth: plain text under data is no base64', async () => {
      const k = await bed.within();
      assert.equal(
        await k.fails(`apply -f ${manifest('db-auth')}`),
        `Error from server (BadRequest): error when creating "${manifest('db-auth')}": Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 4\n`,
      );
    });

    test('single-env: waits for the Secret, and starts when it is there', async () => {
      const k = await bed.within();
      await k.ok(`apply -f ${manifest('single-env')}`);
      await k.until('get pods', /\nsingle-env +0\/1 +CreateContainerConfigError +0 /);
      assert.match(await k.ok('describe pod single-env'), /^ +Warning +Failed .* Error: secret "db-auth" not found$/m);
      // What the notes mean: the same Secret with its values encoded.
      await k.ok('create secret generic db-auth --from-literal=host=mysql --from-literal=username=root --from-literal=password=password');
      await k.ok('wait --for=condition=Ready pod/single-env --timeout=20s');
      assert.match(await k.ok('describe pod single-env'), /^ +Environment Variables from:\n +db-auth +Secret +Optional: false\n/m);
    });

    for (const name of ['single-volume', 'sample-configmap-single-volume'])
      test(`${name}: two volumes have the same name`, async () => {
        const k = await bed.within();
        assert.equal(
          (await k.fails(`apply -f ${manifest(name)}`))
            .replace(/^Error from server \(Invalid\): error when creating "[^"]+": /, '')
            .replace(/^The /, ''),
          `Pod "${name}" is invalid: spec.volumes[1].name: Duplicate value: "config-volume"\n`,
        );
      });

    test('single-volume, mended: each of its two volumes does', async () => {
      const k = await bed.within();
      await k.ok('create secret generic db-auth --from-literal=username=root');
      const [example1, example2] = ['Example 2', 'Example 1'].map((other) =>
        readFileSync(manifest('single-volume'), 'utf8').replace(
          new RegExp(`    # ${other}\\n    - name: config-volume\\n      secret:\\n(        .*\\n)(          .*\\n|        .*\\n)*`),
          '',
        ),
      );
      await k.ok('apply -f -', example1);
      await k.ok('wait --for=condition=Ready pod/single-volume --timeout=20s');
      assert.match(
        await k.ok('describe pod single-volume'),
        /^ +Type: +Secret \(a volume populated by a Secret\)\n +SecretName: +db-auth\n/m,
      );
      await k.ok('delete pod single-volume --grace-period=0 --force');
      await k.ok('apply -f -', example2);
      await k.until('get events', /MountVolume\.SetUp failed for volume "config-volume" : secret "sample-db-auth" not found/);
      await k.until('get pods', /\nsingle-volume +0\/1 +ContainerCreating +0 /);
    });

    test('sample-configmap and the pod that has it as its environment', async () => {
      const k = await bed.within();
      await k.ok(`apply -f ${manifest('sample-configmap')} -f ${manifest('sample-configmap-single-env')}`);
      assert.match(await k.ok('get configmap sample-configmap'), /\nsample-configmap +5 +\d+/);
      await k.ok('wait --for=condition=Ready pod/sample-configmap-single-env --timeout=20s');
      assert.match(
        await k.ok('describe pod sample-configmap-single-env'),
        /^ +Environment Variables from:\n +sample-configmap +ConfigMap +Optional: false\n +Environment:\n +CONNECTION_MAX: +<set to the key 'connection\.max' of config map 'sample-configmap'> +Optional: false\n/m,
      );
    });

    test('sample-initcontainer: one after the other, then the main one', async () => {
      const k = await bed.within();
      const seen = k.start('get pods -w --no-headers');
      await k.ok(`apply -f ${manifest('sample-initcontainer')}`);
      for (const status of ['Init:0/2', 'Init:1/2', 'PodInitializing', 'Running'])
        await seen.until(new RegExp(`^sample-initcontainer +[01]/1 +${status} +0 `));
      await seen.stop();
      const times = (what: string) => k.ok(`get pod sample-initcontainer -o jsonpath={${what}}`);
      const ran = '.status.initContainerStatuses[*].state.terminated';
      const started = (await times(`${ran}.startedAt`)).split(' ').map(Date.parse);
      const finished = (await times(`${ran}.finishedAt`)).split(' ').map(Date.parse);
      const main = Date.parse(await times('.status.containerStatuses[0].state.running.startedAt'));
      const [first, second] = [finished[0]! - started[0]!, finished[1]! - started[1]!];
      // Times are told in whole seconds.
      assert.ok(first >= 19_000 && first < 25_000 && second >= 9_000 && second < 15_000, `${first} ms and ${second} ms`);
      assert.ok(finished[0]! <= started[1]! && finished[1]! <= main);
      assert.equal(await times(`${ran}.reason`), 'Completed Completed');
    });
  },
  { concurrency: 4, speed: 10 },
);
