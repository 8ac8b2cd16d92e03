import { sha256 } from '../../base/sha256.ts';
import { toHex, utf8 } from '../../codec/bytes.ts';
import { stringifyJson } from '../../codec/json.ts';
import type { ApiResult, NonResourceCall } from '../../api/call.ts';
import type { KindRegistry } from '../../api/registry.ts';
import { openApiV2Protobuf, openApiV2ProtobufAccepted, openApiV2ProtobufMediaType } from '../openapi/v2-protobuf.ts';
import { openApiV2Document } from '../openapi/v2.ts';
import { openApiV3Document, openApiV3Index } from '../openapi/v3.ts';
import { notAcceptableAnswer, unknownPathAnswer, withEtag } from './answer.ts';

/** Large: each is made when it is first asked for, once for a set of kinds. */
export class OpenApiDocuments {
  readonly #registry: KindRegistry;
  readonly #made = new Map<string, ApiResult>();

  constructor(registry: KindRegistry) {
    this.#registry = registry;
  }

  v2({ accept }: NonResourceCall): ApiResult {
    const { kinds } = this.#registry;
    switch (firstServed(accept, openApiV2ProtobufAccepted)) {
      case 'json':
        return this.#once('v2', () => jsonDocument(openApiV2Document(kinds)))!;
      case 'protobuf':
        return this.#once('v2+protobuf', () => withEtag(openApiV2ProtobufMediaType, openApiV2Protobuf(kinds)))!;
      default:
        return notAcceptableAnswer();
    }
  }

  v3({ accept }: NonResourceCall, path: readonly string[]): ApiResult {
    if (firstServed(accept, []) === undefined) return notAcceptableAnswer();
    return this.#once(`v3/${path.join('/')}`, () => this.#v3Document(path)) ?? unknownPathAnswer();
  }

  #v3Document([root, ...rest]: readonly string[]): ApiResult | undefined {
    const { kinds } = this.#registry;
    if (root === undefined) return jsonDocument(openApiV3Index(kinds, hash));
    const [group, version] = root === 'api' && rest.length === 1 ? ['', rest[0]!] : rest;
    if ((root !== 'api' && root !== 'apis') || group === undefined || version === undefined || rest.length > 2) return undefined;
    if ((root === 'api') !== (group === '')) return undefined;
    const document = openApiV3Document(kinds, group, version);
    return document && jsonDocument(document);
  }

  #once(key: string, make: () => ApiResult | undefined): ApiResult | undefined {
    const known = this.#made.get(key);
    if (known) return known;
    const made = make();
    if (made) this.#made.set(key, made);
    return made;
  }
}

const jsonDocument = (document: unknown): ApiResult => withEtag('application/json', utf8(stringifyJson(document)));
const hash = (bytes: Uint8Array): string => toHex(sha256(bytes)).toUpperCase();

/** Nothing asked for means JSON. */
function firstServed(accept: readonly string[], protobuf: readonly string[]): 'json' | 'protobuf' | undefined {
  if (accept.length === 0) return 'json';
  for (const range of accept) {
    const type = range.split(';')[0]!.trim();
    if (protobuf.includes(type)) return 'protobuf';
    if (type === 'application/json' || type === 'application/*' || type === '*/*') return 'json';
  }
  return undefined;
}
