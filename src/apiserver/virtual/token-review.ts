import { badRequest } from '../../api/errors.ts';
import type { TokenReview, TokenReviewStatus } from '../../api/generated/authentication/v1.ts';
import { TokenRefused, type TokenUnion } from '../authn/token.ts';
import { withAuthenticatedGroup } from '../authn/authenticate.ts';
import type { VirtualHandler } from '../ports.ts';
import { userInfoOf } from './self-review.ts';

/** Whose token is this? Kubelets and aggregated servers ask. */
export function tokenReview(tokens: TokenUnion, apiAudiences: readonly string[]): VirtualHandler {
  return async (_call, _context, object) => {
    const review = object as TokenReview;
    if (!review.spec.token) throw badRequest('token is required for TokenReview in authentication');
    const audiences = review.spec.audiences?.length ? review.spec.audiences : apiAudiences;
    return { ...review, status: await statusOf(tokens, review.spec.token, audiences) };
  };
}

async function statusOf(tokens: TokenUnion, token: string, asked: readonly string[]): Promise<TokenReviewStatus> {
  try {
    const { user, audiences } = await tokens.authenticate(token, asked);
    return { authenticated: true, user: userInfoOf(withAuthenticatedGroup(user)), audiences };
  } catch (error) {
    if (error instanceof TokenRefused) return { user: {}, error: error.message };
    throw error;
  }
}
