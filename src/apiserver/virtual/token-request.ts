import type { Clock } from '../../base/clock.ts';
import type { Crypto } from '../../base/crypto.ts';
import { signJwt } from '../../codec/jwt.ts';
import { badRequest, conflict, invalidObject, notFound } from '../../api/errors.ts';
import { invalid, type FieldError } from '../../api/field-error.ts';
import type { BoundObjectReference, TokenRequest } from '../../api/generated/authentication/v1.ts';
import { parseApiVersion, type KubeObject } from '../../api/meta.ts';
import { serviceAccountClaims, type Binding } from '../authn/service-account-claims.ts';
import type { TokenObjects } from '../authn/service-account-token.ts';
import type { CallContext, VirtualHandler } from '../ports.ts';
import { timestamp } from './self-review.ts';

export interface TokenIssuer {
  readonly crypto: Crypto;
  readonly clock: Clock;
  /** `--service-account-issuer`. */
  readonly issuer: string;
  readonly privateKeyPem: string;
  /** For requests that name no audience. */
  readonly apiAudiences: readonly string[];
  /** `--service-account-max-token-expiration`; no limit of its own when absent. */
  readonly maxExpirationSeconds?: number;
  /** `--service-account-extend-token-expiration`; true when absent. */
  readonly extendExpiration?: boolean;
  readonly objects: TokenObjects;
}

const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const defaultExpirationSeconds = 3600;
/** What kubelets ask for the tokens of pods that know nothing of expiry: those live for a year, and late use is noticed. */
const podTokenSeconds = 3607;
const yearSeconds = 365 * 24 * 3600;

/** `serviceaccounts/NAME/token`. Source: Kubernetes' pkg/registry/core/serviceaccount/storage/token.go. */
export function tokenRequest(issuer: TokenIssuer): VirtualHandler {
  return async (call, context, object) => {
    const { namespace = '', name = '' } = call.resource;
    if (namespace === '') throw badRequest('namespace is required');
    checkNames(object, namespace, name);
    const account = await issuer.objects.serviceAccount(namespace, name);
    if (!account) throw notFound({ group: '', resource: 'serviceaccounts' }, name);
    const request = completed(object as TokenRequest, account, issuer);
    const problems = validateTokenRequest(request);
    if (problems.length > 0) throw invalidObject(kind, '', problems);
    const binding = await boundObjects(issuer.objects, request.spec.boundObjectRef, account);
    return issueToken(issuer, limited(request, issuer, context), account, binding);
  };
}

function checkNames({ metadata }: KubeObject, namespace: string, name: string): void {
  const mismatch = (field: string, value: string, what: string) =>
    invalidObject(kind, name, [invalid(field, value, `must match the service account ${what} if specified`)]);
  if (metadata.name && metadata.name !== name) throw mismatch('metadata.name', metadata.name, 'name');
  if (metadata.namespace && metadata.namespace !== namespace) throw mismatch('metadata.namespace', metadata.namespace, 'namespace');
}

function completed(request: TokenRequest, account: KubeObject, { apiAudiences, clock }: TokenIssuer): TokenRequest {
  const { name = '', namespace, uid } = account.metadata;
  if (request.metadata.uid && request.metadata.uid !== uid) {
    const why = `the UID in the token request (${request.metadata.uid}) does not match the UID of the service account (${uid})`;
    throw conflict({ group: kind.group, resource: kind.kind }, name, why);
  }
  const { audiences = [], expirationSeconds = defaultExpirationSeconds, boundObjectRef } = request.spec;
  return {
    apiVersion: request.apiVersion,
    kind: request.kind,
    metadata: { ...request.metadata, name, namespace, uid, creationTimestamp: timestamp(clock.now()) },
    spec: { audiences: audiences.length > 0 ? audiences : apiAudiences, expirationSeconds, ...(boundObjectRef && { boundObjectRef }) },
    status: {},
  };
}

