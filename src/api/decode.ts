/**
 * From a request's body to a draft of the kind's object, with the sentences of Kubernetes'
 * serializer for what goes wrong on the way.
 */
import { cloneJson } from '../codec/clone-json.ts';
import { text as textOf, toHex } from '../codec/bytes.ts';
import { countMembers, JsonError, parseJson, visitMembers } from '../codec/json.ts';
import { ProtobufError } from '../codec/protobuf/reader.ts';
import { findDuplicateYamlKeys, parseYaml, YamlError } from '../codec/yaml.ts';
import type { Body } from './call.ts';
import { DecodeError, decodeValue, goKindOf, type JsonObject, mostStrictProblems } from './decode-value.ts';
import type { Draft } from './draft.ts';
import { ApiError, badRequest, unsupportedMediaType } from './errors.ts';
import type { Kind } from './kind.ts';
import { apiVersionOf, type KubeObject, parseApiVersion } from './meta.ts';
import { decodeObject, readEnvelope } from './protobuf/envelope.ts';
import { messageOfKind } from './protobuf/messages.ts';
import type { Field, Schema } from './schema.ts';
import { definitionOf } from './schemas.ts';

/** What decoding asks of a kind; kinds without a resource (`DeleteOptions`, `Scale`) have it too. */
export type Decodable = Pick<Kind, 'group' | 'version' | 'kind' | 'schema'>;

type WireBody = Extract<Body, { readonly bytes: Uint8Array }>;

export interface DecodedBody {
  readonly object: Draft<KubeObject>;
  /** For `Warning` headers. */
  readonly warnings: string[];
}

/**
 * `fieldValidation` is `Strict` (unknown and duplicate fields are errors), `Ignore`, or `Warn`, which
 * is also what anything else counts as. Missing apiVersion and kind become the kind's; `metadata` is
 * there in any case. Throws `ApiError`, 400; where a value is of the wrong type, its cause is a `DecodeError`.
 */
export function decodeBody(body: Body, kind: Decodable, fieldValidation?: string): DecodedBody {
  const value = readBody(body, kind);
  const stated = statedType(value, kind, body);
  checkKind(stated, kind);
  const cannot = (why: string, cause?: DecodeError): ApiError => cannotBeHandled(stated, kind, why, cause);
  const schema = kind.schema();
  try {
    const decoded = decodeValue(value, schema, { copies: 'object' in body });
    const strict = fieldValidation === 'Ignore' ? [] : strictProblems(body, value, decoded.unknownFields, schema);
    if (strict.length > 0 && fieldValidation === 'Strict') throw cannot(`strict decoding error: ${strict.join(', ')}`);
    checkVersion(stated, kind, schema);
    return { object: withType(decoded.value, kind), warnings: strict };
  } catch (error) {
    if (error instanceof DecodeError) throw cannot(error.message, error);
    throw error;
  }
}

function readBody(body: Body, kind: Decodable): JsonObject {
  if ('object' in body) return requireObject(body.object, kind, body);
  if (body.mediaType === 'application/vnd.kubernetes.protobuf') return readProtobuf(body, kind);
  const text = textOf(body.bytes);
  try {
    // Upstream makes JSON of YAML first, whose names are then in order.
    return requireObject(body.mediaType === 'application/yaml' ? inOrder(parseYaml(text)) : parseJson(text), kind, body);
  } catch (error) {
    if (error instanceof YamlError) throw unrecognized(kind, `error converting YAML to JSON: ${error.message}`, body);
    if (error instanceof JsonError) throw unrecognized(kind, `couldn't get version/kind; json parse error: ${error.message}`, body);
    throw error;
  }
}

/** Of what is no such kind, only what it says it is: the checks that follow tell what is wrong with it. */
function readProtobuf(body: WireBody, kind: Decodable): JsonObject {
  const own = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  if (!messageOfKind(own.apiVersion, own.kind)) throw unsupportedMediaType(['application/json', 'application/yaml']);
  const envelope = orProtobufError(
    () => readEnvelope(body.bytes),
    (why) => unrecognized(kind, why, body),
  );
  const stated = { apiVersion: envelope.apiVersion || own.apiVersion, kind: envelope.kind || own.kind };
  if (!messageOfKind(stated.apiVersion, stated.kind)) return stated;
  const object = orProtobufError(
    () => decodeObject(envelope.raw, stated.apiVersion, stated.kind),
    (why) => cannotBeHandled({ kind: stated.kind, version: stated.apiVersion.split('/').at(-1)! }, kind, why),
  );
  return { ...stated, ...object };
}

