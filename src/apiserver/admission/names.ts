import type { AdmissionChoice } from './all.ts';

/** Plugins that kube-apiserver 1.36 has and that are not here. */
export const absentPlugins: readonly string[] = [
  'AlwaysAdmit',
  'AlwaysDeny',
  'EventRateLimit',
  'ImagePolicyWebhook',
  'JobValidation',
  'LimitPodHardAntiAffinityTopology',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'NodeDeclaredFeatureValidator',
  'PodGroupProtection',
  'PodGroupWorkloadExists',
  'PodNodeSelector',
  'PodSecurity',
  'PodTolerationRestriction',
  'PodTopologyLabels',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
];

/** Those that are here. */
export const presentPlugins: readonly string[] = [
  'AlwaysPullImages',
  'CertificateApproval',
  'CertificateSigning',
  'CertificateSubjectRestriction',
  'ClusterTrustBundleAttest',
  'DefaultIngressClass',
  'DefaultStorageClass',
  'DefaultTolerationSeconds',
  'DenyServiceExternalIPs',
  'ExtendedResourceToleration',
  'LimitRanger',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'NamespaceLifecycle',
  'NodeRestriction',
  'OwnerReferencesPermissionEnforcement',
  'PersistentVolumeClaimResize',
  'PodResizeValidator',
  'Priority',
  'ResourceQuota',
  'RuntimeClass',
  'ServiceAccount',
  'StorageObjectInUseProtection',
  'TaintNodesByCondition',
];

export interface ChosenPlugins {
  /** Of plugins that are here. */
  readonly chosen: Required<AdmissionChoice>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** One that is not here cannot be turned on, and need not be turned off. Sentences are those of apiserver's AdmissionOptions. */
export function chosenPlugins({ enable, disable }: Required<AdmissionChoice>): ChosenPlugins {
  const known = (name: string): boolean => presentPlugins.includes(name) || absentPlugins.includes(name);
  const both = enable.filter((name) => disable.includes(name));
  const problems = [
    ...enable.filter((name) => !known(name)).map((name) => `enable-admission-plugins plugin ${JSON.stringify(name)} is unknown`),
    ...disable.filter((name) => !known(name)).map((name) => `disable-admission-plugins plugin ${JSON.stringify(name)} is unknown`),
    ...(both.length > 0 ? [`[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`] : []),
    ...enable
      .filter((name) => absentPlugins.includes(name))
      .map((name) => `--enable-admission-plugins cannot be obeyed: there is no ${name} here`),
  ];
  const here = (names: readonly string[]): string[] => names.filter((name) => presentPlugins.includes(name));
  return {
    chosen: { enable: here(enable), disable: here(disable) },
    problems,
    warnings: disable
      .filter((name) => absentPlugins.includes(name))
      .map((name) => `--disable-admission-plugins has no effect on ${name}: there is none here`),
  };
}
