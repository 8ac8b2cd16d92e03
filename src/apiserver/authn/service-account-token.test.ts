import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '../../base/clock.ts';
import { parseJwt, signJwt, type Claims } from '../../codec/jwt.ts';
import type { KubeObject } from '../../api/meta.ts';
import { nodeCrypto } from '../../machine/real/crypto.ts';
import { serviceAccountClaims, type Binding } from './service-account-claims.ts';
import { serviceAccountTokens, type TokenObjects } from './service-account-token.ts';

const crypto = nodeCrypto();
const keys = crypto.generateKeyPair('ecdsa-p256');
const issuer = 'https://kubernetes.default.svc.cluster.local';
const startMs = Date.UTC(2026, 10, 24);

const object = (name: string, uid: string, more: object = {}) => ({ metadata: { name, uid, namespace: 'ci', ...more } });
const account = object('bot', 'u1');
const pod = object('web', 'p1');
const node = object('n1', 'n-uid');
const secret = object('token', 's1');

/** A cluster with an account and what its tokens may be bound to; tests change it. */
function cluster() {
  const there = new Map<string, KubeObject>(Object.entries({ account, pod, node, secret }));
  let nowMs = startMs;
  const clock = { now: () => nowMs } as Clock;
  const find = (kind: string, name: string) => {
    const found = there.get(kind);
    return found?.metadata.name === name ? found : undefined;
  };
  const objects = {
    serviceAccount: (_namespace, name) => find('account', name),
    pod: (_namespace, name) => find('pod', name),
    secret: (_namespace, name) => find('secret', name),
    node: (name) => find('node', name),
  } as TokenObjects;
  const options = { crypto, clock, issuers: [issuer], publicKeys: [keys.publicKeyPem], apiAudiences: [issuer], objects };
  const tokens = serviceAccountTokens(options);
  return {
    there,
    at: (ms: number) => (nowMs = ms),
    check: async (token: string, audiences: readonly string[] = [issuer]) => tokens.authenticate(token, audiences),
  };
}

function claims(binding: Binding = {}, audiences: readonly string[] = [issuer]): Claims {
  return serviceAccountClaims(account, binding, { issuer, audiences, expirationSeconds: 3600, nowMs: startMs, id: 'jti-1' });
}

const token = (...of: Parameters<typeof claims>) => signJwt(crypto, keys.privateKeyPem, claims(...of));

const refusedWith = (promise: Promise<unknown>, message: string | RegExp) => assert.rejects(promise, { name: 'TokenRefused', message });

describe('claims of ServiceAccount tokens', () => {
  test('are Kubernetes’, in its order', () => {
    assert.deepEqual(Object.entries(claims({ pod, node })), [
      ['aud', [issuer]],
      ['exp', startMs / 1000 + 3600],
      ['iat', startMs / 1000],
      ['iss', issuer],
      ['jti', 'jti-1'],
      [
        'kubernetes.io',
        {
          namespace: 'ci',
          node: { name: 'n1', uid: 'n-uid' },
          pod: { name: 'web', uid: 'p1' },
          serviceaccount: { name: 'bot', uid: 'u1' },
        },
      ],
      ['nbf', startMs / 1000],
      ['sub', 'system:serviceaccount:ci:bot'],
    ]);
  });
});

