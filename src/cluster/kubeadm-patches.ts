import { ApiError } from '../api/errors.ts';
import { applyJsonPatch, JsonPatchError } from '../api/patch/json-patch.ts';
import { isObject, type JsonObject } from '../api/patch/json-object.ts';
import { applyMergePatch } from '../api/patch/merge-patch.ts';
import { parseYaml, parseYamlDocuments } from '../codec/yaml.ts';

/** kubeadm's objects of which something is obeyed here. */
export type KubeadmKind = 'ClusterConfiguration' | 'InitConfiguration' | 'JoinConfiguration';

/** Patches of kubeadm's configuration, as kind's `kubeadmConfigPatches` and `kubeadmConfigPatchesJSON6902` have them. */
export interface KubeadmPatches {
  readonly merge: readonly MergePatch[];
  readonly json: readonly JsonPatch[];
}

interface MergePatch {
  /** Its place in the config file. */
  readonly at: string;
  readonly kind: string;
  readonly version: Version | undefined;
  readonly patch: JsonObject;
}

interface JsonPatch {
  readonly at: string;
  readonly kind: string;
  readonly version: Version | undefined;
  readonly operations: unknown;
}

/** They differ here in this: `extraArgs` is a map in the first, a list of names and values in the second. */
type Version = 'v1beta3' | 'v1beta4';

const group = 'kubeadm.k8s.io';
const versions: ReadonlySet<string> = new Set<Version>(['v1beta3', 'v1beta4']);
const known: ReadonlySet<string> = new Set<KubeadmKind>(['ClusterConfiguration', 'InitConfiguration', 'JoinConfiguration']);

export interface Findings {
  readonly problems: string[];
  readonly warnings: string[];
}

/** `at`: where `holder` is in the config file, such as `nodes[0].`, or ''. */
export function readPatches(holder: Readonly<Record<string, unknown>>, at: string, found: Findings): KubeadmPatches {
  const merge = listOf(holder, 'kubeadmConfigPatches', at, found).flatMap((source, index) =>
    readMergePatch(source, `${at}kubeadmConfigPatches[${index}]`, found),
  );
  const json = listOf(holder, 'kubeadmConfigPatchesJSON6902', at, found).flatMap((source, index) =>
    readJsonPatch(source, `${at}kubeadmConfigPatchesJSON6902[${index}]`, found),
  );
  return { merge, json };
}

function listOf(holder: Readonly<Record<string, unknown>>, name: string, at: string, { problems }: Findings): readonly unknown[] {
  const value = holder[name];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  problems.push(`${at}${name}: must be a list`);
  return [];
}

function readMergePatch(source: unknown, at: string, found: Findings): MergePatch[] {
  if (typeof source !== 'string') return problem(found, `${at}: must be a string of YAML`);
  let documents: unknown[];
  try {
    documents = parseYamlDocuments(source);
  } catch (error) {
    return problem(found, `${at}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return documents.flatMap((document) => {
    if (document === null || document === undefined) return [];
    if (!isObject(document)) return problem(found, `${at}: must be an object`);
    const { kind = '', apiVersion = '', ...patch } = document;
    if (typeof kind !== 'string' || typeof apiVersion !== 'string') return problem(found, `${at}: kind and apiVersion must be strings`);
    const version = targetOf(kind, apiVersion, at, found);
    return version === 'none' ? [] : [{ at, kind, version, patch }];
  });
}

function readJsonPatch(source: unknown, at: string, found: Findings): JsonPatch[] {
  if (!isObject(source)) return problem(found, `${at}: must be an object`);
  const { group: ofGroup = '', version: ofVersion = '', kind = '', patch } = source;
  if (typeof patch !== 'string') return problem(found, `${at}.patch: must be a string of JSON or YAML`);
  const apiVersion = ofGroup === '' ? String(ofVersion) : `${String(ofGroup)}/${String(ofVersion)}`;
  const version = targetOf(String(kind), apiVersion, at, found);
  if (version === 'none') return [];
  try {
    return [{ at, kind: String(kind), version, operations: parseYaml(patch) }];
  } catch (error) {
    return problem(found, `${at}.patch: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function problem(found: Findings, text: string): [] {
  found.problems.push(text);
  return [];
}

/** The version that a patch is of; undefined where it does not say; `none` for one that patches nothing that means something here. */
function targetOf(kind: string, apiVersion: string, at: string, { warnings }: Findings): Version | undefined | 'none' {
  if (!known.has(kind)) {
    warnings.push(`${at}: ${kind === '' ? 'a patch without a kind' : kind} has no meaning on simulated nodes and is ignored`);
    return 'none';
  }
  if (apiVersion === '') return undefined;
  const [ofGroup, version = ''] = apiVersion.split('/');
  if (ofGroup === group && versions.has(version)) return version as Version;
  warnings.push(`${at}: kubeadm does not read ${apiVersion}, and the patch is ignored; ${group}/v1beta4 and v1beta3 are there`);
  return 'none';
}

/**
 * A document with all patches of its kind applied, those of each set in order: merge patches, then
 * JSON patches, as kind does. Flags are maps in the answer. Problems go to `found`.
 */
export function patched(kind: KubeadmKind, document: JsonObject, sets: readonly KubeadmPatches[], { problems }: Findings): JsonObject {
  let current = document;
  const step = (at: string, apply: (to: JsonObject) => unknown): void => {
    try {
      const next = apply(current);
      if (isObject(next)) current = next;
    } catch (error) {
      problems.push(`${at}: ${sentenceOf(error)}`);
    }
  };
  for (const { merge, json } of sets) {
    for (const one of merge.filter((patch) => patch.kind === kind)) step(one.at, (to) => applyMergePatch(to, withFlags(one.patch, mapOf)));
    for (const one of json.filter((patch) => patch.kind === kind))
      step(one.at, (to) => {
        if (one.version === 'v1beta3') return withFlags(applyJsonPatch(to, one.operations), mapOf);
        return withFlags(applyJsonPatch(withFlags(to, listOfFlags), one.operations), mapOf);
      });
  }
  return current;
}

function sentenceOf(error: unknown): string {
  if (error instanceof ApiError && error.cause instanceof JsonPatchError) return error.cause.message;
  return error instanceof Error ? error.message : String(error);
}

const flagFields: ReadonlySet<string> = new Set(['extraArgs', 'kubeletExtraArgs']);

function withFlags(document: unknown, change: (flags: unknown) => unknown): JsonObject {
  if (!isObject(document)) return {};
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => {
      if (flagFields.has(name)) return [name, change(value)];
      return [name, isObject(value) ? withFlags(value, change) : value];
    }),
  );
}

/** A name that stands there more than once has a list. */
function mapOf(flags: unknown): unknown {
  if (!Array.isArray(flags)) return flags;
  const map: JsonObject = {};
  for (const one of flags as unknown[]) {
    if (!isObject(one) || typeof one['name'] !== 'string') continue;
    const { name, value = null } = one as { readonly name: string; readonly value?: unknown };
    const before = Object.hasOwn(map, name) ? map[name] : undefined;
    map[name] = before === undefined ? value : [...(Array.isArray(before) ? (before as unknown[]) : [before]), value];
  }
  return map;
}

function listOfFlags(flags: unknown): unknown {
  if (!isObject(flags)) return flags;
  return Object.entries(flags).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map((one) => ({ name, value: one })),
  );
}
