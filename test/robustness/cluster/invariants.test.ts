/** Each invariant can fail: a history that breaks it is told from one that almost does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Invariant } from './invariant.ts';
import { staleMs } from './invariant.ts';
import { invariants } from './invariants/all.ts';
import { BudgetsCountRight, EndpointsAreReadyPods, QuotasCountRight } from './invariants/bookkeeping.ts';
import { BudgetsKept } from './invariants/budgets.ts';
import { TimesRunOnce } from './invariants/cron-jobs.ts';
import { DaemonsAvailable, OneDaemonPerNode } from './invariants/daemon-sets.ts';
import { CompletionsCountedOnce, ParallelismBound } from './invariants/jobs.ts';
import { BoundOnce, RoomOnNodes } from './invariants/placement.ts';
import { OneReplicaSetPerTemplate, RevisionsAreTemplates } from './invariants/revisions.ts';
import { AvailabilityBound, RecreateApart, SurgeBound } from './invariants/rollouts.ts';
import { DeletedIsGone, NoOrphans, WorkloadsComplete } from './invariants/settled.ts';
import { OrdinalsInOrder, OrdinalsRunOnce } from './invariants/stateful-sets.ts';
import { VersionsGoForward } from './invariants/versions.ts';
import { VolumesStayBound } from './invariants/volumes.ts';
import { evicted, going, object, ownedBy, pod, TrialHistory, withMeta, type TrialObject } from './trial-history.ts';

const tried = new Set<string>();

function history(invariant: Invariant): TrialHistory {
  tried.add(invariant.name);
  return new TrialHistory(invariant);
}

const template = (image: string) => ({ metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'main', image }] } });

const deployment = (replicas: number, strategy: object = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }) =>
  object('Deployment', 'web', { spec: { replicas, strategy, template: template('v1') }, status: { observedGeneration: 1 } });

const replicaSet = (name: string, replicas: number, owner: TrialObject, image = 'v1') =>
  ownedBy(
    object('ReplicaSet', name, { spec: { replicas, template: template(image) }, status: { observedGeneration: 1, replicas } }),
    owner,
  );

test('one pod more than desired and surge is told', () => {
  const web = deployment(2);
  const set = replicaSet('web-1', 3, web);
  const said = history(new SurgeBound()).put(web, set, pod('p1', set), pod('p2', set), pod('p3', set));
  assert.deepEqual(said.said, []);
  assert.deepEqual(said.put(pod('p4', set)).said, ['default/web has 4 pods, where 3 may be']);
});

test('a pod made for a size that was asked for until now is no breach', () => {
  const web = deployment(9);
  const set = replicaSet('web-1', 9, web);
  const fewer = withMeta({ ...deployment(1), status: { observedGeneration: 1 } }, { generation: 2 });
  const said = history(new SurgeBound()).put(web, set, pod('p1', set), pod('p2', set), fewer, pod('p3', set));
  assert.deepEqual(said.said, []);
});

test('a pod taken of those that must be available is told, one that was lost is not', () => {
  const web = deployment(3);
  const set = replicaSet('web-1', 3, web);
  const pods = ['p1', 'p2', 'p3'].map((name) => pod(name, set));
  const whole = () =>
    history(new AvailabilityBound())
      .put(web, set, ...pods)
      .wait(staleMs)
      .put(web);
  assert.deepEqual(whole().put(going(pods[0]!)).said, []);
  assert.deepEqual(whole().put(going(pods[0]!), going(pods[1]!)).said, ['default/web has 1 pods available, where 2 must be']);
  assert.deepEqual(whole().put(evicted(pods[0]!), going(pods[1]!)).said, []);
});

test('a Recreate that begins before the old pods are gone is told', () => {
  const web = deployment(2, { type: 'Recreate' });
  const [old, next] = [replicaSet('web-1', 0, web), replicaSet('web-2', 2, web, 'v2')];
  const last = pod('p1', old);
  const said = history(new RecreateApart()).put(web, old, next, last, going(last), pod('p2', next, { hash: 'h2' }));
  assert.deepEqual(said.said, ['default/web has pods of h1 and h2']);
  const apart = history(new RecreateApart())
    .put(web, old, next, last, going(last))
    .drop(last)
    .put(pod('p2', next, { hash: 'h2' }));
  assert.deepEqual(apart.said, []);
});

test('a second ReplicaSet of a template, and one of a template that never was, are told', () => {
  const web = deployment(2);
  const said = history(new OneReplicaSetPerTemplate()).put(web, replicaSet('web-1', 2, web));
  assert.deepEqual(said.said, []);
  said.put(replicaSet('web-2', 2, web), replicaSet('web-3', 2, web, 'v3'));
  assert.deepEqual(said.said, [
    'default/web-2 has the template of default/web-1',
    'default/web-3 has a template that default/web never had',
  ]);
});

test('a revision that scaling made is told', () => {
  const at = (revision: number, replicas: number) =>
    withMeta(deployment(replicas), { annotations: { 'deployment.kubernetes.io/revision': String(revision) } });
  const said = history(new RevisionsAreTemplates()).put(deployment(2), at(1, 2), at(1, 5));
  assert.deepEqual(said.said, []);
  assert.deepEqual(said.put(at(2, 5)).said, ['default/web is at revision 2 after 1 templates']);
});

test('one name that runs on two nodes is told', () => {
  const invariant = new OrdinalsRunOnce();
  tried.add(invariant.name);
  const run = { namespace: 'default', name: 'set-0', uid: 'u1', node: 'n1' };
  assert.equal(invariant.seeNodes([run, { ...run, name: 'set-1' }]), undefined);
  assert.match(invariant.seeNodes([run, { ...run, uid: 'u2', node: 'n2' }]) ?? '', /set-0 runs on n1 \(u1\) and on n2 \(u2\)/);
});

test('ordinals out of order are told, on the way up and down', () => {
  const set = object('StatefulSet', 'set', {
    spec: { replicas: 3, podManagementPolicy: 'OrderedReady' },
    status: { observedGeneration: 1 },
  });
  const old = (one: TrialObject) => withMeta(one, { labels: { 'controller-revision-hash': 'old' } });
  const [p0, p1, p2] = [0, 1, 2].map((ordinal) => pod(`set-${ordinal}`, set)) as [TrialObject, TrialObject, TrialObject];
  assert.deepEqual(history(new OrdinalsInOrder()).put(set, p0, p1, p2, going(p2)).said, []);
  const unready = pod('set-0', set, { ready: false });
  assert.deepEqual(history(new OrdinalsInOrder()).put(set, unready, p1).said, ['default/set-1 was made, and 0 was not ready']);
  const rolling = history(new OrdinalsInOrder())
    .put(set, p0, old(p1), p2, going(p2))
    .wait(staleMs)
    .put(going(old(p1)));
  assert.deepEqual(rolling.said, ['default/set-1 was taken, and 2 was not ready']);
  const fewer = { ...set, spec: { ...set.spec, replicas: 1 } };
  const down = history(new OrdinalsInOrder()).put(set, p0, p1, p2, fewer, fewer, going(p1));
  assert.deepEqual(down.said, ['default/set-1 went before default/set-2']);
});

test('a second daemon on a node is told, while the first is only going too', () => {
  const set = object('DaemonSet', 'agent', { spec: { updateStrategy: { rollingUpdate: { maxSurge: 0 } } } });
  const first = pod('p1', set);
  assert.deepEqual(history(new OneDaemonPerNode()).put(set, first, pod('p2', set, { node: 'n2' })).said, []);
  assert.deepEqual(history(new OneDaemonPerNode()).put(set, first, going(first)).drop(first).put(pod('p2', set)).said, []);
  assert.deepEqual(history(new OneDaemonPerNode()).put(set, first, going(first), pod('p2', set)).said, [
    'default/p2 was made for n1, where default/p1 is',
  ]);
});

test('a rollout that takes one daemon too many is told', () => {
  const set = object('DaemonSet', 'agent', { spec: {}, status: { desiredNumberScheduled: 3 } });
  const pods = ['n1', 'n2', 'n3'].map((node) => pod(`on-${node}`, set, { node }));
  const said = history(new DaemonsAvailable())
    .put(set, ...pods)
    .wait(staleMs)
    .put(going(pods[0]!));
  assert.deepEqual(said.said, []);
  assert.deepEqual(said.put(going(pods[1]!)).said, ['default/agent has 1 pods available, where 2 must be']);
});

test('a completion that is counted twice, or not any more, is told', () => {
  const counts = (status: object) => object('Job', 'job', { spec: { completions: 3 }, status: { ...status } });
  const done = pod('p1', counts({}), { phase: 'Succeeded' });
  const said = history(new CompletionsCountedOnce()).put(counts({}), done, counts({ succeeded: 1 }));
  assert.deepEqual(said.said, []);
  said.put(counts({ succeeded: 2 }), counts({ succeeded: 1 }), counts({ succeeded: 1, failed: 1 }));
  assert.deepEqual(said.said, [
    'default/job counts 2 succeeded, and 1 pods did',
    'default/job counts 1 succeeded after 2',
    'default/job counts 1 failed, and 0 pods did',
  ]);
  const failing = { succeeded: 1, failed: 1, conditions: [{ type: 'FailureTarget', status: 'True' }] };
  const both = history(new CompletionsCountedOnce()).put(counts({}), going(done), counts(failing));
  assert.deepEqual(both.said, ['default/job counts 1 and 1 of 1 pods']);
});

test('a pod beyond the parallelism is told, and one of a Job that is over', () => {
  const job = object('Job', 'job', { spec: { parallelism: 1 }, status: {} });
  assert.deepEqual(history(new ParallelismBound()).put(job, pod('p1', job)).said, []);
  assert.deepEqual(history(new ParallelismBound()).put(job, pod('p1', job), pod('p2', job)).said, [
    'default/job has 2 pods, where 1 may be',
  ]);
  const over = { ...job, status: { conditions: [{ type: 'Complete', status: 'True' }] } };
  assert.deepEqual(history(new ParallelismBound()).put(over, pod('p1', over)).said, ['default/job is over, and gets a pod']);
});

test('a second Job for one time is told, and one beside another where that is forbidden', () => {
  const cron = object('CronJob', 'cron', { spec: { concurrencyPolicy: 'Forbid' } });
  const run = (name: string, time: string, status: object = {}) =>
    withMeta(ownedBy(object('Job', name, { status: { ...status } }), cron), {
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': time },
    });
  const over = { conditions: [{ type: 'Complete', status: 'True' }] };
  const said = history(new TimesRunOnce()).put(cron, run('j1', '1'), run('j1', '1', over), run('j2', '2'));
  assert.deepEqual(said.said, []);
  said.put(run('j3', '3'), run('j2', '2', over), run('j3', '3', over), run('j4', '3'));
  assert.deepEqual(said.said, ['default/j3 was made, and default/j2 still runs', 'default/j4 is for the same time as default/j3']);
});

test('a claim that changes its volume, shares it or has none is told', () => {
  const claim = (volumeName?: string) => object('PersistentVolumeClaim', 'data', { spec: { ...(volumeName && { volumeName }) } });
  const volume = (name: string) =>
    object('PersistentVolume', name, { spec: { claimRef: { uid: 'uid-of-data' } }, status: { phase: 'Bound' } });
  const said = history(new VolumesStayBound()).put(claim(), volume('v1'), claim('v1'));
  assert.deepEqual([said.said, said.end()], [[], []]);
  said.put(volume('v2'), claim('v2'));
  assert.deepEqual(said.said, ['default/v2 and default/v1 are bound to one claim', 'default/data went from v1 to v2']);
  assert.deepEqual(history(new VolumesStayBound()).put(claim()).end(), []);
  const user = object('Pod', 'user', { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] } });
  assert.deepEqual(history(new VolumesStayBound()).put(claim(), user).end(), ['claim default/data has no volume of its own']);
  assert.deepEqual(history(new VolumesStayBound()).put(volume('v1')).end(), ['volume default/v1 has no claim']);
});

test('an eviction that breaks a budget is told, a loss is not', () => {
  const set = object('ReplicaSet', 'web', { spec: { replicas: 3 } });
  const budget = object('PodDisruptionBudget', 'web', { spec: { minAvailable: 2, selector: { matchLabels: { app: 'a' } } } });
  const pods = ['p1', 'p2', 'p3'].map((name) => pod(name, set));
  const quiet = () =>
    history(new BudgetsKept())
      .put(set, budget, ...pods)
      .wait(staleMs);
  assert.deepEqual(quiet().put(evicted(pods[0]!)).said, []);
  assert.deepEqual(quiet().put(evicted(pods[0]!), evicted(pods[1]!)).said, [
    'default/p2 was evicted; default/web has 1 healthy pods and wants 2',
  ]);
  assert.deepEqual(quiet().put(going(pods[0]!), evicted(pods[1]!)).said, []);
});

test('a pod that changes its node is told', () => {
  const set = object('ReplicaSet', 'web');
  const said = history(new BoundOnce()).put(pod('p1', set), pod('p1', set), pod('p1', set, { node: 'n2' }));
  assert.deepEqual(said.said, ['default/p1 went from n1 to n2']);
});

test('a node that is too full, or not there, is told', () => {
  const node = withMeta(object('Node', 'n1', { status: { allocatable: { cpu: '2', pods: '9' } } }), { namespace: '' });
  const set = object('ReplicaSet', 'web');
  const said = history(new RoomOnNodes()).put(node, pod('p1', set), pod('p2', set));
  assert.deepEqual(said.said, []);
  said.put(pod('p3', set), pod('p4', set, { node: 'n2' }));
  assert.deepEqual(said.said, ['n1 has no room for the cpu of default/p3', 'default/p4 was bound to n2, which is not there']);
});

test('versions that go back, and a status ahead of its spec, are told', () => {
  const web = deployment(1);
  const said = history(new VersionsGoForward()).put(web, withMeta(deployment(2), { generation: 2 }));
  assert.equal(said.said.length, 0);
  said.put(
    withMeta(deployment(2), { generation: 3 }),
    withMeta(deployment(3), { generation: 3 }),
    withMeta(deployment(3), { generation: 2 }),
  );
  said.put(withMeta({ ...deployment(3), status: { observedGeneration: 3 } }, { generation: 2 }), withMeta(deployment(3), { uid: 'other' }));
  assert.deepEqual(
    said.said.map((one) => one.replace('Deployment default/web: ', '')),
    [
      'its generation grew, and nothing else was asked for',
      'its spec changed, and its generation did not',
      'its generation went from 3 to 2',
      'its status is of generation 3, and it is at 2',
      'its uid went from uid-of-web to other',
    ],
  );
});

test('what is left of a deletion is told', () => {
  const web = deployment(1);
  assert.deepEqual(history(new DeletedIsGone()).put(web).end(), []);
  const stuck = withMeta(going(web), { finalizers: ['a/b'] });
  assert.deepEqual(history(new DeletedIsGone()).put(stuck).end(), [
    'Deployment default/web is to go since 2026-01-01T00:00:00Z, with finalizers a/b',
  ]);
});

test('what outlives its owner is told', () => {
  const web = deployment(1);
  const set = replicaSet('web-1', 1, web);
  assert.deepEqual(history(new NoOrphans()).put(web, set).end(), []);
  assert.deepEqual(history(new NoOrphans()).put(web, set).drop(web).end(), [
    'ReplicaSet default/web-1 belongs to Deployment web (uid-of-web), which is gone',
  ]);
});

test('a workload that is not what was asked for is told', () => {
  const counts = { updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, observedGeneration: 1 };
  const web = { ...deployment(1), status: counts };
  const set = { ...replicaSet('web-1', 1, web), status: { replicas: 1, readyReplicas: 1 } };
  assert.deepEqual(history(new WorkloadsComplete()).put(web, set, pod('p1', set)).end(), []);
  assert.deepEqual(history(new WorkloadsComplete()).put(web, set).end(), [
    'Deployment default/web: pods of its template that are ready is 0, not 1',
    'ReplicaSet default/web-1: pods is 0, not 1',
    'ReplicaSet default/web-1: status.replicas is 1, not 0',
    'ReplicaSet default/web-1: status.readyReplicas is 1, not 0',
  ]);
  const stateful = object('StatefulSet', 'set', { spec: { replicas: 1 }, status: { readyReplicas: 1 } });
  assert.equal(history(new WorkloadsComplete()).put(stateful).end().length, 1);
  const job = object('Job', 'job', { spec: {}, status: {} });
  assert.deepEqual(history(new WorkloadsComplete()).put(job).end(), ['Job default/job: over is false, not true']);
});

test('endpoints that are not the ready pods are told', () => {
  const service = object('Service', 'web', { spec: { selector: { app: 'a' } } });
  const slice = withMeta(
    { ...object('EndpointSlice', 'web-x'), endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }] },
    { labels: { 'kubernetes.io/service-name': 'web' } },
  );
  const endpoints = { ...object('Endpoints', 'web'), subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] };
  const set = object('ReplicaSet', 'set');
  assert.deepEqual(history(new EndpointsAreReadyPods()).put(service, slice, endpoints, pod('p1', set)).end(), []);
  assert.deepEqual(
    history(new EndpointsAreReadyPods())
      .put(service, slice, endpoints, pod('p1', set, { ready: false }))
      .end(),
    ['slices of default/web are 10.0.0.1, and ready are none', 'endpoints of default/web are 10.0.0.1, and ready are none'],
  );
});

test('a quota that counts wrong is told', () => {
  const set = object('ReplicaSet', 'set');
  const quota = (used: object) => object('ResourceQuota', 'all', { status: { used } });
  const right = quota({ pods: '1', 'requests.cpu': '1', 'count/deployments.apps': '0' });
  assert.deepEqual(history(new QuotasCountRight()).put(right, pod('p1', set)).end(), []);
  assert.deepEqual(
    history(new QuotasCountRight())
      .put(quota({ pods: '2', 'requests.cpu': '2' }), pod('p1', set))
      .end(),
    ['default/all says 2 pods, and 1 are used', 'default/all says 2 requests.cpu, and 1 are used'],
  );
});

test('a budget that counts wrong is told', () => {
  const set = object('ReplicaSet', 'set', { spec: { replicas: 2 } });
  const budget = (disruptionsAllowed: number) =>
    object('PodDisruptionBudget', 'web', {
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'a' } } },
      status: { expectedPods: 2, currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed, observedGeneration: 1 },
    });
  const pods = [pod('p1', set), pod('p2', set)];
  assert.deepEqual(
    history(new BudgetsCountRight())
      .put(set, budget(1), ...pods)
      .end(),
    [],
  );
  assert.deepEqual(
    history(new BudgetsCountRight())
      .put(set, budget(2), ...pods)
      .end(),
    ['default/web says 2/2/1/2/1 (expected/healthy/desired/allowed/generation), not 2/2/1/1/1'],
  );
});

test('every invariant has a history here that breaks it', () => {
  assert.deepEqual(
    invariants().flatMap(({ name }) => (tried.has(name) ? [] : [name])),
    [],
  );
});
