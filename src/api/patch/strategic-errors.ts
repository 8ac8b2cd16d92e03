import { ApiError, badRequest } from '../errors.ts';
import { goText, goType } from '../../codec/go-text.ts';
import type { JsonObject } from './json-object.ts';

// Sentences are those of apimachinery's mergepatch package. The API server gives some of them a 400
// or a 422, and lets the others through as errors without a code, which become a bare 500.

export const badPrimitiveList = (): ApiError => badRequest('invalid patch format of primitive list');
export const badRetainKeys = (): ApiError => badRequest('invalid patch format of retainKeys');
export const badElementOrder = (): ApiError => badRequest('invalid patch format of setElementOrder list');

/** Lists of lists are not mergeable; the API server does not say so. */
export const listOfLists = (): ApiError =>
  new ApiError(
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
    {
      cause: new Error('lists of lists are not supported'),
    },
  );

export const plain = (message: string): ApiError => new ApiError(500, '', message);

export const noMergeKey = (element: JsonObject, mergeKey: string): ApiError =>
  plain(`map: ${goText(element)} does not contain declared merge key: ${mergeKey}`);
export const wrongType = (expected: 'map[string]interface {}' | '[]interface {}', actual: unknown): ApiError =>
  plain(`expected a ${expected}, but received a ${goType(actual)}`);
export const unknownDirective = (directive: unknown, patch: JsonObject): ApiError =>
  plain(
    `unknown patch type: ${typeof directive === 'string' ? directive : `%!s(${goType(directive)}=${goText(directive)})`} in map: ${goText(patch)}`,
  );
