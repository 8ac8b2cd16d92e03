import type { ApiResult } from '../api/call.ts';
import type { HttpBody, HttpHeaders, HttpRequest, HttpResponse } from '../net/http.ts';

/** Writes bytes that are no object: whole, or as they come. Rejects when their source fails, for the answer to be broken off. */
export async function writeBytes(
  { code, contentType, body, etag }: Extract<ApiResult, { type: 'bytes' }>,
  headers: HttpHeaders,
  request: HttpRequest,
  response: HttpResponse,
): Promise<void> {
  const all: HttpHeaders = { ...headers, 'content-type': contentType, ...(etag !== undefined && { etag, vary: 'Accept' }) };
  if (etag !== undefined && matches(request.header('if-none-match'), etag)) return response.send(304, all, []);
  if (body instanceof Uint8Array) return response.send(code, all, [body]);
  const stream = response.stream(code, all);
  const flow = flowOf(stream, request.signal);
  try {
    for await (const chunk of body) {
      if (request.signal.aborted) return;
      if (!stream.write(chunk)) await flow.drained();
    }
    stream.end();
  } catch (error) {
    // Too late for a Status: an end that is not clean says that something is missing.
    response.destroy();
    if (!request.signal.aborted) throw error;
  }
}

/** RFC 9110's weak comparison. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}

/** `drained` resolves when the client reads again, and when it has gone. */
function flowOf(stream: HttpBody, gone: AbortSignal): { drained(): Promise<void> } {
  let wake = () => {};
  stream.onDrain(() => wake());
  gone.addEventListener('abort', () => wake(), { once: true });
  return { drained: () => (gone.aborted ? Promise.resolve() : new Promise((resolve) => (wake = resolve))) };
}
