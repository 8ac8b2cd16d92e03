import assert from 'node:assert/strict';
import type { Kind } from '../../src/api/kind.ts';
import { apiVersionOf, type KubeObject } from '../../src/api/meta.ts';
import { refOf } from '../../src/client/typed-client.ts';
import { refused, until, type Bed, type Fields } from './bed.ts';

export interface Operations<O extends KubeObject> {
  readonly kind: Kind<O>;
  /** Where namespaced objects go. */
  readonly namespace?: string;
  /** A good object; its name and labels are filled in. */
  readonly make: (index: number) => Partial<O>;
  /** A change of what is desired, for kinds whose objects may change at all; an annotation when absent. */
  readonly change?: (object: O) => O;
  /** Two statuses, for kinds that have one: the first is patched in, the second put. */
  readonly status?: readonly [first: unknown, second: unknown];
}

/**
 * What "should support … API operations" means for any kind: its place in discovery, then create, get,
 * list, watch, patch, update, status, delete and deletecollection, with a watch that saw it all.
 */
export async function exercise<O extends KubeObject>(bed: Bed, operations: Operations<O>): Promise<void> {
  const { kind } = operations;
  await findInDiscovery(bed, kind, operations.status !== undefined);
  const { client } = bed;
  const label = `exercise-${kind.plural}`;
  const selector = { labelSelector: `exercise=${label}` };
  const within = kind.namespaced ? { namespace: operations.namespace! } : {};
  const made: O[] = [];
  for (const index of [0, 1, 2]) {
    const { metadata, ...rest } = operations.make(index);
    const labels = { ...metadata?.labels, exercise: label };
    const object = { ...rest, metadata: { name: `${label}-${index}`, ...metadata, ...within, labels } };
    made.push(await client.create(kind, object as unknown as O));
    await refused(client.create(kind, object as unknown as O), 409, 'already exists');
  }
  const at = { ...within, name: made[0]!.metadata.name! };

  const list = await client.list(kind, within, selector);
  assert.equal(list.items.length, 3);
  assert.equal((await client.list(kind, {}, selector)).items.length, 3);
  const got = await client.get(kind, at);
  assert.equal(got.metadata.uid, made[0]!.metadata.uid);
  assert.equal(got.kind, kind.kind);
  assert.equal(got.apiVersion, apiVersionOf(kind));

  using watch = bed.watch(kind, within, { ...selector, resourceVersion: list.metadata.resourceVersion });
  const patched = await client.patch(kind, at, 'merge', { metadata: { annotations: { patched: 'true' } } });
  assert.equal(patched.metadata.annotations?.['patched'], 'true');
  const updated = await bed.change(kind, at, (object) => {
    const next = operations.change?.(object) ?? object;
    return { ...next, metadata: { ...next.metadata, annotations: { ...next.metadata.annotations, updated: 'true' } } };
  });
  assert.equal(updated.metadata.annotations?.['updated'], 'true');
  await refused(client.update(kind, { ...patched, metadata: { ...patched.metadata, labels: {} } }), 409, 'the object has been modified');
  for (const name of ['patched', 'updated'])
    await watch.find(({ type, object }) => type === 'MODIFIED' && object.metadata.annotations?.[name] === 'true');

  if (operations.status) await exerciseStatus(bed, kind, at, operations.status);

  await client.delete(kind, at);
  await client.deleteCollection(kind, within, {}, selector);
  await until(async () => (await client.list(kind, within, selector)).items.length === 0);
  const gone = new Set<string>();
  while (gone.size < 3) gone.add((await watch.find(({ type }) => type === 'DELETED')).object.metadata.name!);
}

/**
 * The status subresource: patched, put, and seen by a watch; the rest of the object is not touched by it.
 * What it says later is its controller's affair.
 */
async function exerciseStatus<O extends KubeObject>(
  bed: Bed,
  kind: Kind<O>,
  at: { readonly namespace?: string; readonly name: string },
  [first, second]: readonly [unknown, unknown],
): Promise<void> {
  type WithStatus = O & { readonly status: object };
  const before = (await bed.client.getSub<O>({ ...refOf(kind, at), subresource: 'status' })).metadata;
  using watch = bed.watch(kind, at.namespace === undefined ? {} : { namespace: at.namespace }, { resourceVersion: before.resourceVersion });
  const patch = { metadata: { annotations: { patchedstatus: 'true' } }, status: first };
  const patched = (await bed.client.patch(kind, at, 'merge', patch, { subresource: 'status' })) as WithStatus;
  contains(patched.status, first);
  const putIn = (object: O): O => ({ ...object, status: { ...(object as WithStatus).status, ...(second as object) } });
  const put = (await bed.change(kind, at, putIn, 'status')) as WithStatus;
  contains(put.status, second);
  for (const { metadata } of [patched, put])
    assert.deepEqual([metadata.generation, metadata.uid], [before.generation, before.uid], 'a status is no change of what is desired');
  // A status that is put as it was is no change.
  for (const version of new Set([patched, put].map(({ metadata }) => metadata.resourceVersion)))
    await watch.find(({ type, object }) => type === 'MODIFIED' && object.metadata.resourceVersion === version);
}

/** Everything that is expected is there, whatever else is. */
export function contains(actual: unknown, expected: unknown): void {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return assert.deepEqual(actual, expected);
  for (const [name, value] of Object.entries(expected)) contains((actual as Fields)[name], value);
}

/** The group is in /apis, the version in the group, the resource in the version. */
export async function findInDiscovery(
  bed: Bed,
  kind: Pick<Kind, 'group' | 'version' | 'plural' | 'verbs'>,
  withStatus: boolean,
): Promise<void> {
  const version = apiVersionOf(kind);
  if (kind.group !== '') {
    const groups = (await bed.json('/apis'))['groups'] as unknown as { name: string; versions: { groupVersion: string }[] }[];
    const group = groups.find(({ name }) => name === kind.group);
    assert.ok(
      group?.versions.some(({ groupVersion }) => groupVersion === version),
      `${version} is not in /apis`,
    );
    const versions = (await bed.json(`/apis/${kind.group}`))['versions'] as unknown as { groupVersion: string }[];
    assert.ok(
      versions.some(({ groupVersion }) => groupVersion === version),
      `${version} is not in its group`,
    );
  }
  const path = kind.group === '' ? `/api/${kind.version}` : `/apis/${version}`;
  const resources = (await bed.json(path))['resources'] as unknown as { name: string; verbs: string[] }[];
  assert.deepEqual(resources.find(({ name }) => name === kind.plural)?.verbs.toSorted(), [...kind.verbs].toSorted());
  if (withStatus) assert.ok(resources.some(({ name }) => name === `${kind.plural}/status`));
}
