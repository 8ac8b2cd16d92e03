/** Draining: what each flag lets through, budgets in the way, and coming back. Each test has nodes of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl, type Shell } from './each-kubectl.ts';
import { documents } from './manifests.ts';

/** A controller's pods on the nodes with a label. */
const controlled = (kind: 'ReplicaSet' | 'DaemonSet', name: string, on: string, replicas = 1, more = '') => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec:
  ${kind === 'DaemonSet' ? '' : `replicas: ${replicas}`}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {nodeSelector: {${on}: ''}, containers: [{name: main, image: nginx}]${more}}
`;
const scratch = ', volumes: [{name: scratch, emptyDir: {}}]';

const bare = (name: string, node: string, more = '') => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {nodeName: ${node}, containers: [{name: main, image: nginx${more}}]}
`;

const running = (k: Shell, node: string) =>
  k.ok(
    `get pods --field-selector spec.nodeName=${node} -o 'jsonpath={range .items[?(@.status.phase=="Running")]}{.metadata.labels.app} {end}'`,
  );

const allReady = (k: Shell) => k.ok('wait --for=condition=Ready pod --all --timeout=20s');

eachKubectl(
  'kubectl drain',
  (bed) => {
    test('refuses flag by flag, evicts with all of them, and the node comes back', async () => {
      const k = await bed.within();
      const node = 'slipway-worker';
      await k.ok(`label node ${node} slipway-worker2 one=`);
      await k.ok(`taint node slipway-worker2 later:NoSchedule`);
      await k.ok(
        'create -f -',
        documents(
          controlled('ReplicaSet', 'local', 'one', 1, scratch),
          controlled('ReplicaSet', 'web', 'one'),
          controlled('DaemonSet', 'agent', 'one'),
          bare('bare', node),
        ),
      );
      await k.until('get pods -o name', /(pod\/\S+\n){4}/);
      await allReady(k);
      await k.ok(`taint node slipway-worker2 later-`);
      const before = await running(k, node);
      assert.deepEqual(before.trim().split(' ').toSorted(), ['agent', 'bare', 'local', 'web']);
      const pods = (name: string) => `${k.namespace}\\/${name}(-\\w{5})?`;
      const daemon = new RegExp(`cannot delete DaemonSet-managed Pods \\(use --ignore-daemonsets to ignore\\): ${pods('agent')}`);
      const unmanaged = new RegExp(
        `cannot delete (cannot delete )?Pods (that )?declare no controller \\(use --force to override\\): ${pods('bare')}`,
      );
      const local = new RegExp(`cannot delete Pods with local storage \\(use --delete-emptydir-data to override\\): ${pods('local')}`);
      const refused = async (flags: string, ...problems: readonly RegExp[]) => {
        const said = await k.fails(`drain ${node}${flags}`);
        assert.match(said, /^error: unable to drain node "slipway-worker" due to error:\s?\[?cannot delete /m);
        for (const problem of [daemon, unmanaged, local]) assert.equal(problem.test(said), problems.includes(problem), `${flags}: ${said}`);
      };
      await refused('', daemon, unmanaged, local);
      await refused(' --ignore-daemonsets', unmanaged, local);
      await refused(' --force', daemon, local);
      await refused(' --delete-emptydir-data', daemon, unmanaged);
      await refused(' --ignore-daemonsets --force', local);
      await refused(' --ignore-daemonsets --delete-emptydir-data', unmanaged);
      assert.match(await k.ok(`get node ${node}`), /Ready,SchedulingDisabled/);
      assert.equal(await running(k, node), before);

      const { code, stdout, stderr } = await k.run(`drain ${node} --ignore-daemonsets --force --delete-emptydir-data`);
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`^Warning: .*ignoring DaemonSet-managed Pods: ${pods('agent')}(;|$)`, 'm'));
      assert.match(stderr, new RegExp(`^Warning: .*deleting Pods that declare no controller: ${pods('bare')}(;|$)`, 'm'));
      for (const name of ['local', 'web', 'bare']) {
        assert.match(stdout, new RegExp(`^evicting pod ${pods(name)}$`, 'm'));
        assert.match(stdout, new RegExp(`^pod/${name}(-\\w{5})? evicted$`, 'm'));
      }
      assert.match(stdout, new RegExp(`^node/${node} already cordoned\\n[^]*\\nnode/${node} drained\\n$`));
      assert.equal(await running(k, node), 'agent ');
      // Those with a controller go on elsewhere; the bare one is no more.
      await allReady(k);
      assert.deepEqual((await running(k, 'slipway-worker2')).trim().split(' ').toSorted(), ['agent', 'local', 'web']);
      assert.match(await k.fails('get pod bare'), /not found/);

      await k.ok(`cordon slipway-worker2`);
      await k.ok('scale replicaset web --replicas=2');
      await k.until('get pods -l app=web', / Pending /);
      assert.equal(await k.ok(`uncordon ${node}`), `node/${node} uncordoned\n`);
      await allReady(k);
      assert.deepEqual((await running(k, node)).trim().split(' ').toSorted(), ['agent', 'web']);
    });

    test('--grace-period takes the place of the pods’ own', async () => {
      const k = await bed.within();
      const node = 'slipway-worker3';
      const stubborn = (name: string) => bare(name, node, ', command: [sleep, infinity]').replace('image: nginx', 'image: busybox');
      const seen = k.start('get pods -w --no-headers -o custom-columns=N:.metadata.name,G:.metadata.deletionGracePeriodSeconds');
      for (const [name, seconds] of [
        ['slow', 15],
        ['quick', 1],
      ] as const) {
        await k.ok('create -f -', stubborn(name));
        await allReady(k);
        assert.match(
          await k.ok(`drain ${node} --force --grace-period=${seconds}`),
          new RegExp(`pod/${name} evicted\\nnode/${node} drained\\n$`),
        );
        await seen.until(new RegExp(`^${name} +${seconds}$`));
      }
      await seen.stop();
    });

    test('waits for what a budget forbids, and goes on when another pod is there', async () => {
      const k = await bed.within();
      const node = 'slipway-worker4';
      await k.ok(`label node ${node} three=`);
      await k.ok('create -f -', controlled('ReplicaSet', 'kept', 'three'));
      await k.ok('create poddisruptionbudget kept --selector=app=kept --min-available=1');
      await k.until('get poddisruptionbudget kept -o jsonpath={.status.currentHealthy}', /^1$/);
      const name = (await k.ok('get pods -o name')).trim().replace('pod/', '');
      const draining = k.start(`drain ${node}`);
      const said = await draining.until(/will retry/);
      assert.equal(
        said.at(-1),
        `error when evicting pods/"${name}" -n "${k.namespace}" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.`,
      );
      // The node being cordoned, it starts on another.
      await k.ok(`label node slipway-worker7 three=`);
      await k.ok('scale replicaset kept --replicas=2');
      assert.equal((await draining.until(/drained$/)).at(-2), `pod/${name} evicted`);
      assert.equal(await draining.end(), 0);
      assert.equal(await running(k, node), '');
    });

    test('--timeout ends the wait for a budget, and --disable-eviction ignores it', async () => {
      const k = await bed.within();
      const node = 'slipway-worker5';
      await k.ok(`label node ${node} four=`);
      await k.ok('create -f -', controlled('ReplicaSet', 'kept', 'four'));
      await k.ok('create poddisruptionbudget kept --selector=app=kept --max-unavailable=0');
      await k.until('get poddisruptionbudget kept -o jsonpath={.status.currentHealthy}', /^1$/);
      const failed = await k.fails(`drain ${node} --timeout=1s`);
      assert.match(failed, /^error: unable to drain node "slipway-worker5" due to error:.*global timeout reached: 1s/m);
      assert.equal(await running(k, node), 'kept ');
      assert.match(
        await k.ok(`drain ${node} --disable-eviction`),
        /\ndeleting pod t\d+\/kept-\w{5}\npod\/kept-\w{5} deleted\nnode\/slipway-worker5 drained\n$|pod\/kept-\w{5} deleted\n/,
      );
      assert.equal(await running(k, node), '');
    });

    test('--pod-selector and dry runs leave the others alone', async () => {
      const k = await bed.within();
      const node = 'slipway-worker6';
      await k.ok('create -f -', documents(bare('a', node), bare('b', node)));
      await allReady(k);
      assert.equal(
        await k.ok(`drain ${node} --force --dry-run=client`),
        `node/${node} cordoned (dry run)\nevicting pod ${k.namespace}/a (dry run)\nevicting pod ${k.namespace}/b (dry run)\nnode/${node} drained (dry run)\n`,
      );
      assert.match(await k.ok(`drain ${node} --force --dry-run=server`), /cordoned \(server dry run\)\n[^]*drained \(server dry run\)\n$/);
      assert.match(await k.ok(`get node ${node}`), / Ready /);
      assert.match(await k.ok(`drain ${node} --force --pod-selector=app=a`), /pod\/a evicted\nnode\/slipway-worker6 drained\n$/);
      assert.equal(await running(k, node), 'b ');
    });
  },
  { concurrency: 5, speed: 10, workers: 7 },
);
