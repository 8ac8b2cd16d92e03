import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import type { Secret as SecretObject } from '../../api/generated/core/v1.ts';
import { Secret } from '../../api/kinds/core/secret.ts';
import { ServiceAccount } from '../../api/kinds/core/serviceaccount.ts';
import { startVirtualControlPlane, virtualCaPem, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { fromBase64, text } from '../../codec/bytes.ts';
import { parseJwt } from '../../codec/jwt.ts';

let plane: VirtualControlPlane;
describe('service account token controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['serviceaccount-token-controller'] });
    await plane.client.create(ServiceAccount, { metadata: { namespace: 'default', name: 'robot' } });
  });
  afterEach(() => plane[Symbol.dispose]());

  const at = { namespace: 'default', name: 'robot-token' };
  const asked = (annotations: Record<string, string> = { 'kubernetes.io/service-account.name': 'robot' }) =>
    plane.client.create(Secret, { metadata: { ...at, annotations }, type: 'kubernetes.io/service-account-token' });
  const secret = (): Promise<SecretObject | undefined> =>
    plane.client.get(Secret, at).catch((error: unknown) => (isNotFound(error) ? undefined : assert.fail(String(error))));
  const part = (found: SecretObject | undefined, key: string) => text(fromBase64(found?.data?.[key] ?? ''));
  const filled = async () => {
    await plane.until(async () => part(await secret(), 'token') !== '');
    return secret();
  };

  test('a secret that asks for a token is given one that is bound to it, with what a client needs besides', async () => {
    await asked();
    const found = await filled();
    const account = await plane.client.get(ServiceAccount, { namespace: 'default', name: 'robot' });
    assert.equal(part(found, 'ca.crt'), virtualCaPem);
    assert.equal(part(found, 'namespace'), 'default');
    assert.equal(found?.metadata.annotations?.['kubernetes.io/service-account.uid'], account.metadata.uid);
    const claims = parseJwt(part(found, 'token'))?.claims;
    assert.ok(found);
    assert.equal(claims?.sub, 'system:serviceaccount:default:robot');
    assert.deepEqual((claims['kubernetes.io'] as { secret: object }).secret, { name: 'robot-token', uid: found.metadata.uid });
  });

  test('a CA that was changed is put right, and the token stays', async () => {
    await asked();
    const token = part(await filled(), 'token');
    await plane.client.patch(Secret, at, 'merge', { data: { 'ca.crt': 'Zm9yZ2Vk' } });
    await plane.until(async () => part(await secret(), 'ca.crt') === virtualCaPem);
    assert.equal(part(await secret(), 'token'), token);
  });

  test('a secret goes with its account, and one that means an account of another time goes at once', async () => {
    await asked();
    await filled();
    await plane.client.delete(ServiceAccount, { namespace: 'default', name: 'robot' });
    await plane.until(async () => (await secret()) === undefined);
    await plane.client.create(ServiceAccount, { metadata: { namespace: 'default', name: 'robot' } });
    await asked({ 'kubernetes.io/service-account.name': 'robot', 'kubernetes.io/service-account.uid': 'old' });
    await plane.until(async () => (await secret()) === undefined);
  });

  test('other secrets are left alone', async () => {
    await plane.client.create(Secret, { metadata: at, stringData: { token: 'mine' } });
    await plane.clock.advance(5_000);
    assert.deepEqual(Object.keys((await secret())?.data ?? {}), ['token']);
  });
});
