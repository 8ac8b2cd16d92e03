import type { NamespaceCondition } from '../../api/generated/core/v1.ts';

/** What one look at a namespace that is going has found. */
export interface Remains {
  /** By resource (`pods.`, `deployments.apps`): how many objects are left. */
  readonly objects: ReadonlyMap<string, number>;
  /** By finalizer: how many objects wait for it. */
  readonly finalizers: ReadonlyMap<string, number>;
  /** Deletions that failed, as sentences. */
  readonly failures: readonly string[];
}

export const nothingRemains = ({ objects, failures }: Remains): boolean => objects.size === 0 && failures.length === 0;

/** The five conditions, in upstream's order and words (namespace_conditions.go). */
export function deletionConditions(remains: Remains, known: readonly NamespaceCondition[], now: string): NamespaceCondition[] {
  const { objects, finalizers, failures } = remains;
  const found: Omit<NamespaceCondition, 'lastTransitionTime'>[] = [
    no('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
    no('NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    failures.length > 0
      ? yes(
          'NamespaceDeletionContentFailure',
          'ContentDeletionFailed',
          `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`,
        )
      : no('NamespaceDeletionContentFailure', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'),
    objects.size > 0
      ? yes(
          'NamespaceContentRemaining',
          'SomeResourcesRemain',
          `Some resources are remaining: ${counted(objects, (name, count) => `${name} has ${count} resource instances`)}`,
        )
      : no('NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'),
    finalizers.size > 0
      ? yes(
          'NamespaceFinalizersRemaining',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${counted(finalizers, (name, count) => `${name} in ${count} resource instances`)}`,
        )
      : no('NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'),
  ];
  return found.map((condition) => {
    const before = known.find((one) => one.type === condition.type);
    return { ...condition, lastTransitionTime: before?.status === condition.status ? before.lastTransitionTime : now };
  });
}

/** Do they say the same, whenever it was? */
export function sameConditions(a: readonly NamespaceCondition[], b: readonly NamespaceCondition[]): boolean {
  const said = (conditions: readonly NamespaceCondition[]) =>
    conditions.map(({ type, status, reason, message }) => [type, status, reason, message]);
  return JSON.stringify(said(a)) === JSON.stringify(said(b));
}

const yes = (type: string, reason: string, message: string) => ({ type, status: 'True', reason, message });
const no = (type: string, reason: string, message: string) => ({ type, status: 'False', reason, message });

const counted = (counts: ReadonlyMap<string, number>, phrase: (name: string, count: number) => string): string =>
  [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => phrase(name, count))
    .join(', ');
