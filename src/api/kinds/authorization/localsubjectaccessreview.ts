import type { LocalSubjectAccessReview as LocalSubjectAccessReviewType } from '../../generated/authorization/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';

/** Asks whether somebody may do something in one namespace. Created and answered, never stored. */
export const LocalSubjectAccessReview = defineKind<LocalSubjectAccessReviewType>({
  ...generatedKind('authorization.k8s.io', 'v1', 'LocalSubjectAccessReview'),
});
