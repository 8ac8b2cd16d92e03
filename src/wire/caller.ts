import type { ApiCall, Credentials, Impersonation } from '../api/call.ts';
import { unauthorized } from '../api/errors.ts';
import type { HttpRequest } from '../net/http.ts';
import { fromHeader } from '../net/header-text.ts';
import { decodePercents } from './path.ts';

export type Caller = Pick<ApiCall, 'credentials' | 'impersonate' | 'userAgent' | 'sourceAddress' | 'signal' | 'auditId'>;

/** Who calls, as the connection and its headers tell. */
export function callerOf(request: HttpRequest, auditId: string): Caller {
  return {
    credentials: credentialsOf(request),
    impersonate: impersonationOf(request),
    userAgent: textOf(request.header('user-agent')),
    sourceAddress: request.remoteAddress,
    signal: request.signal,
    auditId,
  };
}

const textOf = (header: string | undefined): string | undefined => (header === undefined ? undefined : fromHeader(header));

function credentialsOf(request: HttpRequest): Credentials {
  // Upstream asks certificates before tokens.
  if (request.peer) return { by: 'certificate', ...request.peer };
  const token = bearerToken(request.header('authorization') ?? '');
  if (token !== undefined) return { by: 'token', token };
  // A bad certificate alone is worse than none.
  if (request.peerRefused) throw unauthorized();
  return { by: 'nothing' };
}

function bearerToken(authorization: string): string | undefined {
  const [scheme = '', token] = authorization.trim().split(' ', 2);
  return scheme.toLowerCase() === 'bearer' && token ? token : undefined;
}

const extraPrefix = 'impersonate-extra-';

/** Whom the headers ask to act as. A wish without a name is passed on with an empty one, for authorization to refuse. */
function impersonationOf(request: HttpRequest): Impersonation | undefined {
  const valuesOf = (header: string) => request.headerValues(header).map(fromHeader);
  const [name = ''] = valuesOf('impersonate-user');
  const [uid = ''] = valuesOf('impersonate-uid');
  const groups = valuesOf('impersonate-group');
  const extra = new Map<string, string[]>();
  for (const header of request.headerNames()) {
    if (!header.startsWith(extraPrefix)) continue;
    const encoded = header.slice(extraPrefix.length);
    const key = decodePercents(encoded) ?? encoded;
    extra.set(key, [...(extra.get(key) ?? []), ...valuesOf(header)]);
  }
  if (name === '' && uid === '' && groups.length === 0 && extra.size === 0) return undefined;
  return { name, ...(uid !== '' && { uid }), groups, ...(extra.size > 0 && { extra: Object.fromEntries(extra) }) };
}
