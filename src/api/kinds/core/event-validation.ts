import { invalid, required, type FieldError } from '../../field-error.ts';
import type { Event, EventSeries } from '../../generated/core/v1.ts';
import { semanticallyEqual, validateImmutable } from '../../semantic-equality.ts';
import { validateText } from '../../validation/field-checks.ts';
import { dns1123Subdomain, qualifiedName } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';

const maxShortBytes = 128;
const maxMessageBytes = 1024;

/**
 * What holds in both versions of the API. Paths are those of upstream's internal type, whatever
 * the version calls the fields: `reportingController`, `involvedObject`, `message`.
 */
export function validateEvent(event: Event): FieldError[] {
  const namespace = event.metadata.namespace ?? '';
  return [
    ...(event.eventTime ? validateNewStyle(event) : validateOldStyle(event)),
    ...validateText(namespace, 'namespace', dns1123Subdomain),
  ];
}

function validateOldStyle(event: Event): FieldError[] {
  const namespace = event.metadata.namespace ?? '';
  const involved = event.involvedObject.namespace ?? '';
  // Events about cluster-wide objects live in `default`.
  const fits = involved === '' ? namespace === '' || namespace === 'default' : involved === namespace;
  return fits ? [] : [namespaceMismatch(event)];
}

function validateNewStyle(event: Event): FieldError[] {
  const problems: FieldError[] = [];
  const namespace = event.metadata.namespace ?? '';
  if (!event.involvedObject.namespace && namespace !== 'default' && namespace !== 'kube-system') problems.push(namespaceMismatch(event));
  const controller = event.reportingComponent ?? '';
  if (controller === '') problems.push(required('reportingController'));
  problems.push(...validateText(controller, 'reportingController', qualifiedName));
  for (const field of ['reportingInstance', 'action', 'reason'] as const) {
    if (!event[field]) problems.push(required(field));
    problems.push(...validateLength(event[field], maxShortBytes, field));
  }
  return [...problems, ...validateLength(event.message, maxMessageBytes, 'message')];
}

const namespaceMismatch = ({ involvedObject }: Event): FieldError =>
  invalid('involvedObject.namespace', involvedObject.namespace ?? '', 'does not match event.namespace');

const validateLength = (text: string | undefined, maxBytes: number, path: string): FieldError[] =>
  utf8Length(text ?? '') > maxBytes ? [invalid(path, '', `can have at most ${maxBytes} characters`)] : [];

/** Creation through events.k8s.io/v1, which wants everything that the old version leaves open. */
export function validateStrictEvent(event: Event): FieldError[] {
  const problems = validateSeries(event.series);
  if (!event.eventTime) problems.push(required('eventTime'));
  if (event.type !== 'Normal' && event.type !== 'Warning') problems.push(invalid('type', '', `has invalid value: ${event.type ?? ''}`));
  const outdated = {
    firstTimestamp: event.firstTimestamp,
    lastTimestamp: event.lastTimestamp,
    count: event.count,
    source: event.source?.component || event.source?.host,
  };
  for (const [field, value] of Object.entries(outdated)) if (value) problems.push(invalid(field, '', 'needs to be unset'));
  return problems;
}

/** Updates through events.k8s.io/v1: only the series goes on. */
export function validateStrictEventUpdate(event: Event, old: Event): FieldError[] {
  const series = semanticallyEqual(event.series, old.series) ? [] : validateSeries(event.series);
  return [...series, ...immutableFields.flatMap(([field, path]) => validateImmutable(event[field], old[field], path))];
}

const immutableFields: readonly (readonly [keyof Event, string])[] = [
  ['involvedObject', 'involvedObject'],
  ['reason', 'reason'],
  ['message', 'message'],
  ['source', 'source'],
  ['firstTimestamp', 'firstTimestamp'],
  ['lastTimestamp', 'lastTimestamp'],
  ['count', 'count'],
  ['type', 'type'],
  ['eventTime', 'eventTime'],
  ['action', 'action'],
  ['related', 'related'],
  ['reportingComponent', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
];

function validateSeries(series: EventSeries | undefined): FieldError[] {
  if (!series) return [];
  const problems: FieldError[] = [];
  if ((series.count ?? 0) < 2) problems.push(invalid('series.count', '', 'should be at least 2'));
  if (!series.lastObservedTime) problems.push(required('series.lastObservedTime'));
  return problems;
}
