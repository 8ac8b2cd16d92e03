import { ApiError, isNotFound } from '../../api/errors.ts';
import type { Namespace as NamespaceObject } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { defineController, type Context, type Controller } from '../../client/controller.ts';
import { deletionConditions, nothingRemains, sameConditions, type Remains } from './conditions.ts';

/** How soon to look again while something is left that goes by itself; upstream estimates by pods' grace, at most this often. */
const lookAgainMs = 1000;

/**
 * Empties namespaces that are going, then lets them go: deletes every object in them (pods first, as
 * OrderedNamespaceDeletion has it), says what is left in the status, and takes the finalizer
 * `kubernetes` off when nothing is. `contents` are the kinds that can be listed and deleted.
 */
export function namespaceController(contents: () => readonly Kind[]): Controller {
  return defineController({
    name: 'namespace-controller',
    for: Namespace,
    workers: 10,
    async reconcile(namespace, context) {
      if (!namespace.metadata.deletionTimestamp || !namespace.spec?.finalizers?.includes('kubernetes')) return;
      const remains = await empty(namespace.metadata.name!, contents(), context);
      const current = await reportRemains(namespace, remains, context);
      if (!current) return;
      if (!nothingRemains(remains)) return { requeueAfterMs: lookAgainMs };
      await finalize(current, context);
    },
  });
}

async function empty(namespace: string, contents: readonly Kind[], context: Context): Promise<Remains> {
  const objects = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const failures: string[] = [];
  for (const group of [contents.filter(isPod), contents.filter((kind) => !isPod(kind))]) {
    // Nothing that a pod may need on its way out goes before the pods have gone.
    if (objects.size > 0) break;
    await Promise.all(group.map((kind) => emptyOf(kind, namespace, context, { objects, finalizers, failures })));
  }
  return { objects, finalizers, failures };
}

const isPod = ({ group, kind }: Kind): boolean => group === '' && kind === 'Pod';

interface Tally {
  readonly objects: Map<string, number>;
  readonly finalizers: Map<string, number>;
  readonly failures: string[];
}

async function emptyOf(kind: Kind, namespace: string, { client }: Context, { objects, finalizers, failures }: Tally): Promise<void> {
  try {
    const before = await client.list(kind, { namespace });
    if (before.items.length === 0) return;
    if (kind.verbs.includes('deletecollection')) await client.deleteCollection(kind, { namespace }, { propagationPolicy: 'Background' });
    else
      for (const item of before.items)
        await client.delete(kind, { namespace, name: item.metadata.name! }, { propagationPolicy: 'Background' });
    const { items } = await client.list(kind, { namespace });
    if (items.length > 0) objects.set(`${kind.plural}.${kind.group}`, items.length);
    for (const finalizer of items.flatMap((item) => item.metadata.finalizers ?? []))
      finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  } catch (error) {
    if (isNotFound(error)) return;
    if (!(error instanceof ApiError)) throw error;
    failures.push(error.message);
  }
}

/** The namespace as it is now; undefined when it has gone meanwhile. */
async function reportRemains(namespace: NamespaceObject, remains: Remains, { client, env }: Context): Promise<NamespaceObject | undefined> {
  const known = namespace.status?.conditions ?? [];
  const now = new Date(env.clock.now()).toISOString().replace(/\.\d+/, '');
  const conditions = deletionConditions(remains, known, now);
  if (sameConditions(conditions, known)) return namespace;
  try {
    return await client.updateStatus(Namespace, { ...namespace, status: { ...namespace.status, phase: 'Terminating', conditions } });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function finalize(namespace: NamespaceObject, { client }: Context): Promise<void> {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes');
  const released: NamespaceObject = { ...namespace, spec: { ...namespace.spec, finalizers } };
  const { group, version, plural: resource } = Namespace;
  await client.updateSub({ group, version, resource, name: namespace.metadata.name, subresource: 'finalize' }, released);
}
