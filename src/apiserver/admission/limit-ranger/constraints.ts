/** One bound of a LimitRange against one container, pod or claim; each answers with upstream's sentence, or undefined. */
import type { ResourceList } from '../../../api/kinds/core/resource-quantities.ts';
import { quantityFrom } from '../../../api/kinds/core/resource-quantities.ts';
import { compareQuantities, isZeroQuantity, quantityText, milliValue, type Quantity } from '../../../api/quantity.ts';

export interface Usage {
  readonly requests: ReadonlyMap<string, Quantity>;
  readonly limits: ReadonlyMap<string, Quantity>;
}

interface Bound {
  readonly resource: string;
  readonly enforced: Quantity;
  /** `Container`, `Pod`, `PersistentVolumeClaim`. */
  readonly per: string;
}

type Constraint = (bound: Bound, usage: Usage) => string | undefined;

/** Applies the constraint to each resource of the list. */
export const violations = (list: ResourceList | undefined, per: string, usage: Usage, constraint: Constraint): string[] =>
  Object.entries(list ?? {}).flatMap(([resource, written]) => constraint({ resource, enforced: quantityFrom(written), per }, usage) ?? []);

const isLess = (one: Quantity, other: Quantity): boolean => compareQuantities(one, other) < 0;

export const minimum: Constraint = ({ resource, enforced, per }, { requests, limits }) => {
  const [request, limit] = [requests.get(resource), limits.get(resource)];
  const start = `minimum ${resource} usage per ${per} is ${quantityText(enforced)}`;
  if (!request) return `${start}.  No request is specified`;
  if (isLess(request, enforced)) return `${start}, but request is ${quantityText(request)}`;
  return limit && isLess(limit, enforced) ? `${start}, but limit is ${quantityText(limit)}` : undefined;
};

export const maximum: Constraint = ({ resource, enforced, per }, { requests, limits }) => {
  const [request, limit] = [requests.get(resource), limits.get(resource)];
  const start = `maximum ${resource} usage per ${per} is ${quantityText(enforced)}`;
  if (!limit) return `${start}.  No limit is specified`;
  if (isLess(enforced, limit)) return `${start}, but limit is ${quantityText(limit)}`;
  return request && isLess(enforced, request) ? `${start}, but request is ${quantityText(request)}` : undefined;
};

/** Claims have requests alone. */
export const maximumRequest: Constraint = ({ resource, enforced, per }, { requests }) => {
  const request = requests.get(resource);
  const start = `maximum ${resource} usage per ${per} is ${quantityText(enforced)}`;
  if (!request) return `${start}.  No request is specified`;
  return isLess(enforced, request) ? `${start}, but request is ${quantityText(request)}` : undefined;
};

export const limitRequestRatio: Constraint = ({ resource, enforced, per }, { requests, limits }) => {
  const [request, limit] = [requests.get(resource), limits.get(resource)];
  const start = `${resource} max limit to request ratio per ${per} is ${quantityText(enforced)}, but`;
  if (!request || isZeroQuantity(request)) return `${start} no request is specified or request is 0`;
  if (!limit || isZeroQuantity(limit)) return `${start} no limit is specified or limit is 0`;
  const ratio = milliValue(limit) / milliValue(request);
  return ratio * 1000 > milliValue(enforced) ? `${start} provided ratio is ${ratio.toFixed(6)}` : undefined;
};
