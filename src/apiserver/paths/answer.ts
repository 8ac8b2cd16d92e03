import { toHex, utf8 } from '../../codec/bytes.ts';
import { stringifyJson } from '../../codec/json.ts';
import { sha256 } from '../../base/sha256.ts';
import type { ApiResult, NonResourceCall } from '../../api/call.ts';

type BytesResult = Extract<ApiResult, { type: 'bytes' }>;

export const plainText = 'text/plain; charset=utf-8';

export const textAnswer = (text: string, code = 200): BytesResult => ({ type: 'bytes', code, contentType: plainText, body: utf8(text) });

export const jsonAnswer = (value: unknown, indent?: number): BytesResult => ({
  type: 'bytes',
  code: 200,
  contentType: 'application/json',
  body: utf8(stringifyJson(value, indent)),
});

/** What Go's mux says where nothing is; clients make their own sentence of the code. */
export const unknownPathAnswer = (): BytesResult => textAnswer('404 page not found\n', 404);

export const notAcceptableAnswer = (): BytesResult => textAnswer('', 406);

/** An answer that clients keep and ask about by its hash. */
export function withEtag(contentType: string, body: Uint8Array): BytesResult {
  return { type: 'bytes', code: 200, contentType, body, etag: `"${toHex(sha256(body)).toUpperCase()}"` };
}

export const isRead = ({ verb }: NonResourceCall): boolean => verb === 'get' || verb === 'head';
