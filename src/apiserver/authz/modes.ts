import type { Authorizer, Decision } from '../ports.ts';

/** Asks one after the other until one decides; the reasons of those that had no opinion are told together. */
export function unionAuthorizer(authorizers: readonly Authorizer[]): Authorizer {
  return {
    name: 'union',
    async authorize(attributes): Promise<Decision> {
      const reasons: string[] = [];
      for (const authorizer of authorizers) {
        const answer = authorizer.authorize(attributes);
        // Nearly all answer at once; waiting for those would cost every call a turn.
        const decision = answer instanceof Promise ? await answer : answer;
        if (decision.verdict !== 'no-opinion') return decision;
        if (decision.reason !== '') reasons.push(decision.reason);
      }
      return { verdict: 'no-opinion', reason: reasons.join('\n') };
    },
  };
}

/** `system:masters` may do everything, before any role exists: the way into a cluster whose roles are broken. */
export const mastersAuthorizer: Authorizer = {
  name: 'SystemMasters',
  authorize: ({ user }) =>
    user.groups.includes('system:masters') ? { verdict: 'allow', reason: '' } : { verdict: 'no-opinion', reason: '' },
};

export const alwaysAllow: Authorizer = { name: 'AlwaysAllow', authorize: () => ({ verdict: 'allow', reason: '' }) };

export const alwaysDeny: Authorizer = {
  name: 'AlwaysDeny',
  authorize: () => ({ verdict: 'no-opinion', reason: 'Everything is forbidden.' }),
};

/** `--authorization-mode`: the modes in their order, after `system:masters`. Throws for a mode that is not served. */
export function authorizerOf(modes: readonly string[], available: ReadonlyMap<string, Authorizer>): Authorizer {
  const builtIn = new Map([alwaysAllow, alwaysDeny].map((authorizer) => [authorizer.name, authorizer]));
  const chosen = modes.map((mode) => {
    const authorizer = available.get(mode) ?? builtIn.get(mode);
    if (!authorizer) throw new RangeError(`authorization-mode ${JSON.stringify(mode)} is not a valid mode`);
    return authorizer;
  });
  return unionAuthorizer([mastersAuthorizer, ...chosen]);
}
