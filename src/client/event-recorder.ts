import type { Env } from '../base/env.ts';
import { isAlreadyExists, isNotFound } from '../api/errors.ts';
import type { Event as EventType, ObjectReference } from '../api/generated/core/v1.ts';
import { Event } from '../api/kinds/core/event.ts';
import type { KubeObject } from '../api/meta.ts';
import { timestampOf } from '../api/timestamps.ts';
import type { Client } from './client.ts';
import { EventCorrelator } from './event-correlator.ts';
import { EventSink } from './event-sink.ts';

/** Tells people what a component did or could not do. Never throws, never waits: an event that cannot be written is lost. */
export interface EventRecorder {
  /** `reason` is one CamelCase word; `message` is for people. */
  event(about: EventTarget, type: EventSeverity, reason: string, message: string, details?: EventDetails): void;
}

export type EventSeverity = 'Normal' | 'Warning';

/** An object with its `apiVersion` and `kind`, or a reference to one. */
export type EventTarget = KubeObject | ObjectReference;

export interface EventDetails {
  /** The part that it is about: `spec.containers{web}`. */
  readonly fieldPath?: string;
  /** What was tried, for `events.k8s.io`: `Binding`, `Preempting`. */
  readonly action?: string;
  readonly related?: EventTarget;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface EventRecorderOptions {
  readonly client: Client;
  readonly env: Pick<Env, 'clock' | 'rng' | 'log' | 'signal'>;
  /** `source.component`: `kubelet`, `replicaset-controller`. */
  readonly component: string;
  /** `source.host`, for components that run on each node. */
  readonly host?: string;
}

/**
 * The recorder that kubelet and controllers use: v1 Events, repetitions counted in one event, many
 * similar ones combined, floods cut (client-go's tools/record).
 */
export function eventRecorder({ client, env, component, host }: EventRecorderOptions): EventRecorder {
  const correlator = new EventCorrelator(env.clock);
  const sink = new EventSink(env);
  return {
    event(about, type, reason, message, { fieldPath, action, related, annotations } = {}) {
      const regarding = { ...referenceTo(about), ...(fieldPath !== undefined && { fieldPath }) };
      const now = timestampOf(env.clock.now());
      const event: EventType = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: eventName(regarding, env), namespace: regarding.namespace || 'default', ...(annotations && { annotations }) },
        involvedObject: regarding,
        type,
        reason,
        message,
        ...(action !== undefined && { action }),
        ...(related && { related: referenceTo(related) }),
        source: { component, ...(host !== undefined && { host }) },
        reportingComponent: component,
        ...(host !== undefined && { reportingInstance: host }),
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      };
      const observed = correlator.observe(event);
      if (observed) sink.add(() => write(client, observed.event, observed.known));
    },
  };

  async function write(to: Client, event: EventType, known: boolean): Promise<void> {
    const { namespace, name } = event.metadata;
    if (known) {
      const { count, message, lastTimestamp } = event;
      try {
        await to.patch(Event, { namespace, name: name! }, 'strategic', { count, message, lastTimestamp });
        return;
      } catch (error) {
        // It has outlived its hour.
        if (!isNotFound(error)) throw error;
      }
    }
    await create(to, event);
  }

  async function create(to: Client, event: EventType): Promise<void> {
    try {
      await to.create(Event, event);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      await to.create(Event, { ...event, metadata: { ...event.metadata, name: eventName(event.involvedObject, env) } });
    }
  }
}

export function referenceTo(target: EventTarget): ObjectReference {
  if (!('metadata' in target) || typeof target.metadata !== 'object') return target;
  const { apiVersion, kind, metadata } = target;
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    ...(kind !== undefined && { kind }),
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(uid !== undefined && { uid }),
    ...(apiVersion !== undefined && { apiVersion }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}

/** `<object>.<nanoseconds, in hex>`; what the clock cannot tell is left to chance. */
export function eventName({ name = '' }: ObjectReference, { clock, rng }: Pick<Env, 'clock' | 'rng'>): string {
  const nanoseconds = BigInt(clock.now()) * 1_000_000n + BigInt(rng.below(1_000_000));
  return `${name}.${nanoseconds.toString(16)}`;
}
