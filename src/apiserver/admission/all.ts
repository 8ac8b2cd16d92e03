import type { Clock } from '../../base/clock.ts';
import type { Rng } from '../../base/rng.ts';
import type { KindRegistry } from '../../api/registry.ts';
import type { AdmissionPlugin, Authorizer, ObjectReader } from '../ports.ts';
import { alwaysPullImages } from './always-pull-images/plugin.ts';
import {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  clusterTrustBundleAttest,
} from './certificates/plugins.ts';
import { defaultIngressClass } from './default-ingress-class/plugin.ts';
import { defaultStorageClass } from './default-storage-class/plugin.ts';
import { defaultTolerationSeconds, type TolerationSeconds } from './default-toleration-seconds/plugin.ts';
import { denyServiceExternalIps } from './deny-service-external-ips/plugin.ts';
import { extendedResourceToleration } from './extended-resource-toleration/plugin.ts';
import { limitRanger } from './limit-ranger/plugin.ts';
import { namespaceAutoProvision } from './namespace-auto-provision/plugin.ts';
import { namespaceExists } from './namespace-exists/plugin.ts';
import { namespaceLifecycle } from './namespace-lifecycle/plugin.ts';
import { nodeRestriction } from './node-restriction/plugin.ts';
import { ownerReferencesPermissionEnforcement } from './owner-references/plugin.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize/plugin.ts';
import { podResizeValidator } from './pod-resize/plugin.ts';
import { priorityAdmission } from './priority/plugin.ts';
import { resourceQuotaAdmission } from './resource-quota/plugin.ts';
import { runtimeClassAdmission } from './runtime-class/plugin.ts';
import { serviceAccountAdmission } from './service-account/plugin.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection/plugin.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition/plugin.ts';

export interface AdmissionDeps {
  readonly reader: ObjectReader;
  readonly authorizer: Authorizer;
  readonly kinds: () => KindRegistry;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Makes one with the server's own rights; one that is there already is well. */
  readonly makeNamespace: (name: string) => Promise<void>;
  /** What DefaultTolerationSeconds adds. */
  readonly tolerationSeconds?: TolerationSeconds;
}

/** By name, as `--enable-admission-plugins` and `--disable-admission-plugins` have it; disabling wins. */
export interface AdmissionChoice {
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
}

/** Off unless they are enabled. */
const offByDefault: ReadonlySet<string> = new Set([
  'AlwaysPullImages',
  'DenyServiceExternalIPs',
  'ExtendedResourceToleration',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'OwnerReferencesPermissionEnforcement',
]);

/** The plugins that are on, in the order in which upstream runs them (NodeRestriction as kubeadm turns it on). Throws for a name that nobody has. */
export function defaultAdmission(deps: AdmissionDeps, { enable = [], disable = [] }: AdmissionChoice = {}): AdmissionPlugin[] {
  const all = allAdmission(deps);
  const unknown = [...enable, ...disable].filter((name) => !all.some((plugin) => plugin.name === name));
  if (unknown.length > 0) throw new RangeError(`unknown admission plugins: ${unknown.join(', ')}`);
  return all.filter(({ name }) => !disable.includes(name) && (enable.includes(name) || !offByDefault.has(name)));
}

const allAdmission = ({ reader, authorizer, kinds, clock, rng, makeNamespace, tolerationSeconds }: AdmissionDeps): AdmissionPlugin[] => [
  namespaceAutoProvision(reader, makeNamespace),
  namespaceLifecycle(reader),
  namespaceExists(reader),
  limitRanger(reader),
  serviceAccountAdmission(reader, rng),
  nodeRestriction(reader),
  taintNodesByCondition,
  alwaysPullImages,
  priorityAdmission(reader),
  defaultTolerationSeconds(tolerationSeconds),
  extendedResourceToleration,
  defaultStorageClass(reader),
  storageObjectInUseProtection,
  ownerReferencesPermissionEnforcement(authorizer, kinds),
  persistentVolumeClaimResize(reader),
  runtimeClassAdmission(reader),
  certificateApproval(authorizer),
  certificateSigning(authorizer),
  clusterTrustBundleAttest(authorizer),
  certificateSubjectRestriction,
  defaultIngressClass(reader),
  denyServiceExternalIps,
  podResizeValidator(reader),
  resourceQuotaAdmission(reader, clock),
];
