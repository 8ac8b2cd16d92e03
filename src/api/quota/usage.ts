/** What one object takes of a quota (upstream's quota evaluators): amounts by the resource names that quotas use. */
import type { PersistentVolumeClaim, Pod, Service } from '../generated/core/v1.ts';
import type { ResourceClaim } from '../generated/resource/v1.ts';
import { podLimits, podRequests } from '../kinds/core/pod-resources.ts';
import { quantityFrom } from '../kinds/core/resource-quantities.ts';
import { isExtendedResource } from '../kinds/core/resource-names.ts';
import type { Kind } from '../kind.ts';
import { groupResourceText, type KubeObject } from '../meta.ts';
import { addQuantities, quantityOf, type Quantity } from '../quantity.ts';

export type Usage = ReadonlyMap<string, Quantity>;

/** Resources that quotas named before `count/` came. */
const plainCounts: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);

export function usageOf({ group, plural }: Pick<Kind, 'group' | 'plural'>, object: KubeObject): Usage {
  const usage = new Map<string, Quantity>([[`count/${groupResourceText({ group, resource: plural })}`, quantityOf(1)]]);
  if (group === 'resource.k8s.io' && plural === 'resourceclaims') addDevices(usage, object as ResourceClaim);
  if (group !== '') return usage;
  if (plainCounts.has(plural)) usage.set(plural, quantityOf(1));
  if (plural === 'pods') addPod(usage, object as Pod);
  else if (plural === 'services') addService(usage, object as Service);
  else if (plural === 'persistentvolumeclaims') addClaim(usage, object as PersistentVolumeClaim);
  return usage;
}

/** A pod that has ended still is an object, but takes nothing. */
export const isTerminal = ({ status }: Pod): boolean => status?.phase === 'Failed' || status?.phase === 'Succeeded';

function addPod(usage: Map<string, Quantity>, pod: Pod): void {
  if (isTerminal(pod)) return;
  usage.set('pods', quantityOf(1));
  for (const [name, amount] of podRequests(pod.spec)) {
    usage.set(`requests.${name}`, amount);
    // Requests of one's own devices have no other name.
    if (!isExtendedResource(name)) usage.set(name, amount);
  }
  for (const [name, amount] of podLimits(pod.spec)) if (computeResources.has(name)) usage.set(`limits.${name}`, amount);
}

const computeResources: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

function addService(usage: Map<string, Quantity>, { spec }: Service): void {
  const ports = spec?.ports ?? [];
  if (spec?.type === 'NodePort') usage.set('services.nodeports', quantityOf(ports.length));
  if (spec?.type !== 'LoadBalancer') return;
  usage.set('services.loadbalancers', quantityOf(1));
  const isAllocating = spec.allocateLoadBalancerNodePorts !== false;
  usage.set('services.nodeports', quantityOf(isAllocating ? ports.length : ports.filter(({ nodePort }) => nodePort).length));
}

function addClaim(usage: Map<string, Quantity>, { metadata, spec }: PersistentVolumeClaim): void {
  const storage = quantityFrom(spec?.resources?.requests?.['storage']);
  usage.set('requests.storage', storage);
  const storageClass = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName;
  if (!storageClass) return;
  usage.set(`${storageClass}.storageclass.storage.k8s.io/requests.storage`, storage);
  usage.set(`${storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`, quantityOf(1));
}

/** As many as one request may get at most. */
const allDevices = 32;

/** Of alternatives counts, for each class, the one that would take most. */
function addDevices(usage: Map<string, Quantity>, { spec }: ResourceClaim): void {
  for (const { exactly, firstAvailable = [] } of spec.devices?.requests ?? []) {
    const most = new Map<string, number>();
    for (const { deviceClassName, allocationMode, count = 1 } of exactly ? [exactly] : firstAvailable) {
      const devices = allocationMode === 'All' ? allDevices : count;
      most.set(deviceClassName, Math.max(devices, most.get(deviceClassName) ?? 0));
    }
    for (const [deviceClass, devices] of most) {
      const name = `${deviceClass}.deviceclass.resource.k8s.io/devices`;
      usage.set(name, addQuantities(usage.get(name) ?? quantityOf(0), quantityOf(devices)));
    }
  }
}
