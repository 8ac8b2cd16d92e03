import { ApiError, internal } from '../api/errors.ts';
import type { ApiResult, Subscription, WatchFrame } from '../api/call.ts';
import { protobufMediaType } from '../api/protobuf/envelope.ts';
import { encodeWatchEvent, type TypedObject } from '../api/protobuf/watch-event.ts';
import { utf8 } from '../codec/bytes.ts';
import { stringifyJson } from '../codec/json.ts';
import type { HttpHeaders, HttpResponse } from '../net/http.ts';
import { tableOptions, notMarshalable, type Render } from './encode.ts';
import { metadataOnly, tableHead, tableRow } from './table.ts';

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
  const event = eventEncoder(render);
  const encode = frameEncoder(result, render, event);
  const body = response.stream(200, { ...headers, 'content-type': contentTypes[render.representation.encoding] });
  // A feed may begin, and end, before `start` returns.
  const feed: { subscription?: Subscription } = {};
  let ended = false;
  const finish = (error?: ApiError) => {
    if (ended) return;
    ended = true;
    if (error) body.write(event('ERROR', error.status));
    body.end();
  };
  const frame = (next: WatchFrame): boolean => {
    if (ended) return true;
    try {
      return body.write(encode(next));
    } catch (error) {
      // What cannot be written ends this watch, not the one who feeds them all.
      finish(error instanceof ApiError ? error : internal(error));
      feed.subscription?.cancel();
      return true;
    }
  };
  const subscription = result.start({ frame, end: finish });
  feed.subscription = subscription;
  if (ended) return subscription.cancel();
  body.onDrain(() => subscription.resume());
  const leave = () => {
    ended = true;
    subscription.cancel();
  };
  if (gone.aborted) leave();
  else gone.addEventListener('abort', leave, { once: true });
}

const contentTypes = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: `${protobufMediaType};stream=watch`,
} as const;

type EncodeEvent = (type: string, object: TypedObject) => Uint8Array;

function eventEncoder({ representation }: Render): EncodeEvent {
  if (representation.encoding !== 'protobuf') return (type, object) => utf8(`${stringifyJson({ type, object })}\n`);
  return (type, object) => {
    const bytes = encodeWatchEvent(type, object);
    if (!bytes) throw notMarshalable(object.kind ?? '');
    return bytes;
  };
}

/** Throws a 400 for options that make no sense, before the watch begins. */
function frameEncoder(
  { of }: Extract<ApiResult, { type: 'watch' }>,
  render: Render,
  event: EncodeEvent,
): (frame: WatchFrame) => Uint8Array {
  const { as, version, encoding } = render.representation;
  if (as === 'metadata') return ({ type, object }) => event(type, metadataOnly(object, version));
  // A list is not what an event holds; upstream then sends the object as it is.
  if (as !== 'table') return encoding === 'json' ? (frame) => frame.line() : ({ type, object }) => event(type, object);
  const options = tableOptions(render);
  let withColumns = true;
  return ({ type, object }) => {
    const head = tableHead(of, { resourceVersion: object.metadata.resourceVersion }, options, withColumns);
    withColumns = false;
    const table = { ...head, rows: [tableRow(of, object, { ...options, nowMs: render.now() })] };
    return event(type, table);
  };
}
