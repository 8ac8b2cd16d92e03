import type { Event as EventType } from '../../generated/core/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { pathSegmentName } from '../../validation/names.ts';
import { eventColumns } from './event-columns.ts';
import { validateEvent } from './event-validation.ts';

/** How long an Event is kept (kube-apiserver's `--event-ttl`): an hour. */
export const eventTtlSeconds = 3600;

export const Event = defineKind<EventType>({
  ...generatedKind('', 'v1', 'Event'),
  shortNames: ['ev'],
  selectableFields: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component || (event.reportingComponent ?? ''),
    type: (event) => event.type ?? '',
  },
  columns: eventColumns,
  strategy: {
    // In this old version any name will do that can stand in a path.
    nameProblems: pathSegmentName,
    createOnUpdate: true,
    ttlSeconds: eventTtlSeconds,
    validate: validateEvent,
  },
});
