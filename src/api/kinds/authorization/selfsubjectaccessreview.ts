import type { SelfSubjectAccessReview as SelfSubjectAccessReviewType } from '../../generated/authorization/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';

/** Asks whether the asker may do something. Created and answered, never stored. */
export const SelfSubjectAccessReview = defineKind<SelfSubjectAccessReviewType>({
  ...generatedKind('authorization.k8s.io', 'v1', 'SelfSubjectAccessReview'),
});
