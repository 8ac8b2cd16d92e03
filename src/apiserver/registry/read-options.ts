import type { ListOptions, WatchOptions } from '../../api/call.ts';
import { invalidObject } from '../../api/errors.ts';
import { forbidden, notSupported, type FieldError } from '../../api/field-error.ts';

const refuse = (problems: readonly FieldError[]): void => {
  if (problems.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', problems);
};

/** apimachinery's ValidateListOptions. Throws 422 with everything that is wrong. */
export function checkListOptions(options: ListOptions & Pick<WatchOptions, 'sendInitialEvents'>): void {
  const problems: FieldError[] = [];
  const { resourceVersionMatch: match, resourceVersion } = options;
  if (match) {
    if (!resourceVersion)
      problems.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (options.continue) problems.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan')
      problems.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && resourceVersion === '0')
      problems.push(forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (options.sendInitialEvents !== undefined) problems.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  refuse(problems);
}

/** apimachinery's validateWatchOptions. */
export function checkWatchOptions(options: WatchOptions): void {
  const problems: FieldError[] = [];
  const { resourceVersionMatch: match, sendInitialEvents } = options;
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    problems.push(forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match) {
    if (sendInitialEvents === undefined)
      problems.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    if (match !== 'NotOlderThan') problems.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
    if (options.continue) problems.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
  }
  refuse(problems);
}
