import type { Kind } from '../api/kind.ts';
import { loops, type ControllerDescriptor } from './descriptor.ts';
import { budgetController } from './disruption/controller.ts';
import { guardedPodsController } from './disruption/guarded-pods.ts';
import { garbageCollector } from './garbage-collector/descriptor.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeLifecycleController } from './node-lifecycle/controller.ts';
import { rootCaPublisher } from './root-ca-publisher/controller.ts';
import { serviceAccountController } from './service-account/controller.ts';
import { podGarbageCollector } from './pod-garbage-collector/collector.ts';
import { ttlAfterFinishedController } from './ttl-after-finished/controller.ts';
import { taintEvictionController } from './taint-eviction/controller.ts';

/** kube-controller-manager's controllers, each under its own name and with its own rights. */
export const allControllers: readonly ControllerDescriptor[] = [
  garbageCollector,
  loops('namespace-controller', 'namespace-controller', ({ kinds }) => [namespaceController(() => kinds().filter(isContent))]),
  loops('serviceaccount-controller', 'service-account-controller', () => [serviceAccountController]),
  loops('root-ca-certificate-publisher-controller', 'root-ca-cert-publisher', ({ flags }) => [rootCaPublisher(flags.rootCaPem)]),
  loops('disruption-controller', 'disruption-controller', ({ kinds }) => [budgetController(kinds), guardedPodsController]),
  nodeLifecycleController,
  taintEvictionController,
  podGarbageCollector,
  loops('ttl-after-finished-controller', 'ttl-after-finished-controller', () => [ttlAfterFinishedController]),
];

/** What a namespace may hold and can be emptied of. */
const isContent = ({ namespaced, verbs }: Kind): boolean => namespaced && verbs.includes('list') && verbs.includes('delete');
