import type { Event as EventType } from '../../../src/api/generated/core/v1.ts';
import { humanDuration } from '../../../src/api/kind.ts';
import { Event } from '../../../src/api/kinds/core/event.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { targetOf } from '../kinds.ts';
import { columns } from '../printing.ts';

/** The events of an object, or all of a namespace, as `kubectl describe` prints them; the latest last. */
export const events: Command = {
  name: 'events',
  usage: 'events [KIND/NAME] [-n NAMESPACE] [--reasons=REASON,…]',
  flags: { ...namespaceFlags, '--reasons': 'value' },
  async run(session, given, _input, print) {
    const about = given.words.length > 0 ? targetOf(given.one()) : undefined;
    const reasons = given.flag('--reasons')?.split(',');
    const { items } = await session.client.list<EventType>(
      Event,
      about?.kind.namespaced === false ? {} : { namespace: namespaceOf(given) },
    );
    const chosen = items
      .filter(({ involvedObject: { kind, name } }) => !about || (kind === about.kind.kind && name === about.name))
      .filter(({ reason = '' }) => !reasons || reasons.includes(reason))
      .toSorted((a, b) => lastMs(a) - lastMs(b) || revision(a) - revision(b));
    if (chosen.length === 0) return print('No events.');
    const rows = chosen.map((event) => {
      const { type = '', reason = '', source, reportingComponent = '', message = '', involvedObject } = event;
      const object = about ? [] : [`${involvedObject.kind?.toLowerCase()}/${involvedObject.name}`];
      return [type, reason, ageOfEvent(event, session.now()), ...object, source.component ?? reportingComponent, message.trim()];
    });
    print(columns([['TYPE', 'REASON', 'AGE', ...(about ? [] : ['OBJECT']), 'FROM', 'MESSAGE'], ...rows]));
  },
};

const lastMs = ({ series, lastTimestamp, eventTime, firstTimestamp }: EventType): number =>
  Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? '');

/** Within a second, those that were written later come later. */
const revision = ({ metadata }: EventType): number => Number(metadata.resourceVersion);

/** `3s`, or `3s (x4 over 2m)` for what has happened more than once. */
function ageOfEvent(event: EventType, nowMs: number): string {
  const since = (ms: number) => humanDuration(nowMs - ms);
  const firstMs = Date.parse(event.eventTime ?? event.firstTimestamp ?? '');
  const times = event.series?.count ?? event.count ?? 1;
  return times > 1 ? `${since(lastMs(event))} (x${times} over ${since(firstMs)})` : since(firstMs);
}
