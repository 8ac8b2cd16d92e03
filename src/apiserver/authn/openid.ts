import type { Crypto } from '../../base/crypto.ts';
import { jwkOf } from '../../codec/jwt.ts';

export const openIdConfigurationPath = '/.well-known/openid-configuration';
export const jwksPath = '/openid/v1/jwks';

/** What the documents at the two paths say; `max-age` of both is an hour. */
export interface OpenIdDocuments {
  readonly configuration: OpenIdConfiguration;
  readonly keys: { readonly keys: readonly Readonly<Record<string, string>>[] };
}

export interface OpenIdConfiguration {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly response_types_supported: readonly string[];
  readonly subject_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly string[];
}

/** For those outside who want to check ServiceAccount tokens themselves. Source: Kubernetes' openidmetadata.go. */
export function openIdDocuments(crypto: Crypto, issuer: string, jwksUri: string, publicKeys: readonly string[]): OpenIdDocuments {
  const keys = publicKeys.map((key) => jwkOf(crypto, key));
  return {
    configuration: {
      issuer,
      jwks_uri: jwksUri,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [...new Set(keys.map((key) => key['alg'] ?? ''))].sort(),
    },
    keys: { keys },
  };
}

/** `https://ADDRESS/openid/v1/jwks`, where no `--service-account-jwks-uri` is given. */
export const defaultJwksUri = (externalAddress: string): string => `https://${externalAddress}${jwksPath}`;
