import { ApiError, internal, resourceExpired, serviceUnavailable, tooLargeRequest } from '../../api/errors.ts';
import { CompactedError, NoSpaceError, RequestTooLargeError, StoppedError } from '../../store/store.ts';

/** What the API says when the store could not do it. */
export function storageError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof CompactedError) return resourceExpired();
  // Upstream's finisher recognises the store's own sentence and answers 413 with it.
  if (error instanceof RequestTooLargeError) return tooLargeRequest(error.message);
  if (error instanceof NoSpaceError) return internal(error);
  if (error instanceof StoppedError) return serviceUnavailable(error.message);
  return internal(error);
}
