/** The pods and nodes of upstream's scheduler_perf (test/integration/scheduler_perf/templates), by what they ask for. */
import type { Affinity, Node as NodeType, Pod as PodType, TopologySpreadConstraint } from '../../src/api/generated/core/v1.ts';

const image = 'registry.k8s.io/pause:3.10.1';
const zone = 'topology.kubernetes.io/zone';

/** All that one of the templates can be about; what is absent is not asked for. */
export interface PodTemplate {
  readonly labels?: Readonly<Record<string, string>>;
  /** Millicores; as limits too, unless `requestsOnly`. */
  readonly cpu?: number;
  readonly requestsOnly?: boolean;
  readonly affinity?: Affinity;
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly priorityClassName?: string;
  readonly terminationGracePeriodSeconds?: number;
  /** For pods that ask for nothing. */
  readonly bare?: boolean;
}

/** A class of priority 10: upstream writes the number, with the admission that refuses it switched off. */
export const highPriority = 'scheduler-perf-high';

const color = (value: string) => ({ labelSelector: { matchLabels: { color: value } } });
const inBoth = { namespaces: ['sched-1', 'sched-0'] };

export const templates = {
  default: {},
  nodeAffinity: {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: ['zone1', 'zone2'] }] }],
        },
      },
    },
  },
  spreading: {
    labels: { color: 'blue' },
    topologySpreadConstraints: [{ maxSkew: 5, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', ...color('blue') }],
  },
  podAntiAffinity: {
    labels: { color: 'green' },
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ ...color('green'), topologyKey: 'kubernetes.io/hostname', ...inBoth }],
      },
    },
  },
  podAffinity: {
    labels: { color: 'blue' },
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...color('blue'), topologyKey: zone, ...inBoth }] } },
  },
  lowPriority: { cpu: 900, terminationGracePeriodSeconds: 0 },
  highPriority: { cpu: 3000, priorityClassName: highPriority },
  highPriorityLargeCpu: { cpu: 9000, requestsOnly: true, priorityClassName: highPriority },
  daemonset: {
    bare: true,
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['scheduler-perf-node'] }] }],
        },
      },
    },
  },
} as const satisfies Record<string, PodTemplate>;

export type TemplateName = keyof typeof templates;

export function podOf(template: PodTemplate, namespace: string, name: string): PodType {
  const { labels, cpu = 100, requestsOnly = false, bare = false } = template;
  const { affinity, topologySpreadConstraints, priorityClassName, terminationGracePeriodSeconds } = template;
  const amounts = { cpu: `${cpu}m`, memory: '500Mi' };
  return {
    metadata: { name, namespace, ...(labels && { labels: { ...labels } }) },
    spec: {
      containers: [
        {
          name: 'pause',
          image,
          ...(!bare && { ports: [{ containerPort: 80 }], resources: { requests: amounts, ...(!requestsOnly && { limits: amounts }) } }),
        },
      ],
      ...(affinity && { affinity }),
      ...(topologySpreadConstraints && { topologySpreadConstraints: [...topologySpreadConstraints] }),
      ...(priorityClassName !== undefined && { priorityClassName }),
      ...(terminationGracePeriodSeconds !== undefined && { terminationGracePeriodSeconds }),
      // There is nobody here who makes tokens' secrets known to pods; upstream switches that admission off.
      automountServiceAccountToken: false,
    },
    status: {},
  };
}

export interface NodeTemplate {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pods?: string;
}

export function nodeOf({ name, labels, pods = '110' }: NodeTemplate): NodeType {
  const amounts = { pods, cpu: '4', memory: '32Gi' };
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: {},
    status: { capacity: amounts, allocatable: amounts, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
