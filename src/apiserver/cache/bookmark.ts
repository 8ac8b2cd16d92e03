import type { WatchFrame } from '../../api/call.ts';
import type { Kind } from '../../api/kind.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { utf8 } from '../../codec/bytes.ts';
import { Frame } from './cache-event.ts';

/** Marks the bookmark after which a watch that asked for initial events is up to date. */
export const initialEventsEnd = 'k8s.io/initial-events-end';

/** A frame that says no more than how far the watch has come. */
export function bookmarkFrame(kind: Kind, revision: number, endsInitialEvents: boolean): WatchFrame {
  const object = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: { resourceVersion: String(revision), ...(endsInitialEvents && { annotations: { [initialEventsEnd]: 'true' } }) },
  };
  return new Frame('BOOKMARK', { object, json: () => [utf8(JSON.stringify(object))] });
}
