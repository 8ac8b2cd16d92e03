import type { Kind } from '../api/kind.ts';
import { certificateSigningRequestControllers } from './certificate-signing-request/descriptors.ts';
import { clusterRoleAggregationController } from './cluster-role-aggregation/controller.ts';
import { loops, type ControllerDescriptor } from './descriptor.ts';
import { deploymentController } from './deployment/controller.ts';
import { budgetController } from './disruption/controller.ts';
import { guardedPodsController } from './disruption/guarded-pods.ts';
import { endpointsController } from './endpoints/controller.ts';
import { endpointSliceMirroringController } from './endpointslice-mirroring/controller.ts';
import { endpointSliceController } from './endpointslice/controller.ts';
import { ephemeralVolumeController } from './ephemeral-volume/controller.ts';
import { garbageCollector } from './garbage-collector/descriptor.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeIpamController } from './node-ipam/controller.ts';
import { nodeLifecycleController } from './node-lifecycle/controller.ts';
import { replicaSetController } from './replicaset/controller.ts';
import { replicationControllerController } from './replication/controller.ts';
import { ttlController } from './node-ttl/controller.ts';
import { persistentVolumeBinder } from './persistent-volume-binder/descriptor.ts';
import { claimProtectionController } from './persistent-volume-claim-protection/controller.ts';
import { volumeProtectionController } from './persistent-volume-protection/controller.ts';
import { resourceQuotaController } from './resource-quota/controller.ts';
import { rootCaPublisher } from './root-ca-publisher/controller.ts';
import { daemonSetController } from './daemonset/controller.ts';
import { statefulSetController } from './statefulset/controller.ts';
import { serviceAccountController } from './service-account/controller.ts';
import { serviceAccountTokenDescriptor } from './service-account-token/controller.ts';
import { podGarbageCollector } from './pod-garbage-collector/collector.ts';
import { ttlAfterFinishedController } from './ttl-after-finished/controller.ts';
import { taintEvictionController } from './taint-eviction/controller.ts';
import { jobController } from './job/controller.ts';
import { orphanFinalizersController } from './job/orphan-finalizers.ts';
import { cronJobController } from './cronjob/controller.ts';
import { autoscalerController } from './horizontal-pod-autoscaler/controller.ts';
import { resourceMetricsApi } from './horizontal-pod-autoscaler/resource-metrics.ts';

/** kube-controller-manager's controllers, each under its own name and with its own rights. */
export const allControllers: readonly ControllerDescriptor[] = [
  garbageCollector,
  loops('namespace-controller', 'namespace-controller', ({ kinds }) => [namespaceController(() => kinds().filter(isContent))]),
  loops('serviceaccount-controller', 'service-account-controller', () => [serviceAccountController]),
  serviceAccountTokenDescriptor,
  loops('root-ca-certificate-publisher-controller', 'root-ca-cert-publisher', ({ flags }) => [rootCaPublisher(flags.rootCaPem)]),
  loops('replicationcontroller-controller', 'replication-controller', () => [replicationControllerController()]),
  loops('deployment-controller', 'deployment-controller', () => [deploymentController]),
  loops('replicaset-controller', 'replicaset-controller', () => [replicaSetController()]),
  loops('disruption-controller', 'disruption-controller', ({ kinds }) => [budgetController(kinds), guardedPodsController]),
  resourceQuotaController,
  loops('clusterrole-aggregation-controller', 'clusterrole-aggregation-controller', () => [clusterRoleAggregationController]),
  ...certificateSigningRequestControllers,
  ttlController,
  nodeIpamController,
  nodeLifecycleController,
  persistentVolumeBinder,
  loops('persistentvolume-protection-controller', 'pv-protection-controller', () => [volumeProtectionController]),
  loops('persistentvolumeclaim-protection-controller', 'pvc-protection-controller', () => [claimProtectionController()]),
  loops('ephemeral-volume-controller', 'ephemeral-volume-controller', () => [ephemeralVolumeController]),
  taintEvictionController,
  podGarbageCollector,
  loops('ttl-after-finished-controller', 'ttl-after-finished-controller', () => [ttlAfterFinishedController]),
  loops('daemonset-controller', 'daemon-set-controller', () => [daemonSetController()]),
  loops('statefulset-controller', 'statefulset-controller', () => [statefulSetController]),
  loops('endpoints-controller', 'endpoint-controller', ({ informers }) => [endpointsController(informers)]),
  loops('endpointslice-controller', 'endpointslice-controller', ({ informers, flags }) => [
    endpointSliceController({ informers, maxEndpoints: flags.maxEndpointsPerSlice }),
  ]),
  loops('endpointslice-mirroring-controller', 'endpointslicemirroring-controller', ({ flags }) => [
    endpointSliceMirroringController({ maxPerSubset: flags.mirroringMaxEndpointsPerSubset }),
  ]),
  loops('job-controller', 'job-controller', () => [jobController(), orphanFinalizersController]),
  loops('cronjob-controller', 'cronjob-controller', () => [cronJobController()]),
  loops('horizontal-pod-autoscaler-controller', 'horizontal-pod-autoscaler', ({ kinds, client, flags }) => [
    autoscalerController({ kinds, metrics: resourceMetricsApi(client), flags }),
  ]),
];

/** What a namespace may hold and can be emptied of. */
const isContent = ({ namespaced, verbs }: Kind): boolean => namespaced && verbs.includes('list') && verbs.includes('delete');
