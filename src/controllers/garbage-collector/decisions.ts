import type { OwnerReference } from '../../api/meta.ts';
import { awaitsDependents, blocks, foreground, orphan, type Node } from './graph.ts';

/** An owner that a node names, and what became of it. */
export interface Owner {
  readonly reference: OwnerReference;
  readonly state: OwnerState;
}

/** `solid` keeps its dependents alive; `going` waits for them to go; `absent` does not exist. */
export type OwnerState = 'solid' | 'going' | 'absent';

export type Verdict =
  | { readonly do: 'nothing' }
  /** Some owner lives; the others are forgotten. */
  | { readonly do: 'forget-owners'; readonly uids: readonly string[] }
  | {
      readonly do: 'delete';
      readonly propagation: 'Background' | 'Foreground' | 'Orphan';
      /** First let go of the owners that it blocks: they may wait for it in a circle. */
      readonly unblock?: true;
    };

export const ownerState = (owner: Node | undefined): OwnerState =>
  owner === undefined ? 'absent' : awaitsDependents(owner) ? 'going' : 'solid';

/** What is to become of an object with owners. Source: upstream's attemptToDeleteItem. */
export function judge(node: Node, owners: readonly Owner[], dependents: readonly Node[]): Verdict {
  if (owners.length === 0 || (node.deleting && !awaitsDependents(node))) return { do: 'nothing' };
  const gone = owners.filter(({ state }) => state !== 'solid').map(({ reference }) => reference.uid);
  if (gone.length === 0) return { do: 'nothing' };
  if (gone.length < owners.length) return { do: 'forget-owners', uids: gone };
  if (node.deleting) return { do: 'nothing' };
  // An owner waits for us, and others wait for nothing if our own dependents do not block us.
  if (owners.some(({ state }) => state === 'going') && dependents.length > 0)
    return { do: 'delete', propagation: 'Foreground', ...(dependents.some(awaitsDependents) && { unblock: true }) };
  return {
    do: 'delete',
    propagation: node.finalizers.includes(orphan) ? 'Orphan' : node.finalizers.includes(foreground) ? 'Foreground' : 'Background',
  };
}

/** Those of a going node's dependents that it has to wait for. */
export const blockers = (node: Node, dependents: readonly Node[]): Node[] => dependents.filter((dependent) => blocks(dependent, node.uid));
