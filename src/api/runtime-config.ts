import { apiVersionOf, type GroupVersion } from './meta.ts';

/**
 * What `--runtime-config` says: `api/all=false,apps/v1=true,batch/v1/cronjobs=false`. Keys are kept
 * as they were written; a key without `=` has the value ''.
 */
export type RuntimeConfig = ReadonlyMap<string, string>;

/** A flag that cannot be obeyed, in the API server's words. */
export class RuntimeConfigError extends Error {
  override name = 'RuntimeConfigError';
}

export function parseRuntimeConfig(flag: string): RuntimeConfig {
  const pairs = flag.split(',').filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 ? [pair.trim(), ''] : [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
    }),
  );
}

/** One resource of one version, as far as serving it goes. */
export interface Servable extends GroupVersion {
  readonly plural: string;
  readonly servedByDefault: boolean;
}

/**
 * Which resources are served: the coarse keys first (`api/all`, then `api/ga`, `api/beta`,
 * `api/alpha`), then versions, then single resources, each overruling what came before
 * (apiserver's resourceconfig.MergeAPIResourceConfigs). Throws RuntimeConfigError.
 */
export function servedBy(config: RuntimeConfig, known: readonly Servable[]): (resource: Servable) => boolean {
  refuseUnknown(config, known);
  const coarse = coarseKeys
    .filter(([key]) => config.has(key))
    .map(([key, matches]) => ({ matches, enabled: strictBoolean(key, config.get(key)!) }));
  const fine = new Map([...config].filter(([key]) => isFine(key)).map(([key, value]) => [key, boolean(key, value)]));
  return (resource) => {
    const version = resource.group === '' ? `/${resource.version}` : apiVersionOf(resource);
    const atResource = fine.get(`${version}/${resource.plural}`);
    if (atResource !== undefined) return atResource;
    const atVersion = fine.get(version);
    if (atVersion !== undefined) return atVersion;
    return coarse.findLast(({ matches }) => matches.test(resource.version))?.enabled ?? resource.servedByDefault;
  };
}

/** In the order in which they are obeyed. */
const coarseKeys: readonly (readonly [key: string, matches: RegExp])[] = [
  ['api/all', /^/],
  ['api/ga', /^v\d+$/],
  ['api/beta', /^v\d+beta\d+$/],
  ['api/alpha', /^v\d+alpha\d+$/],
];

const isCoarse = (key: string) => coarseKeys.some(([coarse]) => coarse === key);
const isFine = (key: string) => !isCoarse(key) && /^[^/]*\/[^/]+(\/[^/]+)?$/.test(key);

function refuseUnknown(config: RuntimeConfig, known: readonly Servable[]): void {
  if (config.size === 1 && config.get('api/all') === 'false')
    throw new RuntimeConfigError('invalid runtime-config with only api/all=false');
  const groups = new Set(known.map(({ group }) => group));
  const versions = new Set(known.map(({ group, version }) => `${group}/${version}`));
  const fine = [...config.keys()].filter(isFine).map((key) => ({ key, parts: key.split('/') }));
  const strangers = fine.filter(({ parts }) => !groups.has(parts[0]!)).map(({ parts }) => `${parts[0]}/${parts[1]}`);
  if (strangers.length > 0) throw new RuntimeConfigError(`unknown api groups ${[...new Set(strangers)].sort().join(',')}`);
  for (const { key, parts } of fine) {
    const version = `${parts[0]}/${parts[1]}`;
    if (!versions.has(version)) throw new RuntimeConfigError(`group version ${version} that has not been registered`);
    const plural = parts[2];
    if (plural !== undefined && plural !== plural.toLowerCase())
      throw new RuntimeConfigError(
        `invalid key ${key}: group/version/resource and resource is always lowercase plural, not ${JSON.stringify(plural)}`,
      );
  }
}

function strictBoolean(key: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new RuntimeConfigError(`invalid value ${key}=${value}`);
  return value === 'true';
}

/** Go's strconv.ParseBool; no value means true. */
function boolean(key: string, value: string): boolean {
  if (value === '' || /^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return false;
  throw new RuntimeConfigError(
    `invalid value of ${key}: ${value}, err: strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
  );
}
