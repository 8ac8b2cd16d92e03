import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../base/clock.ts';
import { seededRng } from '../base/rng.ts';
import { seededCrypto } from '../base/seeded-crypto.ts';
import type { ApiCall, Credentials, ResourceCall } from '../api/call.ts';
import type { TokenRequest } from '../api/generated/authentication/v1.ts';
import { attributesOf } from './authz/attributes.ts';
import { bootstrapPolicy } from './authz/bootstrap/policy.ts';
import { role, roleBinding, allow, groups } from './authz/bootstrap/notation.ts';
import type { RbacObject } from './authz/rbac-source.ts';
import { createIdentity } from './identity.ts';
import { virtualKey, type CallContext } from './ports.ts';

const crypto = seededCrypto(seededRng(1));
const clock = { now: () => Date.UTC(2026, 10, 24) } as Clock;
const account = { metadata: { name: 'bot', namespace: 'ci', uid: 'u1' } };
const identity = createIdentity({
  clock,
  crypto,
  serviceAccountKeys: crypto.generateKeyPair('ecdsa-p256'),
  jwksUri: 'https://10.0.0.1:6443/openid/v1/jwks',
  tokens: new Map([['static', { name: 'jane', groups: ['dev'] }]]),
  objects: {
    serviceAccount: (_namespace, name) => (name === 'bot' ? account : undefined),
    pod: () => undefined,
    secret: () => undefined,
    node: () => undefined,
  },
});
const { clusterRoles, clusterRoleBindings } = bootstrapPolicy;
const own = [role('ci', 'reader', [allow('get', 'core', 'pods')]), roleBinding('ci', 'reader', groups('system:serviceaccounts:ci dev'))];
for (const object of [...clusterRoles, ...clusterRoleBindings, ...own]) identity.rbac.set({ kind: object.kind, object } as RbacObject);

async function verdict(credentials: Credentials, call: Pick<ResourceCall, 'verb' | 'resource'>): Promise<string> {
  const whole = { credentials, ...call } as ApiCall;
  return (await identity.authorizer.authorize(attributesOf(whole, await identity.authenticate(whole)))).verdict;
}

const getPod = { verb: 'get', resource: { group: '', version: 'v1', resource: 'pods', namespace: 'ci', name: 'web' } } as const;

test('a token that was asked for is good, and has the rights of its account', async () => {
  const handler = identity.virtualKinds.get(virtualKey({ group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }))!;
  const resource = { group: '', version: 'v1', resource: 'serviceaccounts', subresource: 'token', namespace: 'ci', name: 'bot' };
  const call = { credentials: { by: 'nothing' }, verb: 'create', resource, body: { object: {} } } as const;
  const context: CallContext = { receivedMs: 0, user: { name: 'x', groups: [] }, auditId: '', warnings: [] };
  const answer = (await handler(call, context, { metadata: {}, spec: {} } as { metadata: object })) as TokenRequest;
  const credentials: Credentials = { by: 'token', token: answer.status.token! };
  assert.equal(await verdict(credentials, getPod), 'allow');
  assert.equal(await verdict(credentials, { ...getPod, verb: 'delete' } as never), 'no-opinion');
});

test('kubeadm’s admin may do everything by a role, system:masters by name, a stranger nothing', async () => {
  const certificate = (...organizations: string[]): Credentials => ({ by: 'certificate', commonName: 'someone', organizations });
  assert.equal(await verdict(certificate('kubeadm:cluster-admins'), getPod), 'allow');
  assert.equal(await verdict(certificate('system:masters'), getPod), 'allow');
  assert.equal(await verdict(certificate(), getPod), 'no-opinion');
  assert.equal(await verdict({ by: 'token', token: 'static' }, getPod), 'allow');
  await assert.rejects(verdict({ by: 'nothing' }, getPod), { code: 401 });
});

test('everything fits together under the names upstream has', () => {
  assert.deepEqual([...identity.virtualKinds.keys()].sort(), [
    'authentication.k8s.io/v1/SelfSubjectReview',
    'authentication.k8s.io/v1/TokenRequest',
    'authentication.k8s.io/v1/TokenReview',
    'authorization.k8s.io/v1/LocalSubjectAccessReview',
    'authorization.k8s.io/v1/SelfSubjectAccessReview',
    'authorization.k8s.io/v1/SelfSubjectRulesReview',
    'authorization.k8s.io/v1/SubjectAccessReview',
  ]);
  assert.equal(identity.openId.configuration.issuer, 'https://kubernetes.default.svc.cluster.local');
  assert.equal(identity.rbacEscalation.name, 'RBACEscalation');
});
