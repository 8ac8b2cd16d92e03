import type { ApiCall, User } from '../../api/call.ts';
import { unauthorized } from '../../api/errors.ts';
import type { Authenticator } from '../ports.ts';

export const anonymousUser: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Where nobody has to say who they are (AuthenticationConfiguration's `anonymous.conditions`): health and version. */
export const anonymousPaths: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz', '/version']);

export interface AuthenticateOptions {
  /** Asked in this order. */
  readonly authenticators: readonly Authenticator[];
  /** `all`: anybody may come anonymously, everywhere; then authorization decides. */
  readonly anonymous: ReadonlySet<string> | 'all';
}

/** Who calls? Rejects with 401 for bad credentials, and for none where some are needed. */
export function authenticate({ authenticators, anonymous }: AuthenticateOptions): (call: ApiCall) => Promise<User> {
  const withGroup = authenticatedGroup();
  return async (call) => {
    for (const authenticator of authenticators) {
      const user = await authenticator.authenticate(call.credentials);
      if (user) return withGroup(user);
    }
    const isOpen = anonymous === 'all' || ('path' in call && anonymous.has(call.path));
    if (isOpen && call.credentials.by !== 'token') return anonymousUser;
    throw unauthorized();
  };
}

/** In-process callers come with the same object again and again, so the result is kept with it. */
function authenticatedGroup(): (user: User) => User {
  const known = new WeakMap<User, User>();
  return (user) => {
    const kept = known.get(user);
    if (kept) return kept;
    const extended = withAuthenticatedGroup(user);
    known.set(user, extended);
    return extended;
  };
}

/** Everybody who is known is in `system:authenticated`. */
export function withAuthenticatedGroup(user: User): User {
  const isDone = user.name === anonymousUser.name || user.groups.some((group) => finalGroups.has(group));
  return isDone ? user : { ...user, groups: [...user.groups, 'system:authenticated'] };
}

const finalGroups: ReadonlySet<string> = new Set(['system:authenticated', 'system:unauthenticated']);
