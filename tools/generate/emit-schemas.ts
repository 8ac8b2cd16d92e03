/**
 * Writes the API's shapes as one text, which `api/schemas.ts` reads a definition at a time: a line a
 * definition, `name [type] [fact=value …]`, then one for each field, indented, `name[!] type [fact=value …]`.
 * `!` is for required. Types: a scalar's name, `@definition`, `[type` for a list, `{type` for a map.
 */
import type { Definition, DefinitionField, Type } from './definitions.ts';
import type { Facts, FactName } from './facts.ts';
import type { Resource } from './resources.ts';

const header = '// Made by tools/generate. Changes here are lost.\n';

export function emitSchemas(definitions: readonly Definition[]): string {
  const lines = definitions.flatMap((definition) => [
    [definition.name, ...(definition.opaque === undefined ? [] : [definition.opaque]), ...factTexts(definition.facts, ['map'])].join(' '),
    ...definition.fields.map(fieldLine),
  ]);
  return `${header}\nexport const schemaText = ${literal(lines.join('\n'))};\n`;
}

function fieldLine({ name, required, type, facts, enum: values }: DefinitionField): string {
  const listed = values ? [`enum=${values.join('|')}`] : [];
  return [` ${name}${required ? '!' : ''}`, typeCode(type), ...listed, ...factTexts(facts, fieldFacts)].join(' ');
}

const fieldFacts: readonly FactName[] = ['list', 'keys', 'map', 'strategy', 'merge', 'go', 'zero', 'default'];

const factTexts = (facts: Facts, names: readonly FactName[]): string[] =>
  names.flatMap((name) => {
    const value = facts.get(name);
    if (value?.includes(' ')) throw new Error(`a fact with a space: ${value}`);
    return value === undefined ? [] : [`${name}=${value}`];
  });

function typeCode(type: Type): string {
  if (typeof type === 'string') return type;
  if ('list' in type) return `[${typeCode(type.list)}`;
  return 'map' in type ? `{${typeCode(type.map)}` : `@${type.ref}`;
}

/** What only OpenAPI tells: descriptions, and unions. */
export function emitDescriptions(definitions: readonly Definition[]): string {
  const described = definitions.map(({ name, description, fields, facts }) => {
    const own = fields.filter((field) => field.description !== '').map((field): [string, string] => [field.name, field.description]);
    const unions: unknown = JSON.parse(facts.get('unions') ?? 'null');
    return [name, { description, fields: Object.fromEntries(own), ...(unions !== null && { unions }) }];
  });
  return `${header}\n/** JSON of a record by definition. */\nexport const descriptionText = ${literal(JSON.stringify(Object.fromEntries(described)))};\n`;
}

/** The kinds of every group-version, with where they are served; and the group-versions of definitions, for OpenAPI's x-kubernetes-group-version-kind. */
export function emitResources(resources: readonly Resource[]): string {
  const rows = resources.map((resource) => `  ${JSON.stringify(resource)},\n`);
  return `${header}\nimport type { GeneratedResource } from '../schemas.ts';\n\nexport const resources: readonly GeneratedResource[] = [\n${rows.join('')}];\n`;
}

export function emitPackages(packages: readonly { readonly name: string; readonly groupVersion?: string }[]): string {
  const rows = packages
    .filter(({ groupVersion }) => groupVersion !== undefined)
    .map(({ name, groupVersion }) => `  ${JSON.stringify(name)}: ${JSON.stringify(groupVersion)},\n`);
  return `${header}\n/** By package of definitions, the apiVersion of its kinds. */\nexport const packages: Readonly<Record<string, string>> = {\n${rows.join('')}};\n`;
}

const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
