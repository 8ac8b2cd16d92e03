import { notSupported, type FieldError } from '../../field-error.ts';
import { validateText } from '../../validation/field-checks.ts';
import { qualifiedName } from '../../validation/names.ts';

const strategies = ['OldestEmulationVersion'];

/** How a leader is chosen among candidates: Kubernetes' own way, or a name with a domain. The path's second `strategy` is upstream's. */
export function validateLeaseStrategy(strategy: string, path: string): FieldError[] {
  if (strategy.includes('/')) return validateText(strategy, `${path}.strategy`, qualifiedName);
  return strategies.includes(strategy) ? [] : [notSupported(`${path}.strategy`, strategy, strategies)];
}
