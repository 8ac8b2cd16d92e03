import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DaemonSet, DaemonSetSpec } from '../../api/generated/apps/v1.ts';
import type { Node, Pod, PodSpec, Taint } from '../../api/generated/core/v1.ts';
import { daemonTemplate, targetNodeOf, withDaemonTolerations } from './daemon-pod.ts';
import { FailureBackoff } from './failure-backoff.ts';
import { nodeFit, sameForDaemons } from './fit.ts';
import { planNode, type NodeSituation } from './node-plan.ts';
import { rollingUpdate } from './rolling-update.ts';
import { podTemplate } from './trial-set.ts';

const set = (spec: Partial<DaemonSetSpec> = {}): DaemonSet => ({
  metadata: { name: 'agent', annotations: { 'deprecated.daemonset.template.generation': '7' } },
  spec: { selector: {}, template: podTemplate('a'), ...spec },
  status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
});
const withSpec = (spec: Partial<PodSpec>): DaemonSet => set({ template: { spec: { containers: [], ...spec } } });
const node = (name: string, taints: readonly Taint[] = [], labels = {}): Node => ({
  metadata: { name, labels },
  spec: { taints },
  status: {},
});
/** `new`, `new!` and `old` are ready but where they end in `!`; with `-` they are going, with `?` Failed. */
const pod = (state: string, age = 0): Pod => ({
  metadata: {
    name: `${state}${age}`,
    creationTimestamp: new Date(1e12 - age * 1000).toISOString(),
    labels: { 'controller-revision-hash': state.slice(0, 3) },
    ...(state.endsWith('-') && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  },
  spec: { nodeName: 'n', containers: [] },
  status: {
    phase: state.endsWith('?') ? 'Failed' : 'Running',
    conditions: [{ type: 'Ready', status: /[!?]$/.test(state) ? 'False' : 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  },
});
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

test('a pod of the set bears what nodes suffer, and no toleration twice', () => {
  const { tolerations = [] } = withDaemonTolerations({ containers: [], hostNetwork: true });
  assert.deepEqual(
    tolerations.map(({ key, effect }) => `${key?.replace('node.kubernetes.io/', '')}:${effect}`),
    [
      'not-ready:NoExecute',
      'unreachable:NoExecute',
      'disk-pressure:NoSchedule',
      'memory-pressure:NoSchedule',
      'pid-pressure:NoSchedule',
      'unschedulable:NoSchedule',
      'network-unavailable:NoSchedule',
    ],
  );
  assert.equal(withDaemonTolerations({ containers: [], tolerations }).tolerations?.length, 7);
});

test('the node affinity of the template gives way to the one node, the rest of its affinity stays', () => {
  const affinity = { podAntiAffinity: {}, nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } };
  const { spec, metadata } = daemonTemplate(withSpec({ affinity }), 'h', 'n1');
  assert.deepEqual(Object.keys(spec?.affinity ?? {}), ['podAntiAffinity', 'nodeAffinity']);
  assert.deepEqual(metadata?.labels, { 'controller-revision-hash': 'h', 'pod-template-generation': '7' });
  assert.equal(targetNodeOf({ metadata: {}, spec: spec!, status: {} }), 'n1');
  assert.equal(targetNodeOf({ metadata: {}, spec: { containers: [] }, status: {} }), undefined);
});

test('where a pod should run and where it may stay', () => {
  const fit = (of: DaemonSet, on: Node) => Object.values(nodeFit(of)(on));
  assert.deepEqual(fit(set(), node('a')), [true, true]);
  assert.deepEqual(fit(set(), node('a', [{ key: 'k', effect: 'NoSchedule' }])), [false, true]);
  assert.deepEqual(fit(set(), node('a', [{ key: 'k', effect: 'NoExecute' }])), [false, false]);
  assert.deepEqual(fit(set(), node('a', [{ key: 'k', effect: 'PreferNoSchedule' }])), [true, true]);
  assert.deepEqual(fit(set(), node('a', [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])), [false, true]);
  assert.deepEqual(fit(set(), node('a', [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }])), [true, true]);
  assert.deepEqual(fit(withSpec({ nodeSelector: { disk: 'ssd' } }), node('a')), [false, false]);
  assert.deepEqual(fit(withSpec({ nodeSelector: { disk: 'ssd' } }), node('a', [], { disk: 'ssd' })), [true, true]);
  assert.deepEqual(fit(withSpec({ nodeName: 'b' }), node('a')), [false, false]);
});

test('heartbeats of a node are nobody’s business, labels and taints are', () => {
  const ready = { conditions: [{ type: 'Ready', status: 'True' as const }] };
  assert.ok(sameForDaemons(node('a'), { ...node('a'), status: ready }));
  assert.ok(!sameForDaemons(node('a'), node('a', [], { x: 'y' })));
  assert.ok(!sameForDaemons(node('a'), node('a', [{ key: 'k', effect: 'NoSchedule' }])));
});

const plan = (pods: Pod[], more: Partial<NodeSituation> = {}) => {
  const situation = { fit: { shouldRun: true, mayStay: true }, hash: 'new', allowsSurge: false, minReadySeconds: 0, nowMs: 2e12 };
  const { create, remove, failed } = planNode({ ...situation, pods, ...more });
  return [create, names(remove), names(failed)];
};

test('a node has one pod: one is made where there is none, all but the oldest go', () => {
  assert.deepEqual(plan([]), [true, [], []]);
  assert.deepEqual(plan([pod('new')]), [false, [], []]);
  assert.deepEqual(plan([pod('old', 1), pod('new', 2)]), [false, ['old1'], []]);
});

test('a pod that is going has to be gone first, unless there may be two', () => {
  assert.deepEqual(plan([pod('old-')]), [false, [], []]);
  assert.deepEqual(plan([pod('old-')], { allowsSurge: true }), [true, [], []]);
});

test('a failed pod is to go, and none is made before it is gone', () => {
  assert.deepEqual(plan([pod('old?')]), [false, [], ['old?0']]);
});

test('pods that may not stay go', () => {
  assert.deepEqual(plan([pod('old'), pod('new-')], { fit: { shouldRun: false, mayStay: false } }), [false, ['old0'], []]);
  assert.deepEqual(plan([pod('old')], { fit: { shouldRun: false, mayStay: true } }), [false, [], []]);
});

test('while surging an old pod goes when it serves no more, or the new one does', () => {
  const surging = (...states: string[]) => plan(states.map((state) => pod(state)), { allowsSurge: true })[1]; // prettier-ignore
  assert.deepEqual(surging('old', 'new!'), []);
  assert.deepEqual(surging('old', 'new'), ['old0']);
  assert.deepEqual(surging('old!', 'new!'), ['old!0']);
});

const update = (rolling: object, ...nodes: string[][]) => {
  const podsByNode = new Map(nodes.map((states, i) => [`n${i}`, states.map((state) => pod(state, i))]));
  const updateStrategy = { type: 'RollingUpdate' as const, rollingUpdate: rolling };
  const situation = { set: set({ updateStrategy }), hash: 'new', podsByNode, shouldRun: () => true, desired: nodes.length, nowMs: 2e12 };
  const { remove, create } = rollingUpdate(situation);
  return [names(remove), create];
};

test('old pods go as many at once as may be out of service; those out of service already go anyhow', () => {
  assert.deepEqual(update({ maxUnavailable: 1 }, ['old'], ['old'], ['old']), [['old0'], []]);
  assert.deepEqual(update({ maxUnavailable: 2 }, ['old'], ['new!'], ['old']), [['old0'], []]);
  assert.deepEqual(update({ maxUnavailable: 1 }, ['old'], ['new!'], ['old!']), [['old!2'], []]);
  assert.deepEqual(update({ maxUnavailable: '60%' }, ['old'], ['old'], ['old']), [['old0', 'old1'], []]);
  assert.deepEqual(update({ maxUnavailable: 1 }, ['old'], []), [[], []]);
});

test('new pods come beside old ones as many at once as may surge, and old ones go when the new serve', () => {
  assert.deepEqual(update({ maxUnavailable: 0, maxSurge: 1 }, ['old'], ['old'], ['old']), [[], ['n0']]);
  assert.deepEqual(update({ maxUnavailable: 0, maxSurge: 1 }, ['old', 'new!'], ['old']), [[], []]);
  assert.deepEqual(update({ maxUnavailable: 0, maxSurge: 1 }, ['old', 'new'], ['old']), [['old0'], ['n1']]);
  assert.deepEqual(update({ maxUnavailable: 0, maxSurge: 1 }, ['old', 'new!'], ['old!']), [[], ['n1']]);
});

test('failures are dealt with ever less often, up to a quarter of an hour', () => {
  const backoff = new FailureBackoff();
  let nowMs = 0;
  const waits = Array.from({ length: 12 }, () => {
    backoff.next('k', nowMs);
    const waitMs = backoff.waitMs('k', nowMs);
    nowMs += waitMs;
    return waitMs / 1000;
  });
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  assert.equal(backoff.waitMs('other', nowMs), 0);
  backoff.next('other', nowMs + 3_600_000);
  assert.equal(backoff.waitMs('k', nowMs), 0);
});
