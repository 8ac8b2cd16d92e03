import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '../../base/clock.ts';
import { toBase64, utf8 } from '../../codec/bytes.ts';
import { nodeCrypto } from '../../machine/real/crypto.ts';
import { bootstrapTokens } from './bootstrap-token.ts';

const nowMs = Date.UTC(2026, 10, 24);
const data = {
  'token-id': 'abcdef',
  'token-secret': '0123456789abcdef',
  'usage-bootstrap-authentication': 'true',
  expiration: '2026-11-25T00:00:00Z',
  'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
};

async function check(token: string, changes: Partial<typeof data> = {}, secret: object = {}) {
  const encoded = Object.entries({ ...data, ...changes }).map(([key, value]) => [key, toBase64(utf8(value))]);
  const stored = {
    metadata: {},
    type: 'bootstrap.kubernetes.io/token',
    data: Object.fromEntries(encoded) as Record<string, string>,
    ...secret,
  };
  const authenticator = bootstrapTokens(
    { crypto: nodeCrypto(), clock: { now: () => nowMs } as Clock },
    { secret: (namespace, name) => (`${namespace}/${name}` === 'kube-system/bootstrap-token-abcdef' ? stored : undefined) },
  );
  return authenticator.authenticate(token, []);
}

describe('bootstrapTokens()', () => {
  test('know a token by its Secret', async () => {
    assert.deepEqual(await check('abcdef.0123456789abcdef'), {
      user: { name: 'system:bootstrap:abcdef', groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token'] },
    });
  });

  test('know nothing of tokens that are wrong, over, meant for else, or of another form', async () => {
    const token = 'abcdef.0123456789abcdef';
    assert.equal(await check('abcdef.0123456789abcdee'), undefined);
    assert.equal(await check('abcdeg.0123456789abcdef'), undefined);
    assert.equal(await check('ABCDEF.0123456789abcdef'), undefined);
    assert.equal(await check(token, { expiration: '2026-11-23T00:00:00Z' }), undefined);
    assert.equal(await check(token, { expiration: 'soon' }), undefined);
    assert.equal(await check(token, { 'usage-bootstrap-authentication': 'false' }), undefined);
    assert.equal(await check(token, { 'token-id': 'ffffff' }), undefined);
    assert.equal(await check(token, { 'auth-extra-groups': 'system:masters' }), undefined);
    assert.equal(await check(token, {}, { type: 'Opaque' }), undefined);
    assert.equal(await check(token, {}, { metadata: { deletionTimestamp: '2026-11-24T00:00:00Z' } }), undefined);
  });

  test('need no expiration', async () => {
    assert.ok(await check('abcdef.0123456789abcdef', { expiration: '' }));
  });
});
