import type { Draft } from '../../draft.ts';
import type { Event as CoreEvent } from '../../generated/core/v1.ts';
import type { Event as EventType } from '../../generated/events/v1.ts';
import { defineKind } from '../../kind.ts';
import type { KubeObject } from '../../meta.ts';
import { generatedKind } from '../../schemas.ts';
import { eventColumns } from '../core/event-columns.ts';
import { validateEvent, validateStrictEvent, validateStrictEventUpdate } from '../core/event-validation.ts';
import { eventTtlSeconds } from '../core/event.ts';

/** The newer face of the core group's Event: the same objects, stored as those, under other field names and stricter rules. */
export const Event = defineKind<EventType>({
  ...generatedKind('events.k8s.io', 'v1', 'Event'),
  shortNames: ['ev'],
  selectableFields: {
    'regarding.kind': ({ regarding }) => regarding?.kind ?? '',
    'regarding.namespace': ({ regarding }) => regarding?.namespace ?? '',
    'regarding.name': ({ regarding }) => regarding?.name ?? '',
    'regarding.uid': ({ regarding }) => regarding?.uid ?? '',
    'regarding.apiVersion': ({ regarding }) => regarding?.apiVersion ?? '',
    'regarding.resourceVersion': ({ regarding }) => regarding?.resourceVersion ?? '',
    'regarding.fieldPath': ({ regarding }) => regarding?.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingController: (event) => event.reportingController ?? '',
    type: (event) => event.type ?? '',
  },
  columns: eventColumns.map((column) => ({ ...column, cell: (event, nowMs) => column.cell(coreEvent(event), nowMs) })),
  storage: { group: '', version: 'v1', toStored: toCoreEvent, fromStored: fromCoreEvent },
  strategy: {
    createOnUpdate: true,
    ttlSeconds: eventTtlSeconds,
    validate: (event) => validateEvent(coreEvent(event)),
    validateCreate: (event) => validateStrictEvent(coreEvent(event)),
    validateUpdate: (event, old) => validateStrictEventUpdate(coreEvent(event), coreEvent(old)),
  },
});

const coreEvent = (event: EventType): CoreEvent => toCoreEvent({ ...event } as Draft<EventType>) as CoreEvent;

/** The names in this version, and in the core group's. */
const renamed: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

function toCoreEvent(event: Draft<KubeObject>): Draft<KubeObject> {
  const names = new Map(renamed);
  return { involvedObject: {}, ...withNames(event, names), apiVersion: 'v1', kind: 'Event' } as Draft<KubeObject>;
}

function fromCoreEvent(event: Draft<KubeObject>): Draft<KubeObject> {
  const names = new Map(renamed.map(([here, core]) => [core, here]));
  return { ...withNames(event, names), apiVersion: 'events.k8s.io/v1', kind: 'Event' };
}

const withNames = (event: Draft<KubeObject>, names: ReadonlyMap<string, string>): Draft<KubeObject> =>
  Object.fromEntries(Object.entries(event).map(([name, value]) => [names.get(name) ?? name, value])) as unknown as Draft<KubeObject>;
