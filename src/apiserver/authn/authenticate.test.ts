import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApiCall, Credentials, User } from '../../api/call.ts';
import { ApiError } from '../../api/errors.ts';
import { nodeCrypto } from '../../machine/real/crypto.ts';
import { anonymousPaths, authenticate } from './authenticate.ts';
import { certificateAuthenticator, identityAuthenticator } from './credentials.ts';
import { openIdDocuments } from './openid.ts';
import { staticTokens } from './static-tokens.ts';
import { bearerAuthenticator, TokenRefused, tokenUnion, type TokenAuthenticator } from './token.ts';

const api = 'https://kubernetes.default.svc.cluster.local';
const fromFile = staticTokens(new Map([['s3cret', { name: 'jane', groups: ['dev'] }]]));
const expired: TokenAuthenticator = {
  name: 'expired',
  authenticate(token) {
    if (token === 'old') throw new TokenRefused('service account token has expired');
    return undefined;
  },
};
const tokens = tokenUnion([fromFile, expired], [api]);
const authenticators = [certificateAuthenticator, bearerAuthenticator(tokens, [api]), identityAuthenticator];

const call = (credentials: Credentials, path = '/api'): ApiCall => ({ credentials, verb: 'get', path, query: new Map(), accept: [] });
const who = authenticate({ authenticators, anonymous: anonymousPaths });
const unauthorized = (promise: Promise<User>) => assert.rejects(promise, { code: 401, reason: 'Unauthorized', message: 'Unauthorized' });

describe('authenticate()', () => {
  test('a client certificate is its CN, its organizations and its fingerprint', async () => {
    const credentials: Credentials = {
      by: 'certificate',
      commonName: 'kubernetes-admin',
      organizations: ['kubeadm:cluster-admins'],
      fingerprint: 'AB:CD',
    };
    assert.deepEqual(await who(call(credentials)), {
      name: 'kubernetes-admin',
      groups: ['kubeadm:cluster-admins', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=abcd'] },
    });
    await unauthorized(who(call({ ...credentials, commonName: '' })));
  });

  test('a token that nobody knows is unauthorized, also where anybody may come', async () => {
    assert.deepEqual(await who(call({ by: 'token', token: 's3cret' })), { name: 'jane', groups: ['dev', 'system:authenticated'] });
    await unauthorized(who(call({ by: 'token', token: 'wrong' })));
    await unauthorized(who(call({ by: 'token', token: 'old' })));
    await unauthorized(who(call({ by: 'token', token: 'wrong' }, '/healthz')));
  });

  test('without credentials health and version are open, and nothing else', async () => {
    for (const path of ['/healthz', '/livez', '/readyz', '/version']) {
      assert.deepEqual(await who(call({ by: 'nothing' }, path)), { name: 'system:anonymous', groups: ['system:unauthenticated'] });
    }
    for (const path of ['/', '/api', '/healthz/etcd', '/metrics', '/openid/v1/jwks'])
      await unauthorized(who(call({ by: 'nothing' }, path)));
    const pods = { credentials: { by: 'nothing' }, verb: 'list', resource: { group: '', version: 'v1', resource: 'pods' } } as const;
    await unauthorized(who(pods));
    assert.equal((await authenticate({ authenticators, anonymous: 'all' })(pods)).name, 'system:anonymous');
  });

  test('in-process callers are who they say, made known once', async () => {
    const user: User = { name: 'system:kube-scheduler', groups: [] };
    const first = await who(call({ by: 'identity', user }));
    assert.deepEqual(first.groups, ['system:authenticated']);
    assert.equal(await who(call({ by: 'identity', user })), first);
  });

  test('what goes wrong inside an authenticator is not taken for bad credentials', async () => {
    const broken = { name: 'broken', authenticate: () => Promise.reject(new ApiError(500, 'InternalError', 'no store')) };
    const tokensOfBroken = bearerAuthenticator(tokenUnion([broken], [api]), [api]);
    const whoNow = authenticate({ authenticators: [tokensOfBroken], anonymous: anonymousPaths });
    await assert.rejects(whoNow(call({ by: 'token', token: 'x' })), { code: 500 });
  });
});

describe('tokenUnion()', () => {
  test('tells what all found wrong', async () => {
    await assert.rejects(tokens.authenticate('old', [api]), { message: '[invalid bearer token, service account token has expired]' });
    await assert.rejects(tokens.authenticate('wrong', [api]), { message: 'invalid bearer token' });
  });

  test('tokens that know no audience are for the API server', async () => {
    assert.deepEqual((await tokens.authenticate('s3cret', ['x', api])).audiences, [api]);
    await assert.rejects(tokens.authenticate('s3cret', ['vault']), TokenRefused);
  });
});

test('the OpenID documents name issuer, keys and algorithms', () => {
  const crypto = nodeCrypto();
  const keys = [crypto.generateKeyPair('rsa-2048'), crypto.generateKeyPair('ecdsa-p256')].map((pair) => pair.publicKeyPem);
  const { configuration, keys: published } = openIdDocuments(crypto, api, 'https://10.0.0.1:6443/openid/v1/jwks', keys);
  assert.deepEqual(configuration, {
    issuer: api,
    jwks_uri: 'https://10.0.0.1:6443/openid/v1/jwks',
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256', 'RS256'],
  });
  assert.deepEqual(
    published.keys.map((key) => key['kty']),
    ['RSA', 'EC'],
  );
});
