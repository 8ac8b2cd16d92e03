import { ApiError, badRequest, timedOut } from '../../api/errors.ts';

/** The revision that a resourceVersion names; 0 for '' and '0'. Throws 400 for what is no number. */
export function parseRevision(resourceVersion: string | undefined): number {
  if (!resourceVersion) return 0;
  if (!/^\d+$/.test(resourceVersion))
    throw badRequest(`invalid resource version: strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
  const revision = Number(resourceVersion);
  // Beyond exact numbers lies only the future.
  return Number.isSafeInteger(revision) ? revision : Number.MAX_SAFE_INTEGER;
}

/** How long a read waits for a revision that has not come yet. */
export const futureRevisionWaitMs = 3000;

export function tooLargeResourceVersion(wanted: number | string, current: number): ApiError {
  const { code, reason, message, details } = timedOut(`Too large resource version: ${wanted}, current: ${current}`, 1);
  return new ApiError(code, reason, message, {
    ...details,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });
}
