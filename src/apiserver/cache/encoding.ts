/**
 * What is stored is the JSON that is served, less `resourceVersion`, which the store knows as the
 * entry's revision. It is written so that the one missing field goes in at a fixed place:
 * `{"kind":…,"apiVersion":…,"metadata":{` ‹here› `"name":…`. So an object is encoded once, when it
 * is written, and every get, list and watch sends the same bytes around one short splice.
 */
import type { ByteBatches } from '../../codec/byte-batches.ts';
import { text, utf8 } from '../../codec/bytes.ts';
import { parseJson, stringifyJson } from '../../codec/json.ts';
import { apiVersionOf, withoutType, type GroupVersion, type KubeObject } from '../../api/meta.ts';
import type { Draft } from '../../api/draft.ts';

/** How every stored object of a kind begins. */
export interface Opening {
  readonly kind: string;
  readonly apiVersion: string;
  readonly bytes: Uint8Array;
}

export function openingOf(what: GroupVersion & { readonly kind: string }): Opening {
  const apiVersion = apiVersionOf(what);
  const bytes = utf8(`{"kind":${JSON.stringify(what.kind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":{`);
  return { kind: what.kind, apiVersion, bytes };
}

/** The object whose JSON is stored. Its `kind` and `apiVersion` are the opening's, whatever `object` says itself. */
export function storedForm({ kind, apiVersion }: Opening, object: KubeObject): Draft<KubeObject> {
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = object as Draft<KubeObject> & Record<string, unknown>;
  const { resourceVersion: _resourceVersion, ...kept } = metadata;
  return { kind, apiVersion, metadata: kept, ...rest };
}

/** The bytes to store. */
export const encodeStored = (opening: Opening, object: KubeObject): Uint8Array => utf8(stringifyJson(storedForm(opening, object)));

/** The object's JSON with its resourceVersion in place, as chunks around the shared bytes. */
export function splice(opening: Opening, value: Uint8Array, revision: number): readonly Uint8Array[] {
  const at = opening.bytes.length;
  if (!opensWith(value, opening.bytes)) return [utf8(stringifyJson(decodeStored(value, revision)))];
  return [opening.bytes, utf8(resourceVersionMember(revision)), value.subarray(at)];
}

/** As `splice`, into `batches`. */
export function addSpliced(batches: ByteBatches, opening: Opening, value: Uint8Array, revision: number): void {
  if (opensWith(value, opening.bytes)) batches.addWithText(value, opening.bytes.length, resourceVersionMember(revision));
  else for (const chunk of splice(opening, value, revision)) batches.add(chunk);
}

/** As `addSpliced`, without `kind` and `apiVersion`. */
export function addUntypedSpliced(batches: ByteBatches, opening: Opening, value: Uint8Array, revision: number): void {
  if (!opensWith(value, opening.bytes)) return batches.add(utf8(stringifyJson(withoutType(decodeStored(value, revision)))));
  batches.addTextThenRest(`{"metadata":{${resourceVersionMember(revision)}`, value, opening.bytes.length);
}

const resourceVersionMember = (revision: number): string => `"resourceVersion":"${revision}",`;

/** The object in an entry's value. Throws `JsonError` for a value that is no JSON. */
export function decodeStored(value: Uint8Array, revision: number): KubeObject {
  const object = parseJson(text(value)) as Draft<KubeObject>;
  object.metadata.resourceVersion = String(revision);
  return object;
}

/** Values that somebody else wrote (an etcd client, a restored snapshot) may begin otherwise, or have empty metadata. */
function opensWith(value: Uint8Array, opening: Uint8Array): boolean {
  if (value.length <= opening.length || value[opening.length] !== 0x22) return false;
  for (let i = opening.length - 1; i >= 0; i--) if (value[i] !== opening[i]) return false;
  return true;
}
