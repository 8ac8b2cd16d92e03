import type { ApiResult } from '../../api/call.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject, Status, StatusDetails } from '../../api/meta.ts';
import { utf8 } from '../../codec/bytes.ts';
import { stringifyJson } from '../../codec/json.ts';
import type { StoredObject } from '../cache/stored-object.ts';

export function answerObject(kind: Kind, object: StoredObject, code: 200 | 201 | 202 = 200): ApiResult {
  return { type: 'object', code, of: kind, value: object.as(kind) };
}

/** An object that is no stored one: Scale, reviews. */
export function answerValue(object: KubeObject, code: 200 | 201 | 202 = 200, of?: Kind): ApiResult {
  return { type: 'object', code, ...(of && { of }), value: { object, json: () => [utf8(stringifyJson(object))] } };
}

export function answerSuccess(details?: StatusDetails, code: 200 | 201 | 202 = 200): ApiResult {
  const status: Omit<Status, 'code'> & { readonly code?: number } = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details && { details }),
    ...(code !== 200 && { code }),
  };
  return answerValue(status, code);
}
