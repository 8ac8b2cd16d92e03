import { allControllers } from './all.ts';

/** What `--controllers` may also call them. Source: kube-controller-manager's descriptors and their aliases. */
const aliases: Readonly<Record<string, string>> = {
  attachdetach: 'persistentvolume-attach-detach-controller',
  bootstrapsigner: 'bootstrap-signer-controller',
  'cloud-node-lifecycle': 'cloud-node-lifecycle-controller',
  'clusterrole-aggregation': 'clusterrole-aggregation-controller',
  cronjob: 'cronjob-controller',
  csrapproving: 'certificatesigningrequest-approving-controller',
  csrcleaner: 'certificatesigningrequest-cleaner-controller',
  csrsigning: 'certificatesigningrequest-signing-controller',
  daemonset: 'daemonset-controller',
  deployment: 'deployment-controller',
  disruption: 'disruption-controller',
  endpoint: 'endpoints-controller',
  endpointslice: 'endpointslice-controller',
  endpointslicemirroring: 'endpointslice-mirroring-controller',
  'ephemeral-volume': 'ephemeral-volume-controller',
  garbagecollector: 'garbage-collector-controller',
  horizontalpodautoscaling: 'horizontal-pod-autoscaler-controller',
  job: 'job-controller',
  'legacy-service-account-token-cleaner': 'legacy-serviceaccount-token-cleaner-controller',
  namespace: 'namespace-controller',
  nodeipam: 'node-ipam-controller',
  nodelifecycle: 'node-lifecycle-controller',
  'persistentvolume-binder': 'persistentvolume-binder-controller',
  'persistentvolume-expander': 'persistentvolume-expander-controller',
  podgc: 'pod-garbage-collector-controller',
  'pv-protection': 'persistentvolume-protection-controller',
  'pvc-protection': 'persistentvolumeclaim-protection-controller',
  replicaset: 'replicaset-controller',
  replicationcontroller: 'replicationcontroller-controller',
  'resource-claim-controller': 'resourceclaim-controller',
  resourcequota: 'resourcequota-controller',
  'root-ca-cert-publisher': 'root-ca-certificate-publisher-controller',
  route: 'node-route-controller',
  service: 'service-lb-controller',
  serviceaccount: 'serviceaccount-controller',
  'serviceaccount-token': 'serviceaccount-token-controller',
  statefulset: 'statefulset-controller',
  'storage-version-gc': 'storageversion-garbage-collector-controller',
  svm: 'storage-version-migrator-controller',
  tokencleaner: 'token-cleaner-controller',
  ttl: 'ttl-controller',
  'ttl-after-finished': 'ttl-after-finished-controller',
};

/** Those of upstream's that have no alias. */
const others = [
  'device-taint-eviction-controller',
  'kube-apiserver-serving-clustertrustbundle-publisher-controller',
  'podcertificaterequest-cleaner-controller',
  'podgroup-protection-controller',
  'resourcepoolstatusrequest-controller',
  'selinux-warning-controller',
  'service-cidr-controller',
  'taint-eviction-controller',
  'validatingadmissionpolicy-status-controller',
  'volumeattributesclass-protection-controller',
];

/** Names of all controllers that kube-controller-manager 1.36 has, whether they are here or not. */
export const upstreamControllers: readonly string[] = [...new Set([...Object.values(aliases), ...others])].toSorted();

export interface ChosenByName {
  /** For the manager: full names of controllers that are here, `*`, and `-name`. */
  readonly chosen: readonly string[];
  /** Sentences about names that nobody has, as upstream puts it. */
  readonly problems: readonly string[];
  /** Sentences about controllers that were asked for and are not here. */
  readonly warnings: readonly string[];
}

export function chooseByName(selection: readonly string[]): ChosenByName {
  const here = new Set(allControllers.map(({ name }) => name));
  const chosen: string[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const item of selection) {
    const minus = item.startsWith('-') ? '-' : '';
    const asked = item.slice(minus.length);
    const name = Object.hasOwn(aliases, asked) ? aliases[asked]! : asked;
    if (asked === '*' || here.has(name)) chosen.push(minus + name);
    else if (!upstreamControllers.includes(name)) problems.push(`"${asked}" is not in the list of known controllers`);
    else if (minus === '') warnings.push(`kube-controller-manager --controllers: there is no ${name} here`);
  }
  return { chosen, problems, warnings };
}
