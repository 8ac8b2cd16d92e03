import type { Clock } from '../../base/clock.ts';
import type { TokenUnion } from '../authn/token.ts';
import type { RuleResolver } from '../authz/rule-resolver.ts';
import { virtualKey, type Authorizer, type VirtualKinds } from '../ports.ts';
import { localSubjectAccessReview, selfSubjectAccessReview, subjectAccessReview } from './access-review.ts';
import { selfSubjectReview, selfSubjectRulesReview } from './self-review.ts';
import { tokenRequest, type TokenIssuer } from './token-request.ts';
import { tokenReview } from './token-review.ts';

export interface VirtualKindOptions {
  readonly clock: Clock;
  readonly authorizer: Authorizer;
  readonly rules: RuleResolver;
  readonly tokens: TokenUnion;
  readonly apiAudiences: readonly string[];
  readonly issuer: TokenIssuer;
}

/** The kinds of authentication.k8s.io and authorization.k8s.io: questions that are answered and not kept. */
export function virtualKinds({ clock, authorizer, rules, tokens, apiAudiences, issuer }: VirtualKindOptions): VirtualKinds {
  const authorization = (kind: string) => virtualKey({ group: 'authorization.k8s.io', version: 'v1', kind });
  const authentication = (kind: string) => virtualKey({ group: 'authentication.k8s.io', version: 'v1', kind });
  return new Map([
    [authorization('SubjectAccessReview'), subjectAccessReview(authorizer)],
    [authorization('SelfSubjectAccessReview'), selfSubjectAccessReview(authorizer)],
    [authorization('LocalSubjectAccessReview'), localSubjectAccessReview(authorizer)],
    [authorization('SelfSubjectRulesReview'), selfSubjectRulesReview(rules)],
    [authentication('SelfSubjectReview'), selfSubjectReview(clock)],
    [authentication('TokenReview'), tokenReview(tokens, apiAudiences)],
    [authentication('TokenRequest'), tokenRequest(issuer)],
  ]);
}
