import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '../../base/clock.ts';
import { parseJwt } from '../../codec/jwt.ts';
import type { ResourceCall } from '../../api/call.ts';
import type { TokenRequest, TokenRequestSpec } from '../../api/generated/authentication/v1.ts';
import type { KubeObject } from '../../api/meta.ts';
import { nodeCrypto } from '../../machine/real/crypto.ts';
import { serviceAccountTokens, type TokenObjects } from '../authn/service-account-token.ts';
import { tokenRequest, type TokenIssuer } from './token-request.ts';

const crypto = nodeCrypto();
const keys = crypto.generateKeyPair('ecdsa-p256');
const issuer = 'https://kubernetes.default.svc.cluster.local';
const nowMs = Date.UTC(2026, 10, 24);
const clock = { now: () => nowMs } as Clock;

const named =
  <O extends KubeObject>(object: O) =>
  (_namespace: string, name: string) =>
    object.metadata.name === name ? object : undefined;
const objects: TokenObjects = {
  serviceAccount: named({ metadata: { name: 'bot', namespace: 'ci', uid: 'u1' } }),
  pod: named({ metadata: { name: 'web', uid: 'p1' }, spec: { serviceAccountName: 'bot', nodeName: 'n1' } }),
  secret: named({ metadata: { name: 's', uid: 's1' } }),
  node: (name) => (name === 'n1' ? { metadata: { name, uid: 'n-uid' } } : undefined),
};

function request(spec: TokenRequestSpec, { name = 'bot', body = {}, options = {} }: RequestOptions = {}) {
  const handler = tokenRequest({ crypto, clock, issuer, privateKeyPem: keys.privateKeyPem, apiAudiences: [issuer], objects, ...options });
  const resource = { group: '', version: 'v1', resource: 'serviceaccounts', subresource: 'token', namespace: 'ci', name };
  const warnings: string[] = [];
  const call = { verb: 'create', resource } as unknown as ResourceCall;
  const context = { receivedMs: nowMs, user: { name: 'jane', groups: [] }, auditId: '', warnings };
  const object = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, ...body, spec };
  return handler(call, context, object).then((answer) => ({ answer: answer as TokenRequest, warnings }));
}

interface RequestOptions {
  readonly name?: string;
  readonly body?: object;
  readonly options?: Partial<TokenIssuer>;
}

const claimsOf = (answer: TokenRequest) => parseJwt(answer.status.token!)!.claims;
const refusedWith = (promise: Promise<unknown>, code: number, message: string) => assert.rejects(promise, { code, message });

describe('TokenRequest', () => {
  test('gives an hour for the API server where nothing else is asked, and the token is good', async () => {
    const { answer } = await request({});
    assert.deepEqual(answer.metadata, { name: 'bot', namespace: 'ci', uid: 'u1', creationTimestamp: '2026-11-24T00:00:00Z' });
    assert.deepEqual(answer.spec, { audiences: [issuer], expirationSeconds: 3600 });
    assert.equal(answer.status.expirationTimestamp, '2026-11-24T01:00:00Z');
    const tokens = serviceAccountTokens({
      crypto,
      clock,
      issuers: [issuer],
      publicKeys: [keys.publicKeyPem],
      apiAudiences: [issuer],
      objects,
    });
    const known = await tokens.authenticate(answer.status.token!, [issuer]);
    assert.equal(known?.user.name, 'system:serviceaccount:ci:bot');
  });

  test('binds to a pod and names its node', async () => {
    const { answer } = await request({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'web', uid: 'p1' }, audiences: ['vault'] });
    assert.deepEqual(claimsOf(answer)['kubernetes.io'], {
      namespace: 'ci',
      node: { name: 'n1', uid: 'n-uid' },
      pod: { name: 'web', uid: 'p1' },
      serviceaccount: { name: 'bot', uid: 'u1' },
    });
    assert.deepEqual(claimsOf(answer).aud, ['vault']);
  });

  test('a pod’s own token lives for a year and is looked at after its hour', async () => {
    const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'web' };
    const { answer } = await request({ boundObjectRef, expirationSeconds: 3607 });
    assert.equal(claimsOf(answer).exp, nowMs / 1000 + 365 * 24 * 3600);
    assert.equal((claimsOf(answer)['kubernetes.io'] as { warnafter: number }).warnafter, nowMs / 1000 + 3607);
    assert.equal(answer.status.expirationTimestamp, '2026-11-24T01:00:07Z');
    const short = await request({ boundObjectRef, expirationSeconds: 3607 }, { options: { extendExpiration: false } });
    assert.equal(claimsOf(short.answer).exp, nowMs / 1000 + 3607);
    const other = await request({ boundObjectRef, expirationSeconds: 3607, audiences: ['vault'] });
    assert.equal(claimsOf(other.answer).exp, nowMs / 1000 + 3607);
  });

  test('keeps to the limits of time', async () => {
    const invalid = (value: number, detail: string) =>
      `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${value}: ${detail}`;
    await refusedWith(request({ expirationSeconds: 599 }), 422, invalid(599, 'may not specify a duration less than 10 minutes'));
    const much = 2 ** 32 + 1;
    await refusedWith(request({ expirationSeconds: much }), 422, invalid(much, 'may not specify a duration larger than 2^32 seconds'));
    const { answer, warnings } = await request({ expirationSeconds: 7200 }, { options: { maxExpirationSeconds: 3600 } });
    assert.equal(answer.spec.expirationSeconds, 3600);
    assert.deepEqual(warnings, ['requested expiration of 7200 seconds shortened to 3600 seconds']);
  });

  test('what is named must be there and be itself', async () => {
    const bound = (kind: string, name: string, uid?: string, apiVersion = 'v1') =>
      request({ boundObjectRef: { kind, apiVersion, name, uid } });
    await refusedWith(request({}, { name: 'none' }), 404, 'serviceaccounts "none" not found');
    await refusedWith(bound('Pod', 'gone'), 404, 'pods "gone" not found');
    await refusedWith(bound('ConfigMap', 'c'), 400, 'cannot bind token to object of type /v1, Kind=ConfigMap');
    await refusedWith(bound('Pod', 'c', undefined, 'x/v2'), 400, 'cannot bind token to object of type x/v2, Kind=Pod');
    const again = 'The object might have been deleted and then recreated';
    await refusedWith(
      bound('Secret', 's', 'other'),
      409,
      `Operation cannot be fulfilled on Secret "s": the UID in the bound object reference (other) does not match the UID in record. ${again}`,
    );
    const uid = 'the UID in the token request (u9) does not match the UID of the service account (u1)';
    await refusedWith(
      request({}, { body: { metadata: { uid: 'u9' } } }),
      409,
      `Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "bot": ${uid}`,
    );
    await assert.rejects(
      request({}, { body: { metadata: { name: 'x' } } }),
      /metadata\.name: .*must match the service account name if specified/,
    );
  });

  test('a pod of another account lends its name to nobody', async () => {
    const stranger = { metadata: { name: 'web', uid: 'p1' }, spec: { serviceAccountName: 'other' } };
    await refusedWith(
      request(
        { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'web' } },
        { options: { objects: { ...objects, pod: () => stranger } } },
      ),
      400,
      'cannot bind token for serviceaccount "bot" to pod running with different serviceaccount name.',
    );
  });
});
