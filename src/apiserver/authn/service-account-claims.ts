import type { Claims } from '../../codec/jwt.ts';
import type { KubeObject } from '../../api/meta.ts';

/** The part of a ServiceAccount token that only Kubernetes understands (`kubernetes.io`). */
export interface KubernetesClaims {
  readonly namespace?: string;
  readonly node?: ObjectRef;
  readonly pod?: ObjectRef;
  readonly secret?: ObjectRef;
  readonly serviceaccount?: ObjectRef;
  /** Seconds since the epoch after which use of the token is reported; it stays good until `exp`. */
  readonly warnafter?: number;
}

export interface ObjectRef {
  readonly name: string;
  readonly uid?: string;
}

/** To what a token is bound: it dies with it. A pod may bring its node, for information. */
export interface Binding {
  readonly pod?: KubeObject;
  readonly secret?: KubeObject;
  readonly node?: KubeObject;
}

export interface TokenTerms {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly warnAfterSeconds?: number;
  readonly nowMs: number;
  /** Names the token in audit logs and in its user's `extra`. */
  readonly id: string;
}

/** In the order of their names, as Go writes a map. */
export function serviceAccountClaims(account: KubeObject, { pod, secret, node }: Binding, terms: TokenTerms): Claims {
  const now = Math.floor(terms.nowMs / 1000);
  const { namespace = '', name = '' } = account.metadata;
  const kubernetes: KubernetesClaims = {
    namespace,
    ...(node && { node: refOf(node) }),
    ...(pod && { pod: refOf(pod) }),
    ...(secret && { secret: refOf(secret) }),
    serviceaccount: refOf(account),
    ...(terms.warnAfterSeconds !== undefined && { warnafter: now + terms.warnAfterSeconds }),
  };
  return {
    aud: terms.audiences,
    exp: now + terms.expirationSeconds,
    iat: now,
    iss: terms.issuer,
    jti: terms.id,
    'kubernetes.io': kubernetes,
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
}

const refOf = ({ metadata: { name = '', uid } }: KubeObject): ObjectRef => ({ name, ...(uid && { uid }) });

/** What stands there, where it has the right shape; anybody may have signed nonsense with the right key. */
export function kubernetesClaimsOf(claims: Claims): KubernetesClaims {
  const value = claims['kubernetes.io'];
  if (!isRecord(value)) return {};
  const refs = (['node', 'pod', 'secret', 'serviceaccount'] as const).flatMap((field) => {
    const ref = value[field];
    return isRecord(ref) ? [[field, { name: stringOf(ref['name']), uid: stringOf(ref['uid']) }]] : [];
  });
  return {
    namespace: stringOf(value['namespace']),
    ...Object.fromEntries(refs),
    ...(typeof value['warnafter'] === 'number' && { warnafter: value['warnafter'] }),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');
