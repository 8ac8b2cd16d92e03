import { ApiError, badRequest, expired } from '../../api/errors.ts';
import type { Status } from '../../api/meta.ts';
import { fromBase64Url, text, toBase64Url, utf8 } from '../../codec/bytes.ts';
import { parseJson } from '../../codec/json.ts';
import type { Key } from '../../store/store.ts';

/** Where a chunked list goes on: base64url of `{"v":"meta.k8s.io/v1","rv":…,"start":…}`. */
export interface ContinueToken {
  readonly startKey: Key;
  /** -1: whatever there is now, for those who chose to go on inconsistently. */
  readonly revision: number;
}

const version = 'meta.k8s.io/v1';

/** `startKey` is the first key not yet sent; the token holds what follows the resource's prefix. */
export const encodeContinue = (prefix: Key, { startKey, revision }: ContinueToken): string =>
  toBase64Url(utf8(JSON.stringify({ v: version, rv: revision, start: startKey.slice(prefix.length) })));

export function decodeContinue(prefix: Key, token: string): ContinueToken {
  const refuse = (why: string) => badRequest(`invalid continue token: ${why}`);
  let read: unknown;
  try {
    read = parseJson(text(fromBase64Url(token)));
  } catch (error) {
    throw refuse(`continue key is not valid: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { v, rv, start } = (typeof read === 'object' && read !== null ? read : {}) as Record<string, unknown>;
  if (v !== version)
    throw refuse(`continue key is not valid: server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`);
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0)
    throw refuse('continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '')
    throw refuse('continue key is not valid: encoded start key empty (version meta.k8s.io/v1)');
  // A path that climbs would read beside the resource.
  const segments = start.replace(/^\//, '').split('/');
  if (segments.some((segment, i) => segment === '.' || segment === '..' || (segment === '' && i < segments.length - 1)))
    throw refuse(`continue key is not valid: ${start}`);
  return { startKey: prefix + segments.join('/'), revision: rv };
}

/** History behind a token is gone; the answer carries another one that goes on with what there is now. */
export class ContinueExpiredError extends ApiError {
  readonly #token: string;

  constructor(prefix: Key, startKey: Key) {
    const { code, reason, message } = expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the ' +
        'continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing ' +
        'with the provided token results in an inconsistent list - objects that were created, modified, or deleted between ' +
        'the time the first chunk was returned and now may show up in the list.',
    );
    super(code, reason, message);
    this.#token = encodeContinue(prefix, { startKey, revision: -1 });
  }

  override get status(): Status {
    return { ...super.status, metadata: { continue: this.#token } };
  }
}