describe('serviceAccountTokens()', () => {
  test('tell the account, its groups and what the token is bound to', async () => {
    const answer = await cluster().check(token({ pod, node }));
    assert.deepEqual(answer, {
      user: {
        name: 'system:serviceaccount:ci:bot',
        uid: 'u1',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:ci'],
        extra: {
          'authentication.kubernetes.io/pod-name': ['web'],
          'authentication.kubernetes.io/pod-uid': ['p1'],
          'authentication.kubernetes.io/credential-id': ['JTI=jti-1'],
          'authentication.kubernetes.io/node-name': ['n1'],
          'authentication.kubernetes.io/node-uid': ['n-uid'],
        },
      },
      audiences: [issuer],
    });
  });

  test('leave tokens of other issuers, and what is no token, to others', async () => {
    const { check } = cluster();
    assert.equal(await check(signJwt(crypto, keys.privateKeyPem, { ...claims(), iss: 'https://elsewhere' })), undefined);
    assert.equal(await check('abcdef.0123456789abcdef'), undefined);
  });

  test('refuse signatures of other keys, whether they say so or not', async () => {
    const { check } = cluster();
    const other = crypto.generateKeyPair('ecdsa-p256');
    await refusedWith(check(signJwt(crypto, other.privateKeyPem, claims())), 'invalid signature, no keys found');
    const [header, , signature] = token().split('.');
    const [, forged] = signJwt(crypto, keys.privateKeyPem, { ...claims(), sub: 'x' }).split('.');
    assert.ok(parseJwt(`${header}.${forged}.${signature}`));
    await refusedWith(check(`${header}.${forged}.${signature}`), /error in cryptographic primitive/);
  });

  test('are for their audiences alone; those of none are for the API server', async () => {
    const { check } = cluster();
    const vault = token({}, ['vault', 'other']);
    const message = `token audiences ["vault" "other"] is invalid for the target audiences ["${issuer}"]`;
    await refusedWith(check(vault), message);
    assert.deepEqual((await check(vault, ['vault', 'x']))?.audiences, ['vault']);
    const { aud: _, ...legacy } = claims();
    assert.deepEqual((await check(signJwt(crypto, keys.privateKeyPem, legacy)))?.audiences, [issuer]);
  });

  test('are good from nbf to exp, a minute of doubt at both ends', async () => {
    const { check, at } = cluster();
    const one = token();
    at(startMs - 60_000);
    assert.ok(await check(one));
    at(startMs - 61_000);
    await refusedWith(check(one), 'service account token is not valid yet');
    at(startMs + 3_660_000);
    assert.ok(await check(one));
    at(startMs + 3_661_000);
    await refusedWith(check(one), 'service account token has expired');
  });

  test('die with the account', async () => {
    const { check, there, at } = cluster();
    there.set('account', object('bot', 'u2'));
    await refusedWith(check(token()), 'service account UID (u2) does not match claim (u1)');
    there.set('account', object('bot', 'u1', { deletionTimestamp: new Date(startMs).toISOString() }));
    assert.ok(await check(token()));
    at(startMs + 61_000);
    await refusedWith(check(token()), 'service account ci/bot has been deleted');
    there.delete('account');
    await refusedWith(check(token()), 'serviceaccounts "bot" not found');
  });

  for (const [kind, bound] of Object.entries({ pod, secret, node })) {
    test(`die with the ${kind} they are bound to`, async () => {
      const { check, there } = cluster();
      const one = token({ [kind]: bound });
      assert.ok(await check(one));
      there.set(kind, object(bound.metadata.name, 'again'));
      await refusedWith(check(one), `${kind} UID (again) does not match service account ${kind} ref claim (${bound.metadata.uid})`);
      const longAgo = new Date(startMs - 61_000).toISOString();
      there.set(kind, object(bound.metadata.name, bound.metadata.uid, { deletionTimestamp: longAgo }));
      await refusedWith(check(one), 'service account token has been invalidated');
      there.delete(kind);
      await refusedWith(check(one), 'service account token has been invalidated');
    });
  }

  test('of a pod outlive its node', async () => {
    const { check, there } = cluster();
    there.delete('node');
    assert.ok(await check(token({ pod, node })));
  });

  test('with nonsense where Kubernetes’ claims stand are refused, not believed', async () => {
    const { check } = cluster();
    for (const nonsense of [null, 7, 'x', [], { serviceaccount: 'bot' }, { namespace: 7, serviceaccount: { name: {} } }]) {
      await refusedWith(check(signJwt(crypto, keys.privateKeyPem, { ...claims(), 'kubernetes.io': nonsense })), /not found$/);
    }
  });
});
