/**
 * Compares what we publish with the OpenAPI document that Kubernetes published for the same release:
 * definitions, but for their prose, and paths. Run by hand when the facts or the packages change.
 *
 *   node tools/generate/check-published.ts FILE     a v2 document, `.json` or `.json.gz`
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { resources } from '../../src/api/generated/resources.ts';
import { defineKind, type Kind } from '../../src/api/kind.ts';
import { definitionNames, generatedKind } from '../../src/api/schemas.ts';
import { Definitions, type Json } from '../../src/apiserver/openapi/definitions.ts';
import { openApiV2Document } from '../../src/apiserver/openapi/v2.ts';

/** Prose is the packages'; enums are published by servers only. */
const notCompared: ReadonlySet<string> = new Set(['description', 'enum']);

/** Watch paths are deprecated, and not published by us; nor are those of discovery and logs. */
const notPublished = /^\/api\/v1\/watch\/|^\/apis\/[^/]+\/[^/]+\/watch\/|^\/logs\/|\/$/;

/** Every resource of the API as a kind without behaviour. */
export const bareKinds: readonly Kind[] = resources.map(({ group, version, kind, scale }) => {
  const generated = generatedKind(group, version, kind);
  const subresources = { ...generated.subresources, ...(scale && { scale: { spec: 'spec.replicas', status: 'status.replicas' } }) };
  return defineKind({ ...generated, subresources });
});

/** The value without what is not compared. The order of `required` is Go's, and means nothing. */
export function comparable(value: unknown, name = ''): unknown {
  if (Array.isArray(value) && name === 'required') return value.map(String).toSorted((a, b) => a.localeCompare(b));
  if (Array.isArray(value)) return value.map((item) => comparable(item));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([name, member]) => !notCompared.has(name) || (typeof member === 'object' && name === 'description'),
  );
  return Object.fromEntries(members.map(([name, member]) => [name, comparable(member, name)]));
}

if (import.meta.main) {
  const file = process.argv[2];
  if (file === undefined) throw new Error('usage: check-published.ts FILE');
  const bytes = readFileSync(file);
  const published: { readonly definitions: Json; readonly paths: Json } = JSON.parse(
    (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString(),
  );
  const definitions = new Definitions('v2');
  for (const name of definitionNames()) definitions.ref(name);
  const problems = [...compareDefinitions(definitions.result(), published.definitions), ...comparePaths(published.paths)];
  for (const problem of problems) console.error(problem);
  console.log(
    `${Object.keys(published.definitions).length} definitions, ${Object.keys(published.paths).length} paths, ${problems.length} problems`,
  );
  process.exitCode = problems.length > 0 ? 1 : 0;
}

function compareDefinitions(ours: Json, theirs: Json): string[] {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].sort().flatMap((name) => differences(name, comparable(ours[name]), comparable(theirs[name])));
}

function differences(path: string, ours: unknown, theirs: unknown): string[] {
  if (isDeepStrictEqual(ours, theirs)) return [];
  const both = [ours, theirs].every((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
  if (!both) return [`${path}: ours ${JSON.stringify(ours)}, published ${JSON.stringify(theirs)}`];
  const names = new Set([...Object.keys(Object(ours)), ...Object.keys(Object(theirs))]);
  return [...names].flatMap((name) => differences(`${path}.${name}`, Reflect.get(Object(ours), name), Reflect.get(Object(theirs), name)));
}

function comparePaths(theirs: Json): string[] {
  const ours = Object(openApiV2Document(bareKinds)['paths']);
  const describe = (paths: object) =>
    Object.entries(paths)
      .filter(([path]) => !notPublished.test(path))
      .flatMap(([path, item]) =>
        Object.entries(Object(item)).flatMap(([method, operation]) => {
          if (method === 'parameters') return [];
          const { operationId, 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': kind } = Object(operation);
          return [`${method} ${path} ${operationId} ${action} ${JSON.stringify(kind)}`];
        }),
      );
  const [own, published] = [new Set<string>(describe(ours)), new Set<string>(describe(theirs))];
  return [
    ...Array.from(own, (line) => (published.has(line) ? '' : `only ours: ${line}`)),
    ...Array.from(published, (line) => (own.has(line) ? '' : `only published: ${line}`)),
  ].filter((problem) => problem !== '');
}
