import { utf8 } from '../../codec/bytes.ts';
import { stringifyJson } from '../../codec/json.ts';
import type { ApiResult, NonResourceCall } from '../../api/call.ts';
import type { KindRegistry } from '../../api/registry.ts';
import { isRead, jsonAnswer, unknownPathAnswer, withEtag } from '../paths/answer.ts';
import type { PathHandler } from '../ports.ts';
import { aggregatedDiscovery, aggregatedMediaType, negotiateAggregated, type AggregatedVersion } from './aggregated.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './documents.ts';
import { perRegistry } from './per-registry.ts';

export interface DiscoveryOptions {
  /** `HOST:PORT` at which clients reach the server, for `/api`. */
  readonly serverAddress?: () => string;
}

/** `/api`, `/apis` and what is below them that is no resource. Each document is made once for each set of kinds. */
export function discoveryPaths(kinds: () => KindRegistry, options: DiscoveryOptions = {}): PathHandler {
  const { serverAddress = () => 'localhost:6443' } = options;
  const documents = perRegistry(kinds, (registry) => new DiscoveryDocuments(registry));
  return (call) => {
    const path = call.path.replace(/\/$/, '');
    if (!isRead(call) || !/^\/apis?(\/|$)/.test(path)) return undefined;
    return documents().answer(call, path, serverAddress());
  };
}

class DiscoveryDocuments {
  readonly #kinds: KindRegistry;
  readonly #answers = new Map<string, ApiResult>();

  constructor(kinds: KindRegistry) {
    this.#kinds = kinds;
  }

  answer({ accept }: NonResourceCall, path: string, serverAddress: string): ApiResult {
    if (path === '/api' || path === '/apis') {
      const version = negotiateAggregated(accept);
      if (version) return this.#once(`${path};${version}`, () => this.#aggregated(path === '/api' ? 'api' : 'apis', version));
      if (path === '/api') return jsonAnswer(apiVersions(serverAddress));
    }
    return this.#once(path, () => {
      const document = this.#document(path);
      return document ? jsonAnswer(document) : undefined;
    });
  }

  /** Keeps what was found; paths that nobody serves would be kept without end. */
  #once(key: string, make: () => ApiResult | undefined): ApiResult {
    const known = this.#answers.get(key);
    if (known) return known;
    const made = make();
    if (!made) return unknownPathAnswer();
    this.#answers.set(key, made);
    return made;
  }

  #aggregated(root: 'api' | 'apis', version: AggregatedVersion): ApiResult {
    return withEtag(aggregatedMediaType(version), utf8(stringifyJson(aggregatedDiscovery(this.#kinds, root, version))));
  }

  #document(path: string): object | undefined {
    const [, root, group, version, ...rest] = path.split('/');
    if (root === 'api') return version === undefined ? apiResourceList(this.#kinds, { group: '', version: group! }) : undefined;
    if (group === undefined) return apiGroupList(this.#kinds);
    if (group === '' || rest.length > 0) return undefined;
    return version === undefined ? apiGroup(this.#kinds, group) : apiResourceList(this.#kinds, { group, version });
  }
}
