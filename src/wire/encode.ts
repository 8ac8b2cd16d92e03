import { badRequest } from '../api/errors.ts';
import type { ApiResult } from '../api/call.ts';
import type { KubeObject } from '../api/meta.ts';
import { utf8 } from '../codec/bytes.ts';
import { stringifyJson } from '../codec/json.ts';
import { stringifyYaml } from '../codec/yaml.ts';
import type { HttpHeaders, HttpResponse } from '../net/http.ts';
import type { Representation } from './negotiation.ts';
import { metadataOnly, tableOf, type IncludeObject } from './table.ts';

export interface Render {
  readonly representation: Representation;
  readonly nowMs: number;
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
  if (plain && representation.encoding === 'json' && !representation.pretty)
    return response.send(result.code, json(headers), [...result.value.json(), newline]);
  const { object } = result.value;
  const value = plain
    ? object
    : representation.as === 'metadata'
      ? metadataOnly(object, representation.version)
      : tableOf(result.of, [object], { resourceVersion: object.metadata.resourceVersion }, tableOptions(render));
  writeValue(value, result.code, representation, headers, response);
}

export function writeList({ list, of }: Of<'list'>, render: Render, headers: HttpHeaders, response: HttpResponse): void {
  const { representation } = render;
  if (representation.as === 'object' && representation.encoding === 'json' && !representation.pretty) {
    const chunks: Uint8Array[] = [
      utf8(`${stringifyJson({ kind: list.kind, apiVersion: list.apiVersion, metadata: list.metadata }).slice(0, -1)},"items":[`),
    ];
    let following = false;
    for (const item of list.items) {
      if (following) chunks.push(comma);
      following = true;
      for (const chunk of item.json()) chunks.push(chunk);
    }
    chunks.push(listEnd);
    return response.send(200, json(headers), chunks);
  }
  const objects = list.items.map((item) => item.object);
  writeValue(listValue(list, of, objects, render), 200, representation, headers, response);
}

function listValue(list: Of<'list'>['list'], of: Of<'list'>['of'], objects: KubeObject[], render: Render): unknown {
  const { as, version } = render.representation;
  if (as === 'table') return tableOf(of, objects, list.metadata, tableOptions(render));
  const partial = as === 'metadata';
  return {
    kind: partial ? 'PartialObjectMetadataList' : list.kind,
    apiVersion: partial ? `meta.k8s.io/${version}` : list.apiVersion,
    metadata: list.metadata,
    items: partial ? objects.map((object) => metadataOnly(object, version)) : objects,
  };
}

export function writeValue(
  value: unknown,
  code: number,
  { encoding, pretty }: Representation,
  headers: HttpHeaders,
  response: HttpResponse,
): void {
  if (encoding === 'yaml') return response.send(code, { ...headers, 'content-type': 'application/yaml' }, [utf8(stringifyYaml(value))]);
  response.send(code, json(headers), [utf8(`${stringifyJson(value, pretty ? 2 : undefined)}\n`)]);
}

export function tableOptions({ representation, nowMs, includeObject = 'Metadata' }: Render) {
  if (!isIncludeObject(includeObject)) throw badRequest(`unrecognized includeObject value: ${JSON.stringify(includeObject)}`);
  return { version: representation.version, includeObject, nowMs, withColumns: true };
}

const isIncludeObject = (value: string): value is IncludeObject => value === 'None' || value === 'Metadata' || value === 'Object';
const isStatus = (object: KubeObject): boolean => object.kind === 'Status' && object.apiVersion === 'v1';
const json = (headers: HttpHeaders): HttpHeaders => ({ ...headers, 'content-type': 'application/json' });
