import type { Clock } from '../../base/clock.ts';
import type { Crypto } from '../../base/crypto.ts';
import { fromBase64, text, utf8 } from '../../codec/bytes.ts';
import type { Secret } from '../../api/generated/core/v1.ts';
import type { TokenObjects } from './service-account-token.ts';
import type { TokenAnswer, TokenAuthenticator } from './token.ts';

/** Tokens with which nodes join, kept as Secrets in `kube-system`. Source: Kubernetes' plugin/pkg/auth/authenticator/token/bootstrap. */
export function bootstrapTokens(
  env: { readonly crypto: Crypto; readonly clock: Clock },
  objects: Pick<TokenObjects, 'secret'>,
): TokenAuthenticator {
  return {
    name: 'BootstrapToken',
    async authenticate(token) {
      const [, id, password] = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(token) ?? [];
      if (id === undefined || password === undefined) return undefined;
      const secret = await objects.secret('kube-system', `bootstrap-token-${id}`);
      if (!secret || !isUsable(secret, id, env.clock.now())) return undefined;
      if (!env.crypto.equalInConstantTime(utf8(password), utf8(dataOf(secret, 'token-secret')))) return undefined;
      return answerFor(secret, id);
    },
  };
}

function isUsable(secret: Secret, id: string, nowMs: number): boolean {
  const expiration = dataOf(secret, 'expiration');
  return (
    secret.metadata.deletionTimestamp === undefined &&
    secret.type === 'bootstrap.kubernetes.io/token' &&
    dataOf(secret, 'token-id') === id &&
    dataOf(secret, 'usage-bootstrap-authentication') === 'true' &&
    // An expiration that cannot be read is in the past.
    (expiration === '' || nowMs < Date.parse(expiration))
  );
}

function answerFor(secret: Secret, id: string): TokenAnswer | undefined {
  const extraGroups = dataOf(secret, 'auth-extra-groups');
  const extra = extraGroups === '' ? [] : [...new Set(extraGroups.split(','))];
  if (!extra.every((group) => /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/.test(group))) return undefined;
  return { user: { name: `system:bootstrap:${id}`, groups: ['system:bootstrappers', ...extra].sort() } };
}

function dataOf(secret: Secret, key: string): string {
  return text(fromBase64(secret.data?.[key] ?? ''));
}
