/** What the package kubernetes-models adds: the values of closed enums, and descriptions of fields that are objects. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FieldNotes {
  readonly description: string;
  /** The strings it may be; absent for open ones. */
  readonly enum?: readonly string[];
}

/** By definition in `foldedName`'s form, then by field. */
export type Notes = ReadonlyMap<string, ReadonlyMap<string, FieldNotes>>;

/** `io.k8s.api.apps.v1.Deployment` as the package spells it, without case: `iok8sapiappsv1deployment`. */
export const foldedName = (definition: string): string => definition.replace(/[.-]/g, '').toLowerCase();

export function readNotes(packageFolders: readonly string[]): Notes {
  const notes = new Map<string, ReadonlyMap<string, FieldNotes>>();
  for (const folder of packageFolders)
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!file.endsWith('.d.ts') || file.startsWith('_schemas')) continue;
      const typings = readFileSync(join(folder, file), 'utf8');
      const exported = / as I(IoK8s\w+)|^export interface I(IoK8s\w+)/m.exec(typings);
      const body = /^export interface [^\n]*\{\n([\s\S]*?)^\}/m.exec(typings)?.[1];
      if (exported && body !== undefined) notes.set((exported[1] ?? exported[2] ?? '').toLowerCase(), fieldsOf(body));
    }
  return notes;
}

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
    .replaceAll('*\\/', '*/')
    .trim();
