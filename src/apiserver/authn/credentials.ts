import type { User } from '../../api/call.ts';
import type { Authenticator } from '../ports.ts';

/** A client certificate that TLS has verified: its CN is the user, its organizations are the groups. */
export const certificateAuthenticator: Authenticator = {
  name: 'x509',
  authenticate(credentials): User | undefined {
    if (credentials.by !== 'certificate' || credentials.commonName === '') return undefined;
    const { commonName, organizations, fingerprint } = credentials;
    const id = fingerprint?.replaceAll(':', '').toLowerCase();
    return {
      name: commonName,
      groups: organizations,
      ...(id !== undefined && { extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${id}`] } }),
    };
  },
};

/** Callers in this process are who they say they are. */
export const identityAuthenticator: Authenticator = {
  name: 'identity',
  authenticate: (credentials) => (credentials.by === 'identity' ? credentials.user : undefined),
};
