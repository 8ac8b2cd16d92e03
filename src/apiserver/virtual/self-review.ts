import type { Clock } from '../../base/clock.ts';
import type { User } from '../../api/call.ts';
import { badRequest } from '../../api/errors.ts';
import type { SelfSubjectReview, UserInfo } from '../../api/generated/authentication/v1.ts';
import type { NonResourceRule, ResourceRule, SelfSubjectRulesReview } from '../../api/generated/authorization/v1.ts';
import type { PolicyRule } from '../../api/generated/rbac/v1.ts';
import { aggregateText } from '../authz/rbac.ts';
import type { RuleResolver } from '../authz/rule-resolver.ts';
import type { VirtualHandler } from '../ports.ts';

/** Who am I? What `kubectl auth whoami` asks. */
export function selfSubjectReview(clock: Clock): VirtualHandler {
  return async (_call, { user }, { apiVersion, kind }): Promise<SelfSubjectReview> => ({
    apiVersion,
    kind,
    metadata: { creationTimestamp: timestamp(clock.now()) },
    status: { userInfo: userInfoOf(user) },
  });
}

/** What may I do in a namespace? What `kubectl auth can-i --list` asks. */
export function selfSubjectRulesReview(resolve: RuleResolver): VirtualHandler {
  return async (_call, { user }, object): Promise<SelfSubjectRulesReview> => {
    const { apiVersion, kind, spec } = object as SelfSubjectRulesReview;
    if (!spec.namespace) throw badRequest('no namespace on request');
    const { rules, incomplete, errors } = resolve(user, spec.namespace);
    return {
      apiVersion,
      kind,
      metadata: {},
      spec: {},
      status: {
        resourceRules: rules.flatMap(resourceRule),
        nonResourceRules: rules.flatMap(nonResourceRule),
        incomplete,
        ...(errors.length > 0 && { evaluationError: aggregateText(errors) }),
      },
    };
  };
}

const resourceRule = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule): ResourceRule[] =>
  resources?.length ? [{ verbs, apiGroups, resources, ...(resourceNames?.length && { resourceNames }) }] : [];

const nonResourceRule = ({ verbs, nonResourceURLs }: PolicyRule): NonResourceRule[] =>
  nonResourceURLs?.length ? [{ verbs, nonResourceURLs }] : [];

export const userInfoOf = ({ name, uid, groups, extra = {} }: User): UserInfo => ({
  ...(name !== '' && { username: name }),
  ...(uid && { uid }),
  ...(groups.length > 0 && { groups }),
  ...(Object.keys(extra).length > 0 && { extra }),
});

/** RFC 3339 in whole seconds. */
export const timestamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
