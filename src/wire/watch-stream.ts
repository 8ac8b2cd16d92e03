import type { ApiError } from '../api/errors.ts';
import type { ApiResult, WatchFrame } from '../api/call.ts';
import { utf8 } from '../codec/bytes.ts';
import { stringifyJson } from '../codec/json.ts';
import type { HttpHeaders, HttpResponse } from '../net/http.ts';
import { tableOptions, type Render } from './encode.ts';
import { metadataOnly, tableOf } from './table.ts';

/**
 * Writes a watch as a stream of JSON lines. A client that reads too slowly pauses its own
 * subscription and nobody else's; an error becomes a last ERROR event.
 */
export function streamWatch(
  result: Extract<ApiResult, { type: 'watch' }>,
  render: Render,
  headers: HttpHeaders,
  response: HttpResponse,
  gone: AbortSignal,
): void {
  const encode = frameEncoder(result, render);
  const body = response.stream(200, { ...headers, 'content-type': 'application/json' });
  let ended = false;
  const finish = (error?: ApiError) => {
    if (ended) return;
    ended = true;
    if (error) body.write(utf8(`${stringifyJson({ type: 'ERROR', object: error.status })}\n`));
    body.end();
  };
  const subscription = result.start({ frame: (frame) => body.write(encode(frame)), end: finish });
  body.onDrain(() => subscription.resume());
  const leave = () => {
    ended = true;
    subscription.cancel();
  };
  if (gone.aborted) leave();
  else gone.addEventListener('abort', leave, { once: true });
}

function frameEncoder({ of }: Extract<ApiResult, { type: 'watch' }>, render: Render): (frame: WatchFrame) => Uint8Array {
  const { as, version } = render.representation;
  if (as === 'object') return (frame) => frame.line();
  const line = (type: string, object: unknown) => utf8(`${stringifyJson({ type, object })}\n`);
  if (as === 'metadata') return ({ type, object }) => line(type, metadataOnly(object, version));
  let withColumns = true;
  return ({ type, object }) => {
    const options = { ...tableOptions(render), withColumns };
    withColumns = false;
    const rows = type === 'BOOKMARK' ? [] : [object];
    return line(type, tableOf(of, rows, { resourceVersion: object.metadata.resourceVersion }, options));
  };
}
