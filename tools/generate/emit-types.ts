/** Writes the API's types as TypeScript: a module a group-version, readonly interfaces with the API's own names. */
import type { Definition, DefinitionField, Scalar, Type } from './definitions.ts';

const header = '// Made by tools/generate. Changes here are lost.\n';
const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Shared by every kind, and so written by hand in `api/meta.ts`. */
const metaTypes: ReadonlySet<string> = new Set([
  'LabelSelector',
  'LabelSelectorRequirement',
  'ListMeta',
  'ManagedFieldsEntry',
  'ObjectMeta',
  'OwnerReference',
  'Status',
  'StatusCause',
  'StatusDetails',
]);

/** By path below `api/generated`, the module's text. */
export function emitTypes(definitions: readonly Definition[]): Map<string, string> {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const modules = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const path = modulePath(definition);
    if (path === undefined || (definition.packageName === metaPackage && metaTypes.has(definition.title))) continue;
    modules.set(path, [...(modules.get(path) ?? []), definition]);
  }
  return new Map([...modules].map(([path, members]) => [path, emitModule(path, members, byName)]));
}

/** `apps/v1.ts`; undefined for what no module holds. */
function modulePath({ groupVersion, packageName, opaque }: Definition): string | undefined {
  if (opaque !== undefined) return undefined;
  if (packageName === metaPackage) return 'meta/v1.ts';
  if (groupVersion === undefined) return undefined;
  const [group = '', version] = groupVersion.split('/');
  return version === undefined ? `core/${group}.ts` : `${group.split('.')[0]}/${version}.ts`;
}

class Imports {
  readonly #here: string;
  readonly #names = new Map<string, Set<string>>();

  constructor(here: string) {
    this.#here = here;
  }

  /** The name by which the module may write the type. */
  name(definition: Definition): string {
    const path = modulePath(definition);
    if (definition.packageName === metaPackage && metaTypes.has(definition.title)) return this.from('../../meta.ts', definition.title);
    if (path === undefined) throw new Error(`no module holds ${definition.name}`);
    return path === this.#here ? definition.title : this.from(`../${path}`, definition.title);
  }

  from(specifier: string, name: string): string {
    const names = this.#names.get(specifier) ?? new Set();
    this.#names.set(specifier, names.add(name));
    return name;
  }

  text(): string {
    return [...this.#names]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([specifier, names]) => `import type { ${[...names].sort().join(', ')} } from '${specifier}';\n`)
      .join('');
  }
}

function emitModule(path: string, members: readonly Definition[], byName: ReadonlyMap<string, Definition>): string {
  const imports = new Imports(path);
  const interfaces = members.map((definition) => emitInterface(definition, imports, byName));
  return [header, imports.text(), ...interfaces].filter((part) => part !== '').join('\n');
}

function emitInterface(definition: Definition, imports: Imports, byName: ReadonlyMap<string, Definition>): string {
  const isObject = isKindWith('ObjectMeta', definition);
  const fields = definition.fields.filter(({ name }) => !isObject || !['apiVersion', 'kind', 'metadata'].includes(name));
  const heritage = isObject ? ` extends ${imports.from('../../meta.ts', 'KubeObject')}` : '';
  const lines = fields.map((field) => {
    // Go holds these by value, so an object from the server always has them.
    const always = field.required || (isObject && field.facts.get('default') === '{}');
    return `  readonly ${propertyName(field.name)}${always ? '' : '?'}: ${typeText(field.type, field, imports, byName)};\n`;
  });
  return `export interface ${definition.title}${heritage} {\n${lines.join('')}}\n`;
}

const propertyName = (name: string): string => (/^[\w$]+$/.test(name) ? name : `'${name}'`);

const isKindWith = (meta: string, { fields }: Definition): boolean =>
  fields.some(
    ({ name, type }) => name === 'metadata' && typeof type === 'object' && 'ref' in type && type.ref === `${metaPackage}.${meta}`,
  ) && ['apiVersion', 'kind'].every((field) => fields.some(({ name }) => name === field));

function typeText(type: Type, field: DefinitionField, imports: Imports, byName: ReadonlyMap<string, Definition>): string {
  if (typeof type === 'string') return type === 'string' && field.enum ? enumText(field.enum) : scalarTexts[type];
  if ('list' in type) {
    const item = typeText(type.list, field, imports, byName);
    return `readonly ${item.includes(' ') ? `(${item})` : item}[]`;
  }
  if ('map' in type) return `Readonly<Record<string, ${typeText(type.map, field, imports, byName)}>>`;
  const definition = byName.get(type.ref);
  if (!definition) throw new Error(`nothing is known of ${type.ref}`);
  return definition.opaque === undefined ? imports.name(definition) : scalarTexts[definition.opaque];
}

const enumText = (values: readonly string[]): string =>
  values.map((value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`).join(' | ');

const scalarTexts: Readonly<Record<Scalar, string>> = {
  string: 'string',
  int32: 'number',
  int64: 'number',
  double: 'number',
  boolean: 'boolean',
  byte: 'string',
  'date-time': 'string',
  'micro-time': 'string',
  quantity: 'string',
  'int-or-string': 'number | string',
  any: 'unknown',
  object: 'unknown',
};
