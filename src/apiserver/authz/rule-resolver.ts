import type { User } from '../../api/call.ts';
import type { PolicyRule } from '../../api/generated/rbac/v1.ts';
import { rulesFor } from './rbac.ts';
import type { RbacSource } from './rbac-source.ts';
import { nodeNameOf } from './node/identity.ts';

/** Tells all that a user may do in a namespace, as far as an authorizer can list it. */
export type RuleResolver = (user: User, namespace: string) => ListedRules;

export interface ListedRules {
  readonly rules: readonly PolicyRule[];
  /** There may be more. */
  readonly incomplete: boolean;
  readonly errors: readonly string[];
}

export const rbacRules =
  (source: RbacSource): RuleResolver =>
  (user, namespace) => ({ ...rulesFor(source, user, namespace), incomplete: false });

/** What a node may do depends on its pods, and is not listed. */
export const nodeRules: RuleResolver = (user) =>
  nodeNameOf(user) === undefined
    ? { rules: [], incomplete: false, errors: [] }
    : { rules: [], incomplete: true, errors: ['node authorizer does not support user rule resolution'] };

export const allRules: RuleResolver = () => ({
  rules: [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ],
  incomplete: false,
  errors: [],
});

export function joinRules(resolvers: readonly RuleResolver[]): RuleResolver {
  return (user, namespace) => {
    const all = resolvers.map((resolve) => resolve(user, namespace));
    return {
      rules: all.flatMap(({ rules }) => rules),
      incomplete: all.some(({ incomplete }) => incomplete),
      errors: all.flatMap(({ errors }) => errors),
    };
  };
}
