/** YAML as kubectl and the API server read and write it (sigs.k8s.io/yaml): JSON's values in another dress. */
import {
  CORE_SCHEMA,
  defineScalarTag,
  type Event,
  EVENT_ID,
  getScalarValue,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
  type Schema,
  YAMLException,
} from 'js-yaml';
import { Base64Error, fromBase64, text as textOf } from './bytes.ts';
import { findDuplicateFields, JsonError, maxJsonDepth, parseJson } from './json.ts';
import { plainText, resolvePlain } from './yaml-scalars.ts';

export { stringifyYaml } from './yaml-write.ts';

/** Starts with `yaml: `, and names the line where it can. */
export class YamlError extends Error {
  override name = 'YamlError';
}

/** The first document; null for none. Of names that come twice the last counts. Throws `YamlError`. */
export function parseYaml(text: string): unknown {
  return jsonIn(text) ?? parseYamlDocuments(text)[0] ?? null;
}

/** JSON objects are YAML, and what programs send; JSON's parser is many times faster. Undefined for what may mean something else in YAML. */
function jsonIn(text: string): unknown {
  if (!jsonAlike.test(text) || text.includes('<<')) return undefined;
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** Without tabs and other control characters, which YAML does not take everywhere. */
const jsonAlike = /^\{[\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff]*$/;

/** Empty documents are null. Throws `YamlError`. */
export function parseYamlDocuments(text: string): unknown[] {
  try {
    const documents = loadAll(text, { schema, json: true, maxDepth: maxJsonDepth });
    return mayAlias.test(text) ? documents.map(withoutSharing) : documents;
  } catch (error) {
    if (error instanceof YAMLException) throw new YamlError(sentenceOf(error), { cause: error });
    throw error;
  }
}

const scalarTag = (name: string, accepts: (value: unknown) => boolean) =>
  defineScalarTag<unknown>(name, {
    implicit: true,
    resolve: (source) => {
      const value = resolvePlain(source);
      return value !== plainText && accepts(value) ? value : NOT_RESOLVED;
    },
    identify: () => false,
  });

const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';
const textTag = (name: string) => defineScalarTag(name, { resolve: (source) => source, identify: () => false });

const binaryTag = defineScalarTag('tag:yaml.org,2002:binary', {
  resolve: (source) => {
    try {
      return textOf(fromBase64(source.replace(/\s/g, '')));
    } catch (error) {
      if (error instanceof Base64Error) throw new YamlError('yaml: !!binary value contains invalid base64 data');
      throw error;
    }
  },
  identify: () => false,
});

const schema: Schema = CORE_SCHEMA.withTags(
  scalarTag('tag:yaml.org,2002:null', (value) => value === null),
  scalarTag('tag:yaml.org,2002:bool', (value) => typeof value === 'boolean'),
  scalarTag('tag:yaml.org,2002:int', isNumber),
  scalarTag('tag:yaml.org,2002:float', isNumber),
  mergeTag,
  textTag('tag:yaml.org,2002:timestamp'),
  binaryTag,
);

const mayAlias = /[&*]/;
/** An alias may double what it stands for, again and again. */
const mostAliasedNodes = 100_000;

/** The same value without shared or circular parts. */
function withoutSharing(document: unknown): unknown {
  const seen = new Set<object>();
  let aliased = 0;
  const copy = (value: unknown, depth: number, inAlias: boolean): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const isAlias = inAlias || seen.has(value);
    seen.add(value);
    if (isAlias && ++aliased > mostAliasedNodes) throw new YamlError('yaml: document contains excessive aliasing');
    if (depth > maxJsonDepth) throw new YamlError('yaml: exceeded max depth');
    if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1, isAlias));
    const entries = Object.entries(value).map(([name, member]): [string, unknown] => [name, copy(member, depth + 1, isAlias)]);
    return Object.fromEntries(entries);
  };
  return copy(document, 0, false);
}

/**
 * What strict reading finds: one sentence for all names that a mapping of the first document has
 * more than once; none where there are none. The text is one that `parseYaml` takes.
 */
export function findDuplicateYamlKeys(text: string): string[] {
  if (jsonIn(text) !== undefined && findDuplicateFields(text).length === 0) return [];
  const found: string[] = [];
  const open: { readonly names: Set<string> | undefined; isName: boolean }[] = [];
  for (const event of firstDocument(parseEvents(text, { maxDepth: maxJsonDepth }))) {
    const parent = open.at(-1);
    if (event.type === EVENT_ID.POP) open.pop();
    else {
      if (parent?.isName && parent.names && event.type === EVENT_ID.SCALAR) {
        const name = getScalarValue(text, event);
        if (parent.names.has(name)) found.push(`  line ${lineAt(text, event.valueStart)}: key ${JSON.stringify(name)} already set in map`);
        parent.names.add(name);
      }
      if (parent?.names) parent.isName = !parent.isName;
      if (event.type === EVENT_ID.MAPPING) open.push({ names: new Set(), isName: true });
      else if (event.type === EVENT_ID.SEQUENCE) open.push({ names: undefined, isName: false });
    }
  }
  return found.length > 0 ? [`yaml: unmarshal errors:\n${found.join('\n')}`] : [];
}

function* firstDocument(events: readonly Event[]): Generator<Event> {
  let documents = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT && ++documents > 1) return;
    if (event.type !== EVENT_ID.DOCUMENT) yield event;
  }
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

function sentenceOf({ reason, mark }: YAMLException): string {
  const alias = /^unidentified alias "(.*)"$/.exec(reason)?.[1];
  if (alias !== undefined) return `yaml: unknown anchor '${alias}' referenced`;
  const known = sentences.find(([pattern]) => pattern.test(reason))?.[1] ?? reason;
  return mark === undefined ? `yaml: ${known}` : `yaml: line ${mark.line + 1}: ${known}`;
}

/** go-yaml's words for what our parser says otherwise. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/^tab characters/, 'found character that cannot start any token'],
  [/^bad indentation of a mapping entry/, 'mapping values are not allowed in this context'],
  [/within a flow collection/, "did not find expected ',' or '}'"],
  [/within a (double|single) quoted scalar/, 'found unexpected end of stream'],
  [/^end of the stream or a document separator/, 'did not find expected <document start>'],
  [/^bad indentation of a sequence entry/, "did not find expected '-' indicator"],
];