function orProtobufError<T>(read: () => T, explain: (why: string) => ApiError): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtobufError) throw explain(error.message);
    throw error;
  }
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member)]));
}

/** Unknown and duplicate fields, in the body's order, as errors and warnings name them. */
function strictProblems(body: Body, value: JsonObject, unknownFields: readonly string[], schema: Schema): string[] {
  // Custom resources are read without a schema at first, so that what comes twice is found before what is unknown.
  const isCustom = schema.name === undefined;
  const unknown = (isCustom ? metadataFirst(unknownFields) : unknownFields).map(unknownText);
  if ('object' in body) return unknown;
  // Fields of other releases are no mistakes of the client's, who named none of them.
  if (body.mediaType === 'application/vnd.kubernetes.protobuf') return [];
  const text = textOf(body.bytes);
  if (body.mediaType === 'application/yaml') return [...findDuplicateYamlKeys(text), ...unknown];
  if (countMembers(text) === countNames(value)) return unknown;
  return isCustom ? [...problemsInOrder(text, []), ...unknown] : problemsInOrder(text, unknownFields);
}

/** Those of the object's own metadata, then the others sorted. */
function metadataFirst(paths: readonly string[]): string[] {
  const ofMetadata = (path: string) => path.startsWith('metadata.');
  return [...paths.filter(ofMetadata), ...paths.filter((path) => !ofMetadata(path)).sort()];
}

const unknownText = (path: string): string => `unknown field ${JSON.stringify(path)}`;

/** Longer ones would tell nobody anything, but cost a lot to put together. */
const longestPathTold = 1000;

function problemsInOrder(text: string, unknownFields: readonly string[]): string[] {
  const unknown = new Set(unknownFields);
  const found = new Set<string>();
  visitMembers(text, (path, repeated) => {
    if (path.length > longestPathTold || found.size >= mostStrictProblems) return;
    if (unknown.has(path)) found.add(unknownText(path));
    // What is in an unknown field is not looked at.
    else if (repeated && !unknownFields.some((outer) => isWithin(path, outer))) found.add(`duplicate field ${JSON.stringify(path)}`);
  });
  return [...found];
}

function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countNames(item);
  else for (const member of Object.values(value)) count += 1 + countNames(member);
  return count;
}

const isWithin = (path: string, outer: string): boolean => path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);

/** The Go type into which the body's type is read first; its name stands in the sentence. */
const typeMeta = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function requireObject(value: unknown, kind: Decodable, body: Body): JsonObject {
  // Go decodes null into whatever there is, and changes nothing.
  if (value === null || value === undefined) return {};
  if (isObject(value)) return value;
  throw unrecognized(
    kind,
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${goKindOf(value)} into Go value of type ${typeMeta}`,
    body,
  );
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

interface StatedType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What the body says it is, with the kind's own where it says nothing. */
function statedType(value: JsonObject, kind: Decodable, body: Body): StatedType {
  for (const name of ['apiVersion', 'kind']) {
    const given = value[name];
    if (given === null || given === undefined || typeof given === 'string') continue;
    const why = `json: cannot unmarshal ${goKindOf(given)} into Go struct field .${name} of type string`;
    throw unrecognized(kind, `couldn't get version/kind; json parse error: ${why}`, body);
  }
  const apiVersion = textIn(value, 'apiVersion');
  if (kind.schema().name === undefined && 'bytes' in body) requireType(value, kind, body);
  const parsed = apiVersion === '' ? kind : parseApiVersion(apiVersion);
  if (!parsed) throw unrecognized(kind, `unexpected GroupVersion string: ${apiVersion}`, body);
  return { group: parsed.group, version: parsed.version, kind: textIn(value, 'kind') || kind.kind };
}

/** Only Go types know what they are: over the wire, custom resources must say it. */
function requireType(value: JsonObject, kind: Decodable, body: WireBody): void {
  if (textIn(value, 'kind') === '') throw unrecognized(kind, `Object 'Kind' is missing in '${textOf(body.bytes)}'`, body);
  if (textIn(value, 'apiVersion') === '') throw otherVersion('', kind);
}

