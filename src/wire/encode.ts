import { ApiError } from '../api/errors.ts';
import type { ApiResult, ObjectList } from '../api/call.ts';
import type { Kind } from '../api/kind.ts';
import { withoutType, type KubeObject } from '../api/meta.ts';
import { encodeKubernetesProtobuf, protobufMediaType } from '../api/protobuf/envelope.ts';
import { hasProtobuf } from '../api/protobuf/messages.ts';
import { ByteBatches } from '../codec/byte-batches.ts';
import { utf8 } from '../codec/bytes.ts';
import { stringifyJson } from '../codec/json.ts';
import { stringifyYaml } from '../codec/yaml.ts';
import type { HttpHeaders, HttpResponse } from '../net/http.ts';
import type { Representation } from './negotiation.ts';
import { includeObjectOf, metadataOnly, tableHead, tableOf, tableRow, type TableOptions } from './table.ts';

export interface Render {
  readonly representation: Representation;
  /** Milliseconds since the epoch, for ages: a watch asks anew at each event. */
  now(): number;
  /** `includeObject` as the query has it. */
  readonly includeObject: string | undefined;
}

type Of<T extends ApiResult['type']> = Extract<ApiResult, { type: T }>;

const newline = utf8('\n');
const comma = utf8(',');
const listEnd = utf8(']}\n');

export function writeObject(result: Of<'object'>, render: Render, headers: HttpHeaders, response: HttpResponse): void {
  const { representation } = render;
  const plain = representation.as === 'object' || isStatus(result.value.object);
  if (plain && isCompact(representation)) return response.send(result.code, json(headers), [...result.value.json(), newline]);
  const { object } = result.value;
  writeValue(plain ? object : formOf(object, result.of, render), result.code, representation, headers, response);
}

function formOf(object: KubeObject, of: Kind | undefined, render: Render): unknown {
  const { as, version } = render.representation;
  if (as === 'metadata') return metadataOnly(object, version);
  if (as === 'table') return tableOf(of, [object], { resourceVersion: object.metadata.resourceVersion }, tableOptions(render));
  const asked = 'you requested PartialObjectMetadataList, but the requested object is not a list';
  throw new ApiError(406, 'NotAcceptable', `${asked} (${goType(of, object.kind)})`);
}

export function writeList({ list, of }: Of<'list'>, render: Render, headers: HttpHeaders, response: HttpResponse): void {
  const { representation } = render;
  if (representation.as === 'metadata') {
    const asked = 'you requested PartialObjectMetadata, but the requested object is a list';
    throw new ApiError(406, 'NotAcceptable', `${asked} (${goType(of, list.kind)})`);
  }
  if (!isCompact(representation)) return writeValue(listValue(list, of, render), 200, representation, headers, response);
  response.send(200, json(headers), representation.as === 'object' ? objectChunks(list) : renderedChunks(list, of, render));
}

/** Items of Kubernetes' own kinds come without their type, custom resources with it. */
const hasUntypedItems = hasProtobuf;

/** A list of objects' own bytes. */
function objectChunks({ kind, apiVersion, metadata, items }: ObjectList): readonly Uint8Array[] {
  const batches = new ByteBatches();
  const untyped = hasUntypedItems(apiVersion);
  batches.add(listStart({ kind, apiVersion, metadata }, 'items'));
  for (const [index, item] of items.entries()) {
    if (index > 0) batches.add(comma);
    if (untyped) {
      if (item.addUntypedJson) item.addUntypedJson(batches);
      else batches.add(utf8(stringifyJson(withoutType(item.object))));
    } else if (item.addJson) item.addJson(batches);
    else for (const chunk of item.json()) batches.add(chunk);
  }
  batches.add(listEnd);
  return batches.chunks;
}

/** Some items at a time, since the whole may be longer than any string. */
function renderedChunks(list: ObjectList, of: Kind | undefined, render: Render): Uint8Array[] {
  const { head, field, itemOf } = renderingOf(list, of, render);
  const chunks = [listStart(head, field)];
  let gathered = '';
  for (const [index, item] of list.items.entries()) {
    gathered += (index > 0 ? ',' : '') + stringifyJson(itemOf(item.object));
    if (gathered.length < gatheredCharacters) continue;
    chunks.push(utf8(gathered));
    gathered = '';
  }
  chunks.push(utf8(gathered), listEnd);
  return chunks;
}

const gatheredCharacters = 64 * 1024;

const listStart = (head: object, field: string): Uint8Array => utf8(`${stringifyJson(head).slice(0, -1)},"${field}":[`);

function listValue(list: ObjectList, of: Kind | undefined, render: Render): unknown {
  const { head, field, itemOf } = renderingOf(list, of, render);
  return { ...head, [field]: list.items.map((item) => itemOf(item.object)) };
}

interface Rendering {
  readonly head: object;
  readonly field: 'items' | 'rows';
  readonly itemOf: (object: KubeObject) => unknown;
}

function renderingOf({ kind, apiVersion, metadata }: ObjectList, of: Kind | undefined, render: Render): Rendering {
  const { as, version } = render.representation;
  if (as === 'object')
    return { head: { kind, apiVersion, metadata }, field: 'items', itemOf: hasUntypedItems(apiVersion) ? withoutType : (object) => object };
  if (as === 'table') {
    const options = tableOptions(render);
    return { head: tableHead(of, metadata, options), field: 'rows', itemOf: (object) => tableRow(of, object, options) };
  }
  const head = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata };
  return { head, field: 'items', itemOf: (object) => metadataOnly(object, version) };
}

export function writeValue(
  value: unknown,
  code: number,
  { encoding, pretty }: Pick<Representation, 'encoding' | 'pretty'>,
  headers: HttpHeaders,
  response: HttpResponse,
): void {
  if (encoding === 'protobuf') return response.send(code, { ...headers, 'content-type': protobufMediaType }, [protobufOf(value)]);
  if (encoding === 'yaml') return response.send(code, { ...headers, 'content-type': 'application/yaml' }, [utf8(stringifyYaml(value))]);
  response.send(code, json(headers), [utf8(`${stringifyJson(value, pretty ? 2 : undefined)}\n`)]);
}

function protobufOf(value: unknown): Uint8Array {
  const { apiVersion = '', kind = '' } = value as Partial<KubeObject>;
  const bytes = encodeKubernetesProtobuf(value, apiVersion, kind);
  if (!bytes) throw notMarshalable(kind);
  return bytes;
}

/** Negotiation goes by groups: a custom kind in one of Kubernetes' own comes this far. */
export const notMarshalable = (kind: string): ApiError =>
  new ApiError(
    406,
    'NotAcceptable',
    `object ${goType(undefined, kind)} does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message`,
  );

export const tableOptions = (render: Render): TableOptions => ({
  version: render.representation.version,
  includeObject: includeObjectOf(render.includeObject),
  nowMs: render.now(),
});

const isCompact = ({ encoding, pretty }: Representation): boolean => encoding === 'json' && !pretty;
const isStatus = (object: KubeObject): boolean => object.kind === 'Status' && object.apiVersion === 'v1';
const json = (headers: HttpHeaders): HttpHeaders => ({ ...headers, 'content-type': 'application/json' });

/** What upstream calls the object in its own language. */
const goType = (of: Kind | undefined, kind = ''): string => `*${of?.group.split('.', 1)[0] || 'core'}.${kind}`;
