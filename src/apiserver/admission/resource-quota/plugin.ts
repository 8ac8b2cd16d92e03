import type { Clock } from '../../../base/clock.ts';
import type { Pod, ResourceQuota as ResourceQuotaType } from '../../../api/generated/core/v1.ts';
import { resourceEntries } from '../../../api/kinds/core/resource-quantities.ts';
import { ResourceQuota } from '../../../api/kinds/core/resourcequota.ts';
import type { KubeObject } from '../../../api/meta.ts';
import { addQuantities, compareQuantities, quantityOf, quantityText, subtractQuantities, type Quantity } from '../../../api/quantity.ts';
import type { AdmissionPlugin, AdmissionRequest, ObjectReader } from '../../ports.ts';
import { refused } from '../request.ts';
import { missingConstraints } from './constraints.ts';
import { Promises } from './promises.ts';
import { matchesScopes } from '../../../api/quota/scopes.ts';
import { Turns } from './turns.ts';
import { usageOf, type Usage } from '../../../api/quota/usage.ts';

/**
 * Refuses what would go over a namespace's quotas. It counts what is stored each time, from memory,
 * rather than going by a status that a controller writes: no quota is ever unknown. Source of rules
 * and sentences: Kubernetes' apiserver/pkg/admission/plugin/resourcequota.
 */
export function resourceQuotaAdmission(reader: ObjectReader, clock: Clock): AdmissionPlugin {
  const counting = { reader, promises: new Promises(clock) };
  const turns = new Turns();
  return {
    name: 'ResourceQuota',
    async validate(request) {
      const { namespace, subresource, object, operation } = request;
      const isWrite = operation === 'CREATE' || operation === 'UPDATE';
      const isCounted = !subresource || (subresource === 'resize' && request.kind.plural === 'pods');
      if (!isWrite || !namespace || !object || !isCounted) return;
      const quotas = await reader.list(ResourceQuota, namespace);
      if (quotas.length > 0) await turns.take(namespace, () => admit(counting, request, quotas.toSorted(byName)));
    },
  };
}

async function admit(counting: Counting, request: AdmissionRequest, quotas: readonly ResourceQuotaType[]): Promise<void> {
  for (const quota of quotas) await check(counting, request, quota);
  if (request.operation !== 'CREATE' || request.dryRun) return;
  const object = request.object as KubeObject;
  counting.promises.add(request.kind, { ...object, metadata: { ...object.metadata, namespace: request.namespace! } });
}

const byName = (one: KubeObject, other: KubeObject): number => ((one.metadata.name ?? '') < (other.metadata.name ?? '') ? -1 : 1);

interface Counting {
  readonly reader: ObjectReader;
  readonly promises: Promises;
}

async function check(counting: Counting, request: AdmissionRequest, quota: ResourceQuotaType): Promise<void> {
  const object = request.object as KubeObject;
  const isPod = request.kind.group === '' && request.kind.plural === 'pods';
  const hard = new Map(resourceEntries(quota.spec?.hard));
  if (!matchesScopes(quota.spec ?? {}, request.kind, object)) return;
  const name = quota.metadata.name ?? '';
  const missing = isPod && request.operation === 'CREATE' ? missingConstraints([...hard.keys()], object as Pod) : '';
  if (missing !== '') throw refused(request, `failed quota: ${name}: must specify ${missing}`);
  const requested = increase(usageOf(request.kind, object), request.old && usageOf(request.kind, request.old), hard);
  if (requested.size === 0) return;
  const used = await countUsed(counting, request, quota, requested);
  const exceeded = [...requested].filter(([resource, amount]) => {
    return compareQuantities(addQuantities(used.get(resource)!, amount), hard.get(resource)!) > 0;
  });
  if (exceeded.length === 0) return;
  const names = exceeded.map(([resource]) => resource);
  const parts = [`requested: ${amounts(names, requested)}`, `used: ${amounts(names, used)}`, `limited: ${amounts(names, hard)}`];
  throw refused(request, `exceeded quota: ${name}, ${parts.join(', ')}`);
}

/** What the write adds, of what the quota limits. */
function increase(next: Usage, old: Usage | undefined, hard: Usage): Map<string, Quantity> {
  const added = new Map<string, Quantity>();
  for (const [resource, amount] of next) {
    if (!hard.has(resource)) continue;
    const before = old?.get(resource);
    const more = before ? subtractQuantities(amount, before) : amount;
    if (compareQuantities(more, quantityOf(0)) > 0) added.set(resource, more);
  }
  return added;
}

async function countUsed(
  { reader, promises }: Counting,
  request: AdmissionRequest,
  quota: ResourceQuotaType,
  wanted: Usage,
): Promise<Map<string, Quantity>> {
  const { kind, namespace = '' } = request;
  const used = new Map([...wanted.keys()].map((resource) => [resource, quantityOf(0)]));
  const stored = await reader.list(kind, namespace);
  for (const object of [...stored, ...promises.beyond(kind, namespace, stored)]) {
    if (!matchesScopes(quota.spec ?? {}, kind, object)) continue;
    for (const [resource, amount] of usageOf(kind, object)) {
      const before = used.get(resource);
      if (before) used.set(resource, addQuantities(before, amount));
    }
  }
  return used;
}

const amounts = (names: readonly string[], of: Usage): string =>
  [...names]
    .sort()
    .map((name) => `${name}=${quantityText(of.get(name)!)}`)
    .join(',');
