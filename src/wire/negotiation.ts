import { notAcceptable } from '../api/errors.ts';

/** In what form an answer goes out. */
export interface Representation {
  readonly encoding: 'json' | 'yaml';
  /** `table` and `metadata` are what `as=Table` and `as=PartialObjectMetadata` ask for. */
  readonly as: 'object' | 'table' | 'metadata';
  /** Of meta.k8s.io, for `table` and `metadata`. */
  readonly version: 'v1' | 'v1beta1';
  readonly pretty: boolean;
}

export interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The ranges of an Accept header, best first; those with quality 0 left out. */
export function parseAccept(header: string | undefined): MediaRange[] {
  if (!header) return [];
  return header
    .split(',')
    .map((range, order) => {
      const [type = '', ...rest] = range.split(';').map((part) => part.trim());
      const parameters = new Map(rest.map((pair) => pair.split('=', 2).map((half) => half.trim()) as [string, string]));
      return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1), order };
    })
    .filter((range) => range.type !== '' && range.quality > 0)
    .toSorted((a, b) => b.quality - a.quality || a.order - b.order);
}

const encodings: Readonly<Record<string, Representation['encoding']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/*': 'json',
  '*/*': 'json',
};

/** The media types served, as 406 and 415 name them. */
export const servedMediaTypes: readonly string[] = ['application/json', 'application/yaml'];

/** The first range that can be served; 406 when there is none. A client that prefers protobuf but lists JSON gets JSON. */
export function negotiate(accept: string | undefined, pretty: boolean, watch = false): Representation {
  const ranges = parseAccept(accept);
  if (ranges.length === 0) return { encoding: 'json', as: 'object', version: 'v1', pretty };
  for (const { type, parameters } of ranges) {
    const encoding = encodings[type];
    // A stream of YAML documents is no watch: upstream has no framing for it either.
    if (!encoding || (watch && encoding === 'yaml')) continue;
    const as = parameters.get('as');
    if (as === undefined) return { encoding, as: 'object', version: 'v1', pretty };
    if (parameters.get('g') !== 'meta.k8s.io') continue;
    const version = parameters.get('v');
    if (version !== 'v1' && version !== 'v1beta1') continue;
    if (as === 'Table') return { encoding, as: 'table', version, pretty };
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return { encoding, as: 'metadata', version, pretty };
  }
  throw notAcceptable(servedMediaTypes);
}

/** Browsers and curl get indented JSON unless they say otherwise (upstream's isPrettyPrint). */
export function wantsPretty(query: string | undefined, userAgent: string | undefined): boolean {
  if (query !== undefined) return query !== '0' && query.toLowerCase() !== 'false';
  return userAgent !== undefined && /^(curl|Wget|Mozilla\/5\.0)/.test(userAgent);
}
