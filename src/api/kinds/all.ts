import type { Kind } from '../kind.ts';
import {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyV1Alpha1,
  MutatingAdmissionPolicyV1Beta1,
} from './admissionregistration/mutatingadmissionpolicy.ts';
import {
  MutatingAdmissionPolicyBinding,
  MutatingAdmissionPolicyBindingV1Alpha1,
  MutatingAdmissionPolicyBindingV1Beta1,
} from './admissionregistration/mutatingadmissionpolicybinding.ts';
import { MutatingWebhookConfiguration } from './admissionregistration/mutatingwebhookconfiguration.ts';
import { ValidatingAdmissionPolicy } from './admissionregistration/validatingadmissionpolicy.ts';
import { ValidatingAdmissionPolicyBinding } from './admissionregistration/validatingadmissionpolicybinding.ts';
import { ValidatingWebhookConfiguration } from './admissionregistration/validatingwebhookconfiguration.ts';
import { CustomResourceDefinition } from './apiextensions/customresourcedefinition.ts';
import { APIService } from './apiregistration/apiservice.ts';
import { ControllerRevision } from './apps/controllerrevision.ts';
import { DaemonSet } from './apps/daemonset.ts';
import { Deployment } from './apps/deployment.ts';
import { ReplicaSet } from './apps/replicaset.ts';
import { StatefulSet } from './apps/statefulset.ts';
import { SelfSubjectReview } from './authentication/selfsubjectreview.ts';
import { TokenReview } from './authentication/tokenreview.ts';
import { LocalSubjectAccessReview } from './authorization/localsubjectaccessreview.ts';
import { SelfSubjectAccessReview } from './authorization/selfsubjectaccessreview.ts';
import { SelfSubjectRulesReview } from './authorization/selfsubjectrulesreview.ts';
import { SubjectAccessReview } from './authorization/subjectaccessreview.ts';
import { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1 } from './autoscaling/horizontalpodautoscaler.ts';
import { CronJob } from './batch/cronjob.ts';
import { Job } from './batch/job.ts';
import { CertificateSigningRequest } from './certificates/certificatesigningrequest.ts';
import { ClusterTrustBundleV1Alpha1, ClusterTrustBundleV1Beta1 } from './certificates/clustertrustbundle.ts';
import { PodCertificateRequestV1Beta1 } from './certificates/podcertificaterequest.ts';
import { Lease } from './coordination/lease.ts';
import { LeaseCandidateV1Alpha2, LeaseCandidateV1Beta1 } from './coordination/leasecandidate.ts';
import { Binding } from './core/binding.ts';
import { ComponentStatus } from './core/componentstatus.ts';
import { ConfigMap } from './core/configmap.ts';
import { Endpoints } from './core/endpoints.ts';
import { Event as CoreEvent } from './core/event.ts';
import { LimitRange } from './core/limitrange.ts';
import { Namespace } from './core/namespace.ts';
import { Node } from './core/node.ts';
import { PersistentVolume } from './core/persistentvolume.ts';
import { PersistentVolumeClaim } from './core/persistentvolumeclaim.ts';
import { Pod } from './core/pod.ts';
import { PodTemplate } from './core/podtemplate.ts';
import { ReplicationController } from './core/replicationcontroller.ts';
import { ResourceQuota } from './core/resourcequota.ts';
import { Secret } from './core/secret.ts';
import { Service } from './core/service.ts';
import { ServiceAccount } from './core/serviceaccount.ts';
import { EndpointSlice } from './discovery/endpointslice.ts';
import { Event } from './events/event.ts';
import { FlowSchema } from './flowcontrol/flowschema.ts';
import { PriorityLevelConfiguration } from './flowcontrol/prioritylevelconfiguration.ts';
import { StorageVersionV1Alpha1 } from './internal/storageversion.ts';
import { Ingress } from './networking/ingress.ts';
import { IngressClass } from './networking/ingressclass.ts';
import { IPAddress, IPAddressV1Beta1 } from './networking/ipaddress.ts';
import { NetworkPolicy } from './networking/networkpolicy.ts';
import { ServiceCIDR, ServiceCIDRV1Beta1 } from './networking/servicecidr.ts';
import { RuntimeClass } from './node/runtimeclass.ts';
import { PodDisruptionBudget } from './policy/poddisruptionbudget.ts';
import { ClusterRole } from './rbac/clusterrole.ts';
import { ClusterRoleBinding } from './rbac/clusterrolebinding.ts';
import { Role } from './rbac/role.ts';
import { RoleBinding } from './rbac/rolebinding.ts';
import { DeviceClass, DeviceClassV1Beta1, DeviceClassV1Beta2 } from './resource/deviceclass.ts';
import { DeviceTaintRuleV1Alpha3, DeviceTaintRuleV1Beta2 } from './resource/devicetaintrule.ts';
import { ResourceClaim, ResourceClaimV1Beta1, ResourceClaimV1Beta2 } from './resource/resourceclaim.ts';
import { ResourceClaimTemplate, ResourceClaimTemplateV1Beta1, ResourceClaimTemplateV1Beta2 } from './resource/resourceclaimtemplate.ts';
import { ResourcePoolStatusRequestV1Alpha3 } from './resource/resourcepoolstatusrequest.ts';
import { ResourceSlice, ResourceSliceV1Beta1, ResourceSliceV1Beta2 } from './resource/resourceslice.ts';
import { PodGroupV1Alpha2 } from './scheduling/podgroup.ts';
import { PriorityClass } from './scheduling/priorityclass.ts';
import { WorkloadV1Alpha2 } from './scheduling/workload.ts';
import { CSIDriver } from './storage/csidriver.ts';
import { CSINode } from './storage/csinode.ts';
import { CSIStorageCapacity } from './storage/csistoragecapacity.ts';
import { StorageClass } from './storage/storageclass.ts';
import { VolumeAttachment } from './storage/volumeattachment.ts';
import { VolumeAttributesClass, VolumeAttributesClassV1Beta1 } from './storage/volumeattributesclass.ts';
import { StorageVersionMigrationV1Beta1 } from './storagemigration/storageversionmigration.ts';

