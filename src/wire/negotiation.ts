import type { BodyMediaType, ResourceRef } from '../api/call.ts';
import { notAcceptable } from '../api/errors.ts';
import { apiVersionOf } from '../api/meta.ts';
import { hasProtobuf } from '../api/protobuf/messages.ts';

/** In what form an answer goes out. */
export interface Representation {
  readonly encoding: 'json' | 'yaml' | 'protobuf';
  /** `table`, `metadata` and `metadata-list` are what `as=Table`, `as=PartialObjectMetadata` and `as=PartialObjectMetadataList` ask for. */
  readonly as: 'object' | 'table' | 'metadata' | 'metadata-list';
  /** Of meta.k8s.io, for all but `object`. */
  readonly version: 'v1' | 'v1beta1';
  readonly pretty: boolean;
}

export interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The ranges of an Accept header, best first: by quality, then the exact before wildcards. Those with quality 0 are left out. */
export function parseAccept(header: string | undefined): MediaRange[] {
  if (!header) return [];
  return header
    .split(',')
    .map((range) => {
      const [type = '', ...rest] = range.split(';').map((part) => part.trim());
      const parameters = new Map(rest.map((pair) => pair.split('=', 2).map((half) => half.trim()) as [string, string]));
      return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) };
    })
    .filter((range) => range.type !== '' && range.quality > 0)
    .toSorted((a, b) => b.quality - a.quality || wildness(a.type) - wildness(b.type));
}

const wildness = (type: string): number => (type.startsWith('*') ? 2 : type.endsWith('/*') ? 1 : 0);

const encodings: Readonly<Record<string, Representation['encoding']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
  'application/*': 'json',
  '*/*': 'json',
};

/** The media types in which a group-version is served, as 406 and 415 name them. Custom kinds have no protocol buffers. */
export const mediaTypesOf = (resource: { readonly group: string; readonly version: string }): readonly BodyMediaType[] =>
  hasProtobuf(apiVersionOf(resource)) ? servedMediaTypes : textMediaTypes;

const textMediaTypes: readonly BodyMediaType[] = ['application/json', 'application/yaml'];
export const servedMediaTypes: readonly BodyMediaType[] = [...textMediaTypes, 'application/vnd.kubernetes.protobuf'];

/** Not so reviews, and what else is only created and never stored: upstream's storages of these convert to no Table. */
export const hasTable = ({ group, resource, subresource = '' }: ResourceRef): boolean =>
  !/^auth(entication|orization)\.k8s\.io$/.test(group) &&
  !(group === '' && resource === 'bindings') &&
  !['binding', 'eviction', 'token'].includes(subresource);

/** The first range that can be served; 406 when there is none. */
export function negotiate(accept: string | undefined, pretty: boolean, mediaTypes = servedMediaTypes, tables = true): Representation {
  if (!accept) return { encoding: 'json', as: 'object', version: 'v1', pretty };
  const offers = parseAccept(accept).flatMap((range) => offerOf(range, pretty));
  const served = offers.filter(
    ({ encoding, as }) =>
      (encoding !== 'protobuf' || mediaTypes.includes('application/vnd.kubernetes.protobuf')) && (as !== 'table' || tables),
  );
  const chosen = served[0] && withoutProtobuf(served[0], served);
  if (!chosen) throw notAcceptable(mediaTypes);
  return chosen;
}

/** A watch has no framing in YAML, and what would have been next in line is not asked for. */
export function negotiateWatch(accept: string | undefined, mediaTypes = servedMediaTypes): Representation {
  const chosen = negotiate(accept, false, mediaTypes);
  if (chosen.encoding === 'yaml')
    throw notAcceptable(mediaTypes.filter((type) => type !== 'application/yaml').map((type) => `${type};stream=watch`));
  return chosen;
}

function offerOf(range: MediaRange, pretty: boolean): Representation[] {
  const encoding = encodings[range.type];
  const form = encoding && formOf(range);
  // Tables have no protocol buffers.
  if (!form || (encoding === 'protobuf' && form.as === 'table')) return [];
  return [{ encoding, ...form, pretty: pretty || range.parameters.get('pretty') === '1' }];
}

/**
 * Who prefers protocol buffers but takes the same in JSON gets JSON: objects are kept as JSON here, whose
 * bytes go out as they are, whereas the others have to be made.
 */
const withoutProtobuf = (chosen: Representation, offers: readonly Representation[]): Representation =>
  chosen.encoding === 'protobuf' ? (offers.find(({ encoding, as }) => encoding === 'json' && as === chosen.as) ?? chosen) : chosen;

/** Errors are never tables, and are said even to those who accept nothing that is spoken here. */
export function negotiateError(accept: string | undefined, pretty: boolean): Pick<Representation, 'encoding' | 'pretty'> {
  if (!accept) return { encoding: 'json', pretty };
  const offers = parseAccept(accept)
    .flatMap((range) => offerOf(range, pretty))
    .filter(({ as }) => as === 'object');
  return offers[0] ? { encoding: withoutProtobuf(offers[0], offers).encoding, pretty } : { encoding: 'json', pretty: true };
}

/** Undefined where the range asks for something that is not served. */
function formOf({ parameters }: MediaRange): Pick<Representation, 'as' | 'version'> | undefined {
  const stream = parameters.get('stream');
  const serverVersion = parameters.get('sv');
  if ((stream && stream !== 'watch') || (serverVersion && serverVersion !== 'v1')) return undefined;
  if (!parameters.has('as') && !parameters.has('g') && !parameters.has('v')) return { as: 'object', version: 'v1' };
  const version = parameters.get('v');
  const as = forms[parameters.get('as') ?? ''];
  if (!as || parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  return { as, version };
}

const forms: Readonly<Record<string, Representation['as']>> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata-list',
};

/** Browsers and curl get indented JSON unless they say otherwise (upstream's isPrettyPrint). */
export function wantsPretty(query: string | undefined, userAgent: string | undefined): boolean {
  if (query) return /^(1|t|T|TRUE|true|True)$/.test(query);
  return userAgent !== undefined && /^(curl|Wget|Mozilla\/5\.0)/.test(userAgent);
}
