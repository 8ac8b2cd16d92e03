/** Workloads of upstream's scheduler_perf whose numbers are under watch: test/integration/scheduler_perf, three performance-config.yaml of Kubernetes 1.36. */
import type { TemplateName } from './templates.ts';

export interface Workload {
  /** Of the test case and its workload, as upstream names both. */
  readonly name: string;
  readonly nodes: number;
  /** What nodes have as their zone, in turn; none when absent. */
  readonly zones?: readonly string[];
  /** One more node, `scheduler-perf-node`, with room for all pods. */
  readonly bigNode?: boolean;
  readonly init?: Batch;
  /** A pod of this sort is made each 200 ms while the others are measured. */
  readonly churn?: TemplateName;
  readonly measured: Batch;
  /** Pods a second below which upstream's test fails; absent where it has none. */
  readonly threshold?: number;
  readonly boundSeconds: number;
}

export interface Batch {
  readonly template: TemplateName;
  readonly count: number;
  /** `default` when absent. */
  readonly namespace?: string;
}

const nodes = 5000;
const zones = ['moon-1', 'moon-2', 'moon-3'];

export const workloads: readonly Workload[] = [
  {
    name: 'SchedulingBasic/5000Nodes_10000Pods',
    nodes,
    init: { template: 'default', count: 1000 },
    measured: { template: 'default', count: 10_000 },
    threshold: 680,
    boundSeconds: 60,
  },
  {
    name: 'SchedulingBasic/5000Nodes_50000Pods',
    nodes,
    init: { template: 'default', count: 5000 },
    measured: { template: 'default', count: 50_000 },
    threshold: 810,
    boundSeconds: 120,
  },
  {
    name: 'SchedulingNodeAffinity/5000Nodes_10000Pods',
    nodes,
    zones: ['zone1'],
    init: { template: 'nodeAffinity', count: 5000 },
    measured: { template: 'nodeAffinity', count: 10_000 },
    threshold: 220,
    boundSeconds: 60,
  },
  {
    name: 'TopologySpreading/5000Nodes_5000Pods',
    nodes,
    zones,
    init: { template: 'default', count: 5000 },
    measured: { template: 'spreading', count: 5000 },
    threshold: 460,
    boundSeconds: 60,
  },
  {
    name: 'SchedulingPodAntiAffinity/5000Nodes_2000Pods',
    nodes,
    init: { template: 'podAntiAffinity', count: 1000, namespace: 'sched-0' },
    measured: { template: 'podAntiAffinity', count: 2000, namespace: 'sched-1' },
    threshold: 60,
    boundSeconds: 60,
  },
  {
    name: 'SchedulingPodAffinity/5000Nodes_5000Pods',
    nodes,
    zones: ['zone1'],
    init: { template: 'podAffinity', count: 5000, namespace: 'sched-0' },
    measured: { template: 'podAffinity', count: 5000, namespace: 'sched-1' },
    threshold: 35,
    boundSeconds: 60,
  },
  {
    name: 'SchedulingDaemonset/15000Nodes',
    nodes: 15_000,
    bigNode: true,
    measured: { template: 'daemonset', count: 30_000 },
    threshold: 1100,
    boundSeconds: 90,
  },
  {
    name: 'PreemptionBasic/1000Nodes',
    nodes: 1000,
    init: { template: 'lowPriority', count: 4000 },
    measured: { template: 'highPriority', count: 1000 },
    boundSeconds: 60,
  },
  {
    name: 'PreemptionAsync/5000Nodes',
    nodes,
    init: { template: 'lowPriority', count: 20_000 },
    churn: 'highPriority',
    measured: { template: 'default', count: 5000 },
    threshold: 570,
    boundSeconds: 60,
  },
  {
    name: 'Unschedulable/5kNodes/100Init/10kPods',
    nodes,
    init: { template: 'default', count: 100 },
    churn: 'highPriorityLargeCpu',
    measured: { template: 'default', count: 10_000 },
    threshold: 590,
    boundSeconds: 60,
  },
  {
    name: 'Unschedulable/5kNodes/20kInit/10kPods',
    nodes,
    init: { template: 'default', count: 20_000 },
    churn: 'highPriorityLargeCpu',
    measured: { template: 'default', count: 10_000 },
    threshold: 600,
    boundSeconds: 60,
  },
];