/** Every kind of Kubernetes 1.36, in all versions that it has, served by default or not. */
export const allKinds: readonly Kind[] = [
  Binding,
  ComponentStatus,
  ConfigMap,
  Endpoints,
  CoreEvent,
  LimitRange,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodTemplate,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyV1Alpha1,
  MutatingAdmissionPolicyV1Beta1,
  MutatingAdmissionPolicyBinding,
  MutatingAdmissionPolicyBindingV1Alpha1,
  MutatingAdmissionPolicyBindingV1Beta1,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
  CustomResourceDefinition,
  APIService,
  ControllerRevision,
  DaemonSet,
  Deployment,
  ReplicaSet,
  StatefulSet,
  SelfSubjectReview,
  TokenReview,
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerV1,
  CronJob,
  Job,
  CertificateSigningRequest,
  ClusterTrustBundleV1Alpha1,
  ClusterTrustBundleV1Beta1,
  PodCertificateRequestV1Beta1,
  Lease,
  LeaseCandidateV1Alpha2,
  LeaseCandidateV1Beta1,
  EndpointSlice,
  Event,
  FlowSchema,
  PriorityLevelConfiguration,
  StorageVersionV1Alpha1,
  Ingress,
  IngressClass,
  IPAddress,
  IPAddressV1Beta1,
  NetworkPolicy,
  ServiceCIDR,
  ServiceCIDRV1Beta1,
  RuntimeClass,
  PodDisruptionBudget,
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
  DeviceClass,
  DeviceClassV1Beta1,
  DeviceClassV1Beta2,
  DeviceTaintRuleV1Alpha3,
  DeviceTaintRuleV1Beta2,
  ResourceClaim,
  ResourceClaimV1Beta1,
  ResourceClaimV1Beta2,
  ResourceClaimTemplate,
  ResourceClaimTemplateV1Beta1,
  ResourceClaimTemplateV1Beta2,
  ResourcePoolStatusRequestV1Alpha3,
  ResourceSlice,
  ResourceSliceV1Beta1,
  ResourceSliceV1Beta2,
  PodGroupV1Alpha2,
  PriorityClass,
  WorkloadV1Alpha2,
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
  VolumeAttributesClassV1Beta1,
  StorageVersionMigrationV1Beta1,
];
