import type { TokenReview as TokenReviewType } from '../../generated/authentication/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';

/** Asks whose a bearer token is. Created and answered, never stored. */
export const TokenReview = defineKind<TokenReviewType>({ ...generatedKind('authentication.k8s.io', 'v1', 'TokenReview') });
