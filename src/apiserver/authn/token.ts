import type { User } from '../../api/call.ts';
import { unauthorized } from '../../api/errors.ts';
import type { Authenticator } from '../ports.ts';

/** One way to tell whose bearer token it is. */
export interface TokenAuthenticator {
  readonly name: string;
  /**
   * `audiences` are those among which the token must be meant for one. Undefined: not a token of
   * this kind. Throws `TokenRefused` for one of this kind that is not good.
   */
  authenticate(token: string, audiences: readonly string[]): Promise<TokenAnswer | undefined> | TokenAnswer | undefined;
}

export interface TokenAnswer {
  readonly user: User;
  /** Those of the asked-for audiences that the token is meant for; absent for tokens that know no audiences, which are the API server's. */
  readonly audiences?: readonly string[];
}

/** The message may be shown to whoever may review tokens. */
export class TokenRefused extends Error {
  override name = 'TokenRefused';
}

/** A union's answer always tells the audiences. */
export interface TokenUnion extends TokenAuthenticator {
  authenticate(token: string, audiences: readonly string[]): Promise<Required<TokenAnswer>>;
}

/** Asks one after the other; throws what they found wrong when none knows the token. Source: apiserver's token union. */
export function tokenUnion(authenticators: readonly TokenAuthenticator[], apiAudiences: readonly string[]): TokenUnion {
  return {
    name: 'tokens',
    async authenticate(token, asked) {
      // The first word is the loopback authenticator's, which comes first in Kubernetes and knows one token only.
      const problems = ['invalid bearer token'];
      for (const authenticator of authenticators) {
        try {
          const answer = await authenticator.authenticate(token, asked);
          const audiences = answer?.audiences ?? apiAudiences.filter((audience) => asked.includes(audience));
          if (answer && audiences.length > 0) return { user: answer.user, audiences };
        } catch (error) {
          if (!(error instanceof TokenRefused)) throw error;
          problems.push(error.message);
        }
      }
      throw new TokenRefused(problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`);
    },
  };
}

/** Bearer tokens of calls, which must be meant for the API server. */
export function bearerAuthenticator(tokens: TokenUnion, apiAudiences: readonly string[]): Authenticator {
  return {
    name: 'bearer',
    async authenticate(credentials) {
      if (credentials.by !== 'token') return undefined;
      try {
        return (await tokens.authenticate(credentials.token, apiAudiences)).user;
      } catch (error) {
        if (error instanceof TokenRefused) throw unauthorized();
        throw error;
      }
    },
  };
}
