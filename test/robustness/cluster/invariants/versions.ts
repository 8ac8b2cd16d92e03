import type { KubeObject } from '../../../../src/api/meta.ts';
import type { Invariant } from '../invariant.ts';
import { nameOf, type Change } from '../model.ts';

/** What holds for every object alike. */
export class VersionsGoForward implements Invariant {
  readonly name = 'versions and generations go forward, and no status is ahead of its spec';
  looked = 0;
  #revision = 0;

  see({ before, after, revision }: Change): string | undefined {
    this.looked++;
    const last = this.#revision;
    this.#revision = revision;
    if (revision < last) return `revision ${revision} came after ${last}`;
    if (!after) return undefined;
    const wrong = (before && changedWrongly(before, after)) ?? statedWrongly(after);
    return wrong && `${after.kind} ${nameOf(after)}: ${wrong}`;
  }
}

function changedWrongly(before: KubeObject, after: KubeObject): string | undefined {
  const [was, is] = [before.metadata, after.metadata];
  if (was.uid !== is.uid) return `its uid went from ${was.uid} to ${is.uid}`;
  if (was.creationTimestamp !== is.creationTimestamp) return 'its time of creation changed';
  if (was.deletionTimestamp !== undefined && is.deletionTimestamp === undefined) return 'its deletion was undone';
  const grown = (is.generation ?? 0) - (was.generation ?? 0);
  if (grown < 0 || grown > 1) return `its generation went from ${was.generation} to ${is.generation}`;
  if (grown === 1 && isSameDesire(before, after)) return 'its generation grew, and nothing else was asked for';
  if (grown === 0 && is.generation !== undefined && specOf(before) !== specOf(after)) return 'its spec changed, and its generation did not';
  return undefined;
}

const isSameDesire = (before: KubeObject, after: KubeObject): boolean =>
  JSON.stringify([before.metadata.annotations, before.metadata.deletionTimestamp, specOf(before)]) ===
  JSON.stringify([after.metadata.annotations, after.metadata.deletionTimestamp, specOf(after)]);

/** All that is neither metadata nor status, as text; '' for kinds whose generation upstream counts by rules of their own. */
function specOf(object: KubeObject): string {
  if (uncounted.has(object.kind ?? '')) return '';
  const { metadata: _metadata, status: _status, ...rest } = object as KubeObject & { readonly status?: unknown };
  return JSON.stringify(rest);
}

const uncounted: ReadonlySet<string> = new Set(['Pod', 'Namespace', 'Node']);

function statedWrongly(object: KubeObject): string | undefined {
  const { status } = object as { status?: { observedGeneration?: number } };
  const [observed, generation] = [status?.observedGeneration, object.metadata.generation];
  if (observed === undefined || generation === undefined || observed <= generation) return undefined;
  return `its status is of generation ${observed}, and it is at ${generation}`;
}
