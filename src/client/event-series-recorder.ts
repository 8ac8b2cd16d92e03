import { isNotFound } from '../api/errors.ts';
import type { Event as EventType } from '../api/generated/events/v1.ts';
import { Event } from '../api/kinds/events/event.ts';
import type { KubeObject } from '../api/meta.ts';
import { eventName, referenceTo, type EventRecorder, type EventRecorderOptions } from './event-recorder.ts';
import { EventSink } from './event-sink.ts';

/** An event that was not repeated for so long begins anew. */
const seriesEndsAfterMs = 360_000;
/** How often the count of a running series is written. */
const seriesHeartbeatMs = 1_800_000;
const maxRemembered = 4096;

interface Known {
  event: EventType;
  lastMs: number;
  writtenMs: number;
}

/** The recorder that kube-scheduler uses: `events.k8s.io/v1`, repetitions as a series (client-go's tools/events). */
export function eventSeriesRecorder({ client, env, component, host = '' }: EventRecorderOptions): EventRecorder {
  const known = new Map<string, Known>();
  const sink = new EventSink(env);
  const instance = host === '' ? component : `${component}-${host}`;

  return {
    event(about, type, reason, note, { action = '', related } = {}) {
      const regarding = referenceTo(about);
      const nowMs = env.clock.now();
      const now = new Date(nowMs).toISOString().replace('Z', '000Z');
      const key = [type, reason, action, regarding.kind, regarding.namespace, regarding.name, regarding.uid].join('|');
      const before = known.get(key);
      if (before && nowMs - before.lastMs <= seriesEndsAfterMs) return repeat(before, now, nowMs);
      const event: EventType = {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: eventName(regarding, env), namespace: regarding.namespace || 'default' },
        eventTime: now,
        regarding,
        ...(related && { related: referenceTo(related) }),
        type,
        reason,
        action,
        note: note.length > maxNote ? note.slice(0, maxNote - 3) + '...' : note,
        reportingController: component,
        reportingInstance: instance,
        deprecatedSource: {},
      };
      known.delete(key);
      known.set(key, { event, lastMs: nowMs, writtenMs: nowMs });
      if (known.size > maxRemembered) known.delete(known.keys().next().value!);
      sink.add(async () => void (await client.create<KubeObject>(Event, event)));
    },
  };

  function repeat(before: Known, now: string, nowMs: number): void {
    const began = before.event.series === undefined;
    const series = { count: (before.event.series?.count ?? 1) + 1, lastObservedTime: now };
    before.event = { ...before.event, series };
    before.lastMs = nowMs;
    // The second tells that there is a series; from then on its count is written now and then.
    if (!began && nowMs - before.writtenMs < seriesHeartbeatMs) return;
    before.writtenMs = nowMs;
    const { event } = before;
    sink.add(() => writeSeries(event));
  }

  async function writeSeries(event: EventType): Promise<void> {
    const { namespace, name } = event.metadata;
    try {
      await client.patch(Event, { namespace, name: name! }, 'strategic', { series: event.series });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await client.create<KubeObject>(Event, event);
    }
  }
}

/** events.k8s.io refuses longer notes. */
const maxNote = 1024;
