import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allKinds } from '../api/kinds/all.ts';
import { allControllers } from './all.ts';

/** Components that keep statuses beside the controllers here. */
const others = ['kubelet', 'kube-scheduler', 'kube-apiserver'] as const;

/** Who keeps the status of each kind that has one, or why nobody does. */
const statusOwners: Readonly<Record<string, string | { readonly passive: string }>> = {
  Namespace: 'namespace-controller',
  Node: 'kubelet',
  PersistentVolume: 'persistentvolume-binder-controller',
  PersistentVolumeClaim: 'persistentvolume-binder-controller',
  Pod: 'kubelet',
  ReplicationController: 'replicationcontroller-controller',
  ResourceQuota: 'resourcequota-controller',
  DaemonSet: 'daemonset-controller',
  Deployment: 'deployment-controller',
  ReplicaSet: 'replicaset-controller',
  StatefulSet: 'statefulset-controller',
  HorizontalPodAutoscaler: 'horizontal-pod-autoscaler-controller',
  CronJob: 'cronjob-controller',
  Job: 'job-controller',
  CertificateSigningRequest: 'certificatesigningrequest-signing-controller',
  PodDisruptionBudget: 'disruption-controller',
  CustomResourceDefinition: 'kube-apiserver',
  Service: { passive: 'load balancers give addresses, and none is there yet' },
  Ingress: { passive: 'ingress controllers do, which people bring' },
  VolumeAttachment: { passive: 'CSI drivers do, which people bring' },
  APIService: { passive: 'whoever registers an API says that it is available: servers of their own are not asked yet' },
  ValidatingAdmissionPolicy: { passive: 'its expressions are not checked yet' },
  FlowSchema: { passive: 'calls are limited by their number alone' },
  PriorityLevelConfiguration: { passive: 'calls are limited by their number alone' },
  ServiceCIDR: { passive: 'the range of services is a flag of the API server' },
  ResourceClaim: { passive: 'devices are not allocated yet' },
  DeviceTaintRule: { passive: 'devices are not allocated yet' },
  ResourcePoolStatusRequest: { passive: 'devices are not allocated yet' },
  PodGroup: { passive: 'pods are scheduled one by one' },
  PodCertificateRequest: { passive: 'signers do, which people bring' },
  StorageVersion: { passive: 'there is one API server, which stores in one version' },
  StorageVersionMigration: { passive: 'there is one API server, which stores in one version' },
};

test('whoever keeps the status of a kind is named, or why nobody does', () => {
  const withStatus = new Set(allKinds.filter(({ subresources }) => subresources.status).map(({ kind }) => kind));
  assert.deepEqual(Object.keys(statusOwners).toSorted(), [...withStatus].toSorted());
});

test('every controller that is named is there', () => {
  const there = new Set<string>([...others, ...allControllers.map(({ name }) => name)]);
  for (const [kind, owner] of Object.entries(statusOwners)) if (typeof owner === 'string') assert.ok(there.has(owner), `${kind}: ${owner}`);
});
