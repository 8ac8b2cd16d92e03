import type { Clock } from '../../base/clock.ts';
import type { Crypto } from '../../base/crypto.ts';
import { goStrings } from '../../codec/go-strings.ts';
import { audiencesOf, isSignatureGood, keyIdOf, parseJwt, type Claims, type Jwt } from '../../codec/jwt.ts';
import type { User } from '../../api/call.ts';
import type { PodSpec, Secret } from '../../api/generated/core/v1.ts';
import type { KubeObject } from '../../api/meta.ts';
import { kubernetesClaimsOf, type KubernetesClaims, type ObjectRef } from './service-account-claims.ts';
import { serviceAccountGroups, serviceAccountUser } from './service-account-name.ts';
import { TokenRefused, type TokenAnswer, type TokenAuthenticator } from './token.ts';

type Maybe<O> = O | undefined | Promise<O | undefined>;

/** What tokens are bound to, as it is now; undefined for what is not there (any more). */
export interface TokenObjects {
  serviceAccount(namespace: string, name: string): Maybe<KubeObject>;
  pod(namespace: string, name: string): Maybe<BoundPod>;
  secret(namespace: string, name: string): Maybe<Secret>;
  node(name: string): Maybe<KubeObject>;
}

/** What matters of a pod. */
export type BoundPod = KubeObject & { readonly spec?: Pick<PodSpec, 'serviceAccountName' | 'nodeName'> };

export interface ServiceAccountTokenOptions {
  readonly crypto: Crypto;
  readonly clock: Clock;
  /** Accepted `iss`; tokens of others are left to other authenticators. */
  readonly issuers: readonly string[];
  /** PEM. Several while keys are changed. */
  readonly publicKeys: readonly string[];
  /** Of the API server, for tokens that name none. */
  readonly apiAudiences: readonly string[];
  readonly objects: TokenObjects;
}

/** Clocks may differ by so much (go-jose's leeway). */
const leewayMs = 60_000;

/** Checks signature, issuer, audience, time, and that account and bound objects are still there. Source: Kubernetes' pkg/serviceaccount. */
export function serviceAccountTokens(options: ServiceAccountTokenOptions): TokenAuthenticator {
  const isGenuine = genuineTokens(options);
  return {
    name: 'ServiceAccount',
    async authenticate(token, audiences) {
      const jwt = isGenuine(token);
      return jwt && answerTo(options, jwt, audiences);
    },
  };
}

/** Tokens whose signature was found good are remembered, so many at most: the same few come with every request. */
const maxRemembered = 4096;

/** The token taken apart, once its signature is good; undefined for another issuer's. Throws `TokenRefused`. */
function genuineTokens({ crypto, issuers, publicKeys }: ServiceAccountTokenOptions): (token: string) => Jwt | undefined {
  const keys = publicKeys.map((pem) => ({ pem, id: keyIdOf(crypto, pem) }));
  const genuine = new Map<string, Jwt>();
  return (token) => {
    const known = genuine.get(token);
    if (known) return known;
    const jwt = parseJwt(token);
    if (!jwt || !issuers.includes(jwt.claims.iss ?? '')) return undefined;
    const candidates = keys.filter(({ id }) => jwt.keyId === undefined || jwt.keyId === id);
    if (candidates.length === 0) throw new TokenRefused('invalid signature, no keys found');
    if (!candidates.some(({ pem }) => isSignatureGood(crypto, jwt, pem))) {
      throw new TokenRefused('go-jose/go-jose: error in cryptographic primitive');
    }
    if (genuine.size >= maxRemembered) genuine.delete(genuine.keys().next().value!);
    genuine.set(token, jwt);
    return jwt;
  };
}

async function answerTo(options: ServiceAccountTokenOptions, { claims }: Jwt, asked: readonly string[]): Promise<TokenAnswer> {
  const own = audiencesOf(claims);
  const meantFor = own.length > 0 ? own : options.apiAudiences;
  const audiences = meantFor.filter((audience) => asked.includes(audience));
  if (audiences.length === 0) {
    throw new TokenRefused(`token audiences ${goStrings(meantFor)} is invalid for the target audiences ${goStrings(asked)}`);
  }
  checkTimes(claims, options.clock.now());
  const kubernetes = kubernetesClaimsOf(claims);
  await checkObjects(options.objects, kubernetes, options.clock.now() - leewayMs);
  return { user: userOf(claims, kubernetes), audiences };
}

function checkTimes({ nbf, exp, iat }: Claims, nowMs: number): void {
  if (nbf !== undefined && nowMs + leewayMs < nbf * 1000) throw new TokenRefused('service account token is not valid yet');
  if (exp !== undefined && nowMs - leewayMs > exp * 1000) throw new TokenRefused('service account token has expired');
  if (iat !== undefined && nowMs + leewayMs < iat * 1000) throw new TokenRefused('service account token is issued in the future');
}

async function checkObjects(objects: TokenObjects, claims: KubernetesClaims, deletedBeforeMs: number): Promise<void> {
  const { namespace = '', serviceaccount = { name: '' }, secret, pod, node } = claims;
  const account = await objects.serviceAccount(namespace, serviceaccount.name);
  if (!account) throw new TokenRefused(`serviceaccounts ${JSON.stringify(serviceaccount.name)} not found`);
  if (account.metadata.uid !== serviceaccount.uid) {
    throw new TokenRefused(`service account UID (${account.metadata.uid}) does not match claim (${serviceaccount.uid})`);
  }
  if (isDeleted(account, deletedBeforeMs)) throw new TokenRefused(`service account ${namespace}/${serviceaccount.name} has been deleted`);
  if (secret) checkBound('secret', secret, await objects.secret(namespace, secret.name), deletedBeforeMs);
  if (pod) checkBound('pod', pod, await objects.pod(namespace, pod.name), deletedBeforeMs);
  // A pod's node stands there for information only.
  else if (node) checkBound('node', node, await objects.node(node.name), deletedBeforeMs);
}

function checkBound(kind: string, ref: ObjectRef, object: KubeObject | undefined, deletedBeforeMs: number): void {
  if (!object) throw new TokenRefused('service account token has been invalidated');
  if (object.metadata.uid !== ref.uid) {
    throw new TokenRefused(`${kind} UID (${object.metadata.uid}) does not match service account ${kind} ref claim (${ref.uid})`);
  }
  if (isDeleted(object, deletedBeforeMs)) throw new TokenRefused('service account token has been invalidated');
}

const isDeleted = ({ metadata: { deletionTimestamp } }: KubeObject, beforeMs: number) =>
  deletionTimestamp !== undefined && Date.parse(deletionTimestamp) < beforeMs;

const extraKey = 'authentication.kubernetes.io';

function userOf(claims: Claims, { namespace = '', serviceaccount = { name: '' }, pod, node }: KubernetesClaims): User {
  const extra: Record<string, string[]> = {};
  if (pod?.name && pod.uid) Object.assign(extra, { [`${extraKey}/pod-name`]: [pod.name], [`${extraKey}/pod-uid`]: [pod.uid] });
  if (claims.jti) extra[`${extraKey}/credential-id`] = [`JTI=${claims.jti}`];
  if (node?.name) extra[`${extraKey}/node-name`] = [node.name];
  if (node?.name && node.uid) extra[`${extraKey}/node-uid`] = [node.uid];
  return {
    name: serviceAccountUser(namespace, serviceaccount.name),
    ...(serviceaccount.uid && { uid: serviceaccount.uid }),
    groups: serviceAccountGroups(namespace),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}
