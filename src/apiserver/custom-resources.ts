import type { User } from '../api/call.ts';
import { forbiddenFor } from '../api/errors.ts';
import type { CustomResourceDefinition as Definition } from '../api/generated/apiextensions/v1.ts';
import type { Kind } from '../api/kind.ts';
import { kindFromCrd } from '../api/kind-from-crd.ts';
import { CustomResourceDefinition } from '../api/kinds/apiextensions/customresourcedefinition.ts';
import { isTrue } from '../api/kinds/conditions.ts';
import type { KindRegistry } from '../api/registry.ts';
import { semanticallyEqual } from '../api/semantic-equality.ts';
import { follow } from './cache/follow.ts';
import type { AdmissionPlugin } from './ports.ts';
import { Admission } from './registry/admission.ts';
import { deleteCollection } from './registry/delete-collection.ts';
import type { WriteDeps } from './registry/write-deps.ts';
import { rangeOf } from './storage/keys.ts';
import type { Storages } from './storage/storages.ts';

export interface CustomResourcesOptions {
  /** The kinds without any custom one. */
  readonly builtIn: KindRegistry;
  readonly storages: Storages;
  /** Told of definitions that cannot be served, which validation should have kept out. */
  readonly onUnusable: (definition: string, error: unknown) => void;
}

/** A definition, and the kinds that it stands for: none before its names are accepted. */
interface Known {
  readonly definition: Definition;
  readonly kinds: readonly Kind[];
}

/**
 * The kinds that this server has: the built-in ones, and those of custom resource definitions. It
 * follows the definitions, so that what a write of one was answered with holds for the next call. A
 * change of a definition's spec or names makes new kinds, and the storages are made anew.
 */
export class CustomResources {
  readonly #options: CustomResourcesOptions;
  readonly #known = new Map<string, Known>();
  #kinds: KindRegistry;
  #started = false;

  constructor(options: CustomResourcesOptions) {
    this.#options = options;
    this.#kinds = options.builtIn;
  }

  readonly kinds = (): KindRegistry => this.#kinds;

  /** Resolves once all definitions there are are served. */
  async start(): Promise<void> {
    const { storages } = this.#options;
    await follow(
      (kind) => storages.of(kind).cache,
      CustomResourceDefinition,
      (isThere, definition) => this.#change(isThere, definition),
    );
    this.#started = true;
    this.#publish();
  }

  /** The kind as which a definition's objects are stored; undefined where it is not, or not yet, served. */
  storedKind(definition: string): Kind | undefined {
    return this.#known.get(definition)?.kinds.find((kind) => !kind.storage);
  }

  /** Refuses new objects of what is being deleted: they would never go. */
  readonly admission: AdmissionPlugin = {
    name: 'CustomResourceDefinitionTerminating',
    mutate: ({ operation, kind, name }) => {
      if (operation !== 'CREATE' || !kind.publishedSchema) return;
      const definition = this.#known.get(`${kind.plural}.${kind.group}`)?.definition;
      if (!definition?.metadata.deletionTimestamp && !isTrue(definition?.status?.conditions, 'Terminating')) return;
      throw forbiddenFor(
        { group: kind.group, resource: kind.plural },
        name,
        'create not allowed while custom resource definition is terminating',
      );
    },
  };

  #change(isThere: boolean, definition: Definition): void {
    const name = definition.metadata.name!;
    const before = this.#known.get(name);
    if (!isThere) this.#known.delete(name);
    else if (before && saysTheSame(before.definition, definition)) this.#known.set(name, { definition, kinds: before.kinds });
    else this.#known.set(name, { definition, kinds: this.#kindsOf(definition) });
    const isNews = (before?.kinds ?? none) !== (this.#known.get(name)?.kinds ?? none);
    if (isNews && this.#started) this.#publish();
  }

  #kindsOf(definition: Definition): readonly Kind[] {
    if (!isEstablished(definition)) return none;
    try {
      return definition.spec.versions.filter(({ served, storage }) => served || storage).map(({ name }) => kindFromCrd(definition, name));
    } catch (error) {
      this.#options.onUnusable(definition.metadata.name!, error);
      return none;
    }
  }

  #publish(): void {
    const { builtIn, storages } = this.#options;
    this.#kinds = builtIn.withCustom([...this.#known.values()].flatMap(({ kinds }) => kinds));
    storages.use(this.#kinds);
  }
}

const none: readonly Kind[] = [];
const isEstablished = ({ status }: Definition): boolean => isTrue(status?.conditions, 'Established');

/** As far as its kinds go. */
const saysTheSame = (one: Definition, other: Definition): boolean =>
  one.metadata.uid === other.metadata.uid &&
  isEstablished(one) === isEstablished(other) &&
  semanticallyEqual(one.spec, other.spec) &&
  semanticallyEqual(one.status?.acceptedNames, other.status?.acceptedNames);

const system: User = { name: 'system:apiserver', groups: ['system:masters'] };

/** The objects of a definition, in their storage: whatever versions are served, and without asking admission. */
export class CustomInstances {
  readonly #resources: Pick<CustomResources, 'storedKind'>;
  readonly #storages: Storages;
  readonly #deps: WriteDeps;

  constructor(resources: Pick<CustomResources, 'storedKind'>, storages: Storages, deps: Omit<WriteDeps, 'admission' | 'hooks'>) {
    this.#resources = resources;
    this.#storages = storages;
    this.#deps = { ...deps, admission: new Admission([]), hooks: [] };
  }

  async count(definition: Definition): Promise<number> {
    const kind = this.#resources.storedKind(definition.metadata.name!);
    if (!kind) return 0;
    const { cache, family } = this.#storages.of(kind);
    await cache.current();
    return cache.objects.count(rangeOf(family.space, undefined));
  }

  /** Asks for the deletion of all; those with finalizers stay until these are gone. */
  async deleteAll(definition: Definition): Promise<void> {
    const kind = this.#resources.storedKind(definition.metadata.name!);
    if (!kind) return;
    const { group, version, plural } = kind;
    await deleteCollection(
      {
        call: { verb: 'deletecollection', credentials: { by: 'identity', user: system }, resource: { group, version, resource: plural } },
        context: { receivedMs: this.#deps.clock.now(), user: system, auditId: '', warnings: [] },
        kind,
        storage: this.#storages.of(kind),
        name: '',
      },
      this.#deps,
    );
  }
}