function textIn(value: JsonObject, name: string): string {
  const given = value[name];
  return typeof given === 'string' ? given : '';
}

/** Types of meta/v1 are at home in every group-version. */
const isEverywhere = (schema: Schema): boolean => schema.name?.startsWith('io.k8s.apimachinery.') ?? false;

function checkKind(stated: StatedType, kind: Decodable): void {
  const apiVersion = apiVersionOf(stated);
  if (stated.kind === kind.kind && (stated.group === kind.group || isEverywhere(kind.schema()))) return;
  const known = definitionOf(apiVersion, stated.kind) !== undefined;
  const why = known
    ? `converting (${stated.version}.${stated.kind}) to (${kind.group.split('.')[0] || 'core'}.${kind.kind}): unknown conversion`
    : `no kind ${JSON.stringify(stated.kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`;
  throw cannotBeHandled(stated, kind, why);
}

function cannotBeHandled(stated: Pick<StatedType, 'version' | 'kind'>, kind: Decodable, why: string, cause?: DecodeError): ApiError {
  const message = `${stated.kind} in version ${JSON.stringify(stated.version)} cannot be handled as a ${kind.kind}: ${why}`;
  return new ApiError(400, 'BadRequest', message, undefined, cause && { cause });
}

function checkVersion(stated: StatedType, kind: Decodable, schema: Schema): void {
  if (stated.version === kind.version || isEverywhere(schema)) return;
  throw otherVersion(apiVersionOf(stated), kind);
}

const otherVersion = (given: string, kind: Decodable): ApiError =>
  badRequest(`the API version in the data (${given}) does not match the expected API version (${apiVersionOf(kind)})`);

/** apiVersion and kind first, as Go writes them, and metadata for everybody to rely on. */
function withType(value: Record<string, unknown>, kind: Decodable): Draft<KubeObject> {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = value;
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: typeof metadata === 'object' && metadata !== null ? metadata : {},
    ...rest,
  };
}

const unrecognized = (kind: Decodable, why: string, body: Body): ApiError =>
  badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${why} (${summary(body)})`);

/** The body's beginning, for a sentence: its text where it looks like an object, else in hexadecimal. */
function summary(body: Body): string {
  if ('object' in body) return `not bytes, but handed over as ${typeof body.object}`;
  const { bytes } = body;
  if (bytes.length === 0) return '<empty>';
  const head = bytes.subarray(0, summaryBytes);
  return (bytes[0] === 0x7b ? textOf(head) : toHex(head)) + (bytes.length > summaryBytes ? ' ...' : '');
}

const summaryBytes = 30;

/**
 * Sets what the schema publishes as defaults, wherever the object that would hold it is there: `{}`
 * for what Go holds by value, '' and 0 for what it always writes, and the few others. Answers
 * whether anything was set.
 */
export function applySchemaDefaults(draft: object, schema: Schema): boolean {
  let changed = false;
  for (const [name, field] of defaultingFields(schema)) {
    let value: unknown = Reflect.get(draft, name);
    if (value === undefined && field.default !== undefined) {
      value = ownCopy(field.default);
      Reflect.set(draft, name, value);
      changed = true;
    }
    if (typeof value === 'object' && value !== null && defaultWithin(value, field.schema)) changed = true;
  }
  return changed;
}

/** Each object has its default to itself. Most are empty objects, and not worth a structured clone. */
function ownCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return !Array.isArray(value) && Object.keys(value).length === 0 ? {} : cloneJson(value);
}

function defaultWithin(value: object, schema: Schema): boolean {
  let changed = schema.type === 'object' && applySchemaDefaults(value, schema);
  const inner = schema.items ?? schema.values;
  if (!inner || !isContainer(inner)) return changed;
  for (const member of Object.values(value))
    if (typeof member === 'object' && member !== null && defaultWithin(member, inner)) changed = true;
  return changed;
}

const isContainer = ({ type, items, values }: Schema): boolean => type === 'object' || (items ?? values) !== undefined;

/** Fields that have a default, or may hold some that do. */
function defaultingFields(schema: Schema): readonly (readonly [string, Field])[] {
  let fields = known.get(schema);
  if (!fields) {
    fields = [...(schema.fields ?? [])].filter(([, field]) => field.default !== undefined || isContainer(field.schema));
    known.set(schema, fields);
  }
  return fields;
}

const known = new WeakMap<Schema, readonly (readonly [string, Field])[]>();