function validateTokenRequest({ spec: { expirationSeconds = 0 } }: TokenRequest): FieldError[] {
  const problem = (detail: string) => [invalid('spec.expirationSeconds', expirationSeconds, detail)];
  if (expirationSeconds < 600) return problem('may not specify a duration less than 10 minutes');
  return expirationSeconds > 2 ** 32 ? problem('may not specify a duration larger than 2^32 seconds') : [];
}

function limited(request: TokenRequest, { maxExpirationSeconds = 0 }: TokenIssuer, { warnings }: CallContext): TokenRequest {
  const { expirationSeconds = 0 } = request.spec;
  if (maxExpirationSeconds <= 0 || expirationSeconds <= maxExpirationSeconds) return request;
  warnings.push(`requested expiration of ${expirationSeconds} seconds shortened to ${maxExpirationSeconds} seconds`);
  return { ...request, spec: { ...request.spec, expirationSeconds: maxExpirationSeconds } };
}

/** What the token shall be bound to must be there, and be the very object that is meant. */
async function boundObjects(objects: TokenObjects, ref: BoundObjectReference | undefined, account: KubeObject): Promise<Binding> {
  if (!ref) return {};
  const { group = '', version = '' } = parseApiVersion(ref.apiVersion ?? '') ?? {};
  const { name: accountName, namespace = '' } = account.metadata;
  const name = ref.name ?? '';
  if (group === '' && ref.kind === 'Pod') {
    const pod = found('pods', name, await objects.pod(namespace, name));
    if ((pod.spec?.serviceAccountName ?? '') !== accountName) {
      const who = JSON.stringify(accountName);
      throw badRequest(`cannot bind token for serviceaccount ${who} to pod running with different serviceaccount name.`);
    }
    sameUid(ref, pod);
    const node = pod.spec?.nodeName ? await nodeOf(objects, pod.spec.nodeName) : undefined;
    return { pod, ...(node && { node }) };
  }
  if (group === '' && ref.kind === 'Node') return { node: sameUid(ref, found('nodes', name, await objects.node(name))) };
  if (group === '' && ref.kind === 'Secret') return { secret: sameUid(ref, found('secrets', name, await objects.secret(namespace, name))) };
  throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${ref.kind ?? ''}`);
}

/** A node that is not there (any more) is named all the same. */
const nodeOf = async (objects: TokenObjects, name: string): Promise<KubeObject> => (await objects.node(name)) ?? { metadata: { name } };

function found<O extends KubeObject>(resource: string, name: string, object: O | undefined): O {
  if (!object) throw notFound({ group: '', resource }, name);
  return object;
}

function sameUid<O extends KubeObject>({ uid, kind: refKind = '', name = '' }: BoundObjectReference, object: O): O {
  if (!uid || uid === object.metadata.uid) return object;
  const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  throw conflict({ group: '', resource: refKind }, name, why);
}

function issueToken(issuer: TokenIssuer, request: TokenRequest, account: KubeObject, binding: Binding): TokenRequest {
  const { audiences = [], expirationSeconds = 0 } = request.spec;
  const nowMs = issuer.clock.now();
  const isExtended =
    issuer.extendExpiration !== false &&
    binding.pod !== undefined &&
    expirationSeconds === podTokenSeconds &&
    audiences.every((audience) => issuer.apiAudiences.includes(audience));
  const claims = serviceAccountClaims(account, binding, {
    issuer: issuer.issuer,
    audiences,
    expirationSeconds: isExtended ? Math.min(yearSeconds, issuer.maxExpirationSeconds || yearSeconds) : expirationSeconds,
    ...(isExtended && { warnAfterSeconds: expirationSeconds }),
    nowMs,
    id: issuer.crypto.uuid(),
  });
  const token = signJwt(issuer.crypto, issuer.privateKeyPem, claims);
  return { ...request, status: { token, expirationTimestamp: timestamp(nowMs + expirationSeconds * 1000) } };
}
