import type { SubjectAccessReview as SubjectAccessReviewType } from '../../generated/authorization/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';

/** Asks whether somebody may do something. Created and answered, never stored. */
export const SubjectAccessReview = defineKind<SubjectAccessReviewType>({
  ...generatedKind('authorization.k8s.io', 'v1', 'SubjectAccessReview'),
});
