import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fromBase64, text, toBase64, utf8 } from '../../codec/bytes.ts';
import { certificateFromPem, certificatePem, isSignedBy, issueCertificate } from '../../codec/x509/certificate.ts';
import { certificateRequestPem, makeCertificateRequest } from '../../codec/x509/certificate-request.ts';
import { isNotFound } from '../../api/errors.ts';
import type { CertificateSigningRequestSpec } from '../../api/generated/certificates/v1.ts';
import { CertificateSigningRequest } from '../../api/kinds/certificates/certificatesigningrequest.ts';
import { refOf } from '../../client/typed-client.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { nodeCrypto } from '../../machine/real/crypto.ts';
import { cleanAtMs, groundsFor, requestIn } from './approval.ts';

const crypto = nodeCrypto();
const keys = crypto.generateKeyPair('ecdsa-p256');
const startMs = Date.UTC(2026, 0, 1);
const authority = issueCertificate(
  crypto,
  {
    subject: { commonName: 'kubernetes', organizations: [] },
    notBeforeMs: startMs,
    notAfterMs: startMs + 10 * 365 * 86_400_000,
    keyUsage: ['certSign'],
    ca: true,
  },
  keys.publicKeyPem,
  keys,
);
const nodeKey = crypto.generateKeyPair('ecdsa-p256').privateKeyPem;
const requestOf = (commonName: string, organization: string) =>
  toBase64(utf8(certificateRequestPem(makeCertificateRequest(crypto, { commonName, organizations: [organization] }, {}, nodeKey))));

const kubelet: CertificateSigningRequestSpec = {
  request: requestOf('system:node:n1', 'system:nodes'),
  signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
  usages: ['digital signature', 'client auth'],
};

test('groundsFor() a kubelet’s request are two when it is for itself, one for another node, none for anybody else', () => {
  const grounds = (spec: Partial<CertificateSigningRequestSpec>) => {
    const csr = { metadata: { name: 'csr' }, spec: { ...kubelet, ...spec }, status: {} };
    return groundsFor(csr, requestIn(csr)).map(({ subresource }) => subresource);
  };
  assert.deepEqual(grounds({ username: 'system:node:n1' }), ['selfnodeclient', 'nodeclient']);
  assert.deepEqual(grounds({ username: 'system:bootstrap:abcdef' }), ['nodeclient']);
  assert.deepEqual(grounds({ usages: ['server auth'] }), []);
  assert.deepEqual(grounds({ signerName: 'kubernetes.io/kube-apiserver-client' }), []);
});

let plane: VirtualControlPlane;
describe('certificate signing requests', () => {
  beforeEach(async () => {
    const clusterSigning = { certificatePem: certificatePem(authority), privateKeyPem: keys.privateKeyPem };
    plane = await startVirtualControlPlane({ flags: { clusterSigning } });
  });
  afterEach(() => plane[Symbol.dispose]());

  const ask = async (spec: CertificateSigningRequestSpec) => {
    await plane.client.create(CertificateSigningRequest, { metadata: { name: 'csr' }, spec, status: {} });
    await plane.clock.advance(500);
    return read();
  };
  const read = () => plane.client.get(CertificateSigningRequest, { name: 'csr' });
  const decide = async (type: 'Approved' | 'Denied') => {
    const csr = await read();
    const conditions = [{ type, status: 'True', reason: 'Test', message: '' }];
    const at = { ...refOf(CertificateSigningRequest, { name: 'csr' }), subresource: 'approval' };
    await plane.client.updateSub(at, { ...csr, status: { conditions } } as typeof csr);
    await plane.clock.advance(500);
    return read();
  };

  test('a kubelet’s request is approved if its requestor may have it, and signed', async () => {
    const { status } = await ask(kubelet);
    assert.deepEqual(
      status.conditions?.map(({ type, reason }) => [type, reason]),
      [['Approved', 'AutoApproved']],
    );
    const certificate = certificateFromPem(text(fromBase64(status.certificate!)));
    assert.equal(isSignedBy(crypto, certificate, authority), true);
    assert.equal(certificate.subject.commonName, 'system:node:n1');
  });

  test('others are signed once somebody approves them, and not when they are denied', async () => {
    const spec = { ...kubelet, request: requestOf('jane', 'people'), signerName: 'kubernetes.io/kube-apiserver-client' };
    assert.deepEqual((await ask(spec)).status, {});
    assert.notEqual((await decide('Approved')).status.certificate, undefined);
    await plane.client.delete(CertificateSigningRequest, { name: 'csr' });
    await ask(spec);
    assert.equal((await decide('Denied')).status.certificate, undefined);
  });

  test('what the signer must not sign fails, with the reason', async () => {
    await ask({ ...kubelet, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['server auth'] });
    const { status } = await decide('Approved');
    const failed = status.conditions?.find(({ type }) => type === 'Failed');
    assert.deepEqual([failed?.reason, failed?.message], ['SignerValidationFailure', 'invalid usage for client certificate: server auth']);
    assert.equal(status.certificate, undefined);
  });

  test('strangers’ signers are left alone', async () => {
    await ask({ ...kubelet, signerName: 'example.com/mine' });
    assert.equal((await decide('Approved')).status.certificate, undefined);
  });

  test('answered requests go after an hour, unanswered ones after a day', async () => {
    await ask(kubelet);
    await plane.clock.advance(3_500_000);
    await read();
    await plane.clock.advance(200_000);
    await assert.rejects(read(), isNotFound);
    const csr = await ask({ ...kubelet, signerName: 'example.com/mine' });
    assert.equal(cleanAtMs(csr), Date.parse(csr.metadata.creationTimestamp!) + 86_400_000);
  });
});
