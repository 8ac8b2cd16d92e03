/** The types of kubescheduler.config.k8s.io/v1, as strict decoding sees them. Source: k8s.io/kube-scheduler/config/v1. */
import type { Shape, Struct } from './config-shape.ts';

export const configApiVersion = 'kubescheduler.config.k8s.io/v1';

const struct = (name: string, fields: Readonly<Record<string, Shape>>): Struct => ({ name, fields });
const typeMeta = { apiVersion: 'string', kind: 'string' } as const;

const plugin = struct('Plugin', { name: 'string', weight: 'int32' });
const pluginSet = struct('PluginSet', { enabled: { list: plugin }, disabled: { list: plugin } });

export const extensionPoints = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
  'multiPoint',
  'placementGenerate',
  'placementScore',
] as const;

const profile = struct('KubeSchedulerProfile', {
  schedulerName: 'string',
  percentageOfNodesToScore: 'int32',
  plugins: struct('Plugins', Object.fromEntries(extensionPoints.map((point) => [point, pluginSet]))),
  pluginConfig: { list: struct('PluginConfig', { name: 'string', args: 'any' }) },
});

export const configurationType = struct('KubeSchedulerConfiguration', {
  ...typeMeta,
  parallelism: 'int32',
  leaderElection: struct('LeaderElectionConfiguration', {
    leaderElect: 'bool',
    leaseDuration: 'string',
    renewDeadline: 'string',
    retryPeriod: 'string',
    resourceLock: 'string',
    resourceName: 'string',
    resourceNamespace: 'string',
  }),
  clientConnection: struct('ClientConnectionConfiguration', {
    kubeconfig: 'string',
    acceptContentTypes: 'string',
    contentType: 'string',
    qps: 'float32',
    burst: 'int32',
  }),
  enableProfiling: 'bool',
  enableContentionProfiling: 'bool',
  percentageOfNodesToScore: 'int32',
  podInitialBackoffSeconds: 'int64',
  podMaxBackoffSeconds: 'int64',
  profiles: { list: profile },
  extenders: { list: 'any' },
  delayCacheUntilActive: 'bool',
});

const resources = { list: struct('ResourceSpec', { name: 'string', weight: 'int64' }) };
const points = { list: struct('UtilizationShapePoint', { utilization: 'int32', score: 'int32' }) };

const argFields: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  DefaultPreemption: { minCandidateNodesPercentage: 'int32', minCandidateNodesAbsolute: 'int32' },
  InterPodAffinity: { hardPodAffinityWeight: 'int32', ignorePreferredTermsOfExistingPods: 'bool' },
  NodeAffinity: { addedAffinity: 'any' },
  NodeResourcesBalancedAllocation: { resources },
  NodeResourcesFit: {
    ignoredResources: { list: 'string' },
    ignoredResourceGroups: { list: 'string' },
    scoringStrategy: struct('ScoringStrategy', {
      type: 'string',
      resources,
      requestedToCapacityRatio: struct('RequestedToCapacityRatioParam', { shape: points }),
    }),
  },
  PodTopologySpread: {
    defaultConstraints: {
      list: struct('TopologySpreadConstraint', {
        maxSkew: 'int32',
        topologyKey: 'string',
        whenUnsatisfiable: 'string',
        labelSelector: 'any',
        minDomains: 'int32',
        nodeAffinityPolicy: 'string',
        nodeTaintsPolicy: 'string',
        matchLabelKeys: { list: 'string' },
      }),
    },
    defaultingType: 'string',
  },
  VolumeBinding: { bindTimeoutSeconds: 'int64', shape: points },
};

/** Arguments by the plugin's name. Those of other plugins are handed to them as they are. */
export const argTypes: Readonly<Record<string, Struct>> = Object.fromEntries(
  Object.entries(argFields).map(([name, fields]) => [name, struct(`${name}Args`, { ...typeMeta, ...fields })]),
);
