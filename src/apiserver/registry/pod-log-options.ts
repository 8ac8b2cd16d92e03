import { badRequest, invalidObject } from '../../api/errors.ts';
import { forbidden, invalid, type FieldError } from '../../api/field-error.ts';
import { canonicalTime, TimestampError } from '../../api/timestamps.ts';

export type Query = ReadonlyMap<string, readonly string[]>;

/** Throws 400 for numbers and times that cannot be read, 422 for those that make no sense (upstream's ValidatePodLogOptions). */
export function checkLogOptions(podName: string, query: Query): void {
  const tailLines = numberOf(query, 'tailLines');
  const limitBytes = numberOf(query, 'limitBytes');
  const sinceSeconds = numberOf(query, 'sinceSeconds');
  const sinceTime = valueOf(query, 'sinceTime');
  checkTime(sinceTime);
  const problems: FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0) problems.push(invalid('tailLines', tailLines, 'must be greater than or equal to 0'));
  if (limitBytes !== undefined && limitBytes < 1) problems.push(invalid('limitBytes', limitBytes, 'must be greater than 0'));
  if (sinceSeconds !== undefined && sinceTime !== '')
    problems.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (sinceSeconds !== undefined && sinceSeconds < 1) problems.push(invalid('sinceSeconds', sinceSeconds, 'must be greater than 0'));
  // Streams can be told apart only behind a feature gate that is off.
  if (valueOf(query, 'stream') !== '') problems.push(forbidden('stream', 'may not be specified'));
  if (problems.length > 0) throw invalidObject({ group: '', kind: 'PodLogOptions' }, podName, problems);
}

/** The parameter's first value; '' where there is none. */
export const valueOf = (query: Query, name: string): string => query.get(name)?.[0] ?? '';

function numberOf(query: Query, name: string): number | undefined {
  const text = query.get(name)?.[0];
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function checkTime(text: string): void {
  try {
    if (text !== '') canonicalTime(text);
  } catch (error) {
    if (error instanceof TimestampError) throw badRequest(error.message);
    throw error;
  }
}
