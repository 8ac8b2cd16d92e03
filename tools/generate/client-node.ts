/** What @kubernetes/client-node publishes of the API: its models (names, types, what is required, descriptions) and its paths. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Model {
  readonly description: string;
  readonly fields: readonly ModelField[];
}

export interface ModelField {
  readonly name: string;
  readonly required: boolean;
  /** As the package writes it: `Array<V1Container>`, `{ [key: string]: string; }`, `number`. */
  readonly type: string;
  /** OpenAPI's, such as `int32`; '' for none. */
  readonly format: string;
  readonly description: string;
}

/** One request that some generated method makes. */
export interface Operation {
  /** `/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale` */
  readonly path: string;
  readonly method: string;
  /** The sentence above the method: `read scale of the specified Deployment`. */
  readonly summary: string;
  /** The body's model; absent for methods without one. */
  readonly body?: string;
}

export function readModels(packageFolder: string): Map<string, Model> {
  const folder = join(packageFolder, 'dist/gen/models');
  const models = new Map<string, Model>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.d.ts')) continue;
    const typings = readFileSync(join(folder, file), 'utf8');
    const name = /export declare class (\w+)/.exec(typings)?.[1];
    if (name === undefined || !typings.includes('attributeTypeMap')) continue;
    models.set(name, readModel(typings, readFileSync(join(folder, `${name}.js`), 'utf8')));
  }
  return models;
}

function readModel(typings: string, code: string): Model {
  // Names that JavaScript cannot spell are others in the typings (`_enum`, `$ref`).
  const attributes = new Map(
    [...code.matchAll(attribute)].map(([, own = '', name = '', type = '', format = '']) => [own, { name, type, format }]),
  );
  const fields = [...typings.matchAll(property)].map(([, comment = '', own = '', optional]) => {
    const known = attributes.get(own);
    if (!known) throw new Error(`no type for the field ${own}`);
    return { ...known, required: optional === undefined, description: proseOf(comment) };
  });
  return { description: proseOf(/\/\*\*\n((?:\*.*\n)+)\*\/\nexport declare class/.exec(typings)?.[1] ?? ''), fields };
}

const attribute = /"name": "([^"]*)",\s*"baseName": "([^"]*)",\s*"type": "([^"]*)",\s*"format": "([^"]*)"/g;
const property = /(?:^ {4}\/\*\*\n((?: {4}\*.*\n)+?) {4}\*\/\n)?^ {4}'([^']+)'(\?)?: /gm;

/** The text of a doc comment, given its lines: without the escapes that keep it from ending the comment, or starting another. */
const proseOf = (comment: string): string =>
  comment
    .replace(/^ *\* ?/gm, '')
    .replace(/\\([*"'/`_])/g, '$1')
    .replaceAll('/_*', '/*')
    .replaceAll('*_/', '*/')
    .trim();

export function readOperations(packageFolder: string): Operation[] {
  const folder = join(packageFolder, 'dist/gen/apis');
  return readdirSync(folder)
    .filter((file) => file.endsWith('Api.js'))
    .sort()
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(request)].map(operationOf));
}

/** A method of a request factory: comment, signature, path, HTTP method, and what comes up to the next method. */
const request =
  /^ {4}\/\*\*\n {5}\* ([^\n]*)\n(?: {5}\*[^\n]*\n)* {5}\*\/\n {4}async \w+\([^)]*\) \{\n(?:(?! {4}\}\n)[^\n]*\n)*? +const localVarPath = '([^']*)'(?:(?! {4}\}\n)[^\n]*\n)*?[^\n]*HttpMethod\.(\w+)\);\n((?:(?! {4}\}\n)[^\n]*\n)*)/gm;

function operationOf([, summary = '', path = '', method = '', rest = '']: RegExpMatchArray): Operation {
  const body = /serialize\(body, "(\w+)"/.exec(rest)?.[1];
  return { path, method, summary, ...(body !== undefined && { body }) };
}
