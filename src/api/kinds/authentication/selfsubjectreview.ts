import type { SelfSubjectReview as SelfSubjectReviewType } from '../../generated/authentication/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';

/** Asks who the asker is. Created and answered, never stored. */
export const SelfSubjectReview = defineKind<SelfSubjectReviewType>({
  ...generatedKind('authentication.k8s.io', 'v1', 'SelfSubjectReview'),
});
