import type { SelfSubjectRulesReview as SelfSubjectRulesReviewType } from '../../generated/authorization/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';

/** Asks what the asker may do in a namespace. Created and answered, never stored. */
export const SelfSubjectRulesReview = defineKind<SelfSubjectRulesReviewType>({
  ...generatedKind('authorization.k8s.io', 'v1', 'SelfSubjectRulesReview'),
});
