/** What the package kubernetes-models adds: the values of closed enums, and descriptions with their paragraphs, also of fields that are objects. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FieldNotes {
  readonly description: string;
  /** The strings it may be; absent for open ones. */
  readonly enum?: readonly string[];
}

export interface DefinitionNotes {
  readonly description: string;
  readonly fields: ReadonlyMap<string, FieldNotes>;
}

/** By definition in `foldedName`'s form. */
export type Notes = ReadonlyMap<string, DefinitionNotes>;

/** `io.k8s.api.apps.v1.Deployment` as the package spells it, without case: `iok8sapiappsv1deployment`. */
export const foldedName = (definition: string): string => definition.replace(/[.-]/g, '').toLowerCase();

export function readNotes(packageFolders: readonly string[]): Notes {
  const notes = new Map<string, DefinitionNotes>();
  for (const folder of packageFolders)
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!file.endsWith('.d.ts') || file.startsWith('_schemas')) continue;
      const typings = readFileSync(join(folder, file), 'utf8');
      const exported = / as I(IoK8s\w+)|^export interface I(IoK8s\w+)/m.exec(typings);
      const [, comment = '', body] = declaration.exec(typings) ?? [];
      const name = (exported?.[1] ?? exported?.[2] ?? '').toLowerCase();
      if (name !== '' && body !== undefined) notes.set(name, { description: proseOf(comment), fields: fieldsOf(body) });
    }
  return notes;
}

const declaration = /(?:^\/\*\*\n((?: \*.*\n)+?) \*\/\n)?^export interface [^\n]*\{\n([\s\S]*?)^\}/m;

function fieldsOf(body: string): Map<string, FieldNotes> {
  return new Map(
    [...body.matchAll(property)].map(([, comment = '', name = '', type = '']) => {
      const values = [...type.matchAll(/"([^"]*)"/g)].map(([, value = '']) => value);
      const closed = values.length > 0 && /^(?:Array<)?"[^"]*"(?: \| "[^"]*")*>?$/.test(type) && name !== 'apiVersion' && name !== 'kind';
      return [name, { description: proseOf(comment), ...(closed && { enum: values.sort() }) }];
    }),
  );
}

const property = /(?:^ {4}\/\*\*\n((?: {5}\*.*\n)+?) {5}\*\/\n)?^ {4}"([^"]+)"\??: ([^\n]*);$/gm;

const proseOf = (comment: string): string =>
  comment
    .replace(/^ *\* ?/gm, '')
    .replace(/\\([*"'/`_])/g, '$1')
    .trim();
