import { compareGroupVersions } from './api-priorities.ts';
import type { Kind } from './kind.ts';
import { apiVersionOf, type GroupVersion } from './meta.ts';
import { servedBy, type RuntimeConfig } from './runtime-config.ts';

/** A group as discovery lists it: its versions from the best to the least, of which the first is preferred. */
export interface ServedGroup {
  readonly group: string;
  readonly versions: readonly string[];
  readonly preferredVersion: string;
}

/**
 * Which kinds this API server knows and which of them it serves. Never changes; `withCustom` makes
 * another one when custom resource definitions come and go; a custom kind that is not served is only
 * stored. Look-ups answer served kinds only, but for `storedAs` and `has`.
 */
export class KindRegistry {
  /** The kinds served, by group-version in priority order, within one by plural. */
  readonly kinds: readonly Kind[];
  readonly groupVersions: readonly GroupVersion[];
  readonly groups: readonly ServedGroup[];

  readonly #builtIn: readonly Kind[];
  readonly #config: RuntimeConfig;
  readonly #byResource = new Map<string, Kind>();
  readonly #byKind = new Map<string, Kind>();
  readonly #byGroupVersion = new Map<string, readonly Kind[]>();
  readonly #known = new Map<string, Kind>();

  /** Throws RuntimeConfigError where the configuration names what is not there. */
  constructor(builtIn: readonly Kind[], config: RuntimeConfig = new Map(), custom: readonly Kind[] = []) {
    this.#builtIn = builtIn;
    this.#config = config;
    const builtInKeys = new Set(builtIn.map((kind) => resourceKey(kind, kind.plural)));
    // What Kubernetes has itself nobody takes over.
    const added = custom.filter((kind) => !builtInKeys.has(resourceKey(kind, kind.plural)));
    const served = [...builtIn.filter(servedBy(config, builtIn)), ...added.filter(({ servedByDefault }) => servedByDefault)];
    this.kinds = served.sort((one, other) => compareGroupVersions(one, other) || compareText(one.plural, other.plural));
    for (const kind of [...builtIn, ...added]) this.#known.set(resourceKey(kind, kind.plural), kind);
    for (const kind of this.kinds) {
      this.#byResource.set(resourceKey(kind, kind.plural), kind);
      this.#byKind.set(resourceKey(kind, kind.kind), kind);
    }
    for (const [apiVersion, kinds] of Map.groupBy(this.kinds, apiVersionOf)) this.#byGroupVersion.set(apiVersion, kinds);
    this.groupVersions = [...this.#byGroupVersion.values()].map(([first]) => ({ group: first!.group, version: first!.version }));
    this.groups = [...Map.groupBy(this.groupVersions, ({ group }) => group)].map(([group, versions]) => ({
      group,
      versions: versions.map(({ version }) => version),
      preferredVersion: versions[0]!.version,
    }));
  }

  byResource(group: string, version: string, plural: string): Kind | undefined {
    return this.#byResource.get(resourceKey({ group, version }, plural));
  }

  byKind(group: string, version: string, kind: string): Kind | undefined {
    return this.#byKind.get(resourceKey({ group, version }, kind));
  }

  /** The kind in the best version of its group that serves it. */
  preferred(group: string, plural: string): Kind | undefined {
    return this.kinds.find((kind) => kind.group === group && kind.plural === plural);
  }

  preferredVersion(group: string): string | undefined {
    return this.groups.find((served) => served.group === group)?.preferredVersion;
  }

  kindsOf(groupVersion: GroupVersion): readonly Kind[] {
    return this.#byGroupVersion.get(apiVersionOf(groupVersion)) ?? [];
  }

  /** The kind in whose version objects of this one are stored: itself, or one that need not be served. */
  storedAs(kind: Kind): Kind {
    if (!kind.storage) return kind;
    const stored = this.#known.get(resourceKey(kind.storage, kind.plural));
    if (!stored) throw new Error(`${kind.plural}.${kind.version}.${kind.group} is stored in a version that nobody declared`);
    return stored;
  }

  /** Is it this very kind that is known here? A custom resource's is another one once its definition has changed. */
  has(kind: Kind): boolean {
    return this.#known.get(resourceKey(kind, kind.plural)) === kind;
  }

  /** `all`, `api-extensions` …: each resource once, in its preferred version. */
  inCategory(category: string): readonly Kind[] {
    return this.kinds.filter((kind) => kind.categories.includes(category) && this.preferred(kind.group, kind.plural) === kind);
  }

  /** A registry with these custom kinds in place of those it had. */
  withCustom(custom: readonly Kind[]): KindRegistry {
    return new KindRegistry(this.#builtIn, this.#config, custom);
  }
}

const resourceKey = ({ group, version }: GroupVersion, name: string) => `${group}/${version}/${name}`;
const compareText = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
