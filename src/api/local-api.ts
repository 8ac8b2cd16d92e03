import type { ApiResult, ResourceCall } from './call.ts';
import type { Kind } from './kind.ts';

/**
 * A group-version that somebody else in this process serves beside the API server: what aggregation is
 * for servers of their own. Its kinds are discovered, described and authorized as all others are, and
 * stored nowhere.
 */
export interface LocalApi {
  readonly kinds: readonly Kind[];
  /**
   * Answers a call for one of the kinds: authenticated, authorized, with a verb that the kind has and
   * without a subresource. Rejects with `ApiError`.
   */
  serve(call: ResourceCall, kind: Kind): Promise<ApiResult>;
}
