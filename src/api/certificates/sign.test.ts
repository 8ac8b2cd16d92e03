import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certificateFromPem, issueCertificate, isSignedBy } from '../../codec/x509/certificate.ts';
import { makeCertificateRequest, type CertificateRequest } from '../../codec/x509/certificate-request.ts';
import type { AltNames } from '../../codec/x509/extensions.ts';
import { nodeCrypto } from '../../machine/real/crypto.ts';
import { signRequest, type SigningTerms } from './sign.ts';
import { signerProblem, signers } from './signers.ts';

const crypto = nodeCrypto();
const nowMs = Date.UTC(2026, 10, 24);
const yearSeconds = 365 * 24 * 3600;

function requestOf(commonName: string, organizations: readonly string[], names: AltNames = {}): CertificateRequest {
  return makeCertificateRequest(crypto, { commonName, organizations }, names, crypto.generateKeyPair('ecdsa-p256').privateKeyPem);
}

const node = requestOf('system:node:n1', ['system:nodes']);
const client = ['digital signature', 'client auth'];
const server = ['digital signature', 'key encipherment', 'server auth'];

describe('signerProblem()', () => {
  test('kubelets ask for themselves, without other names', () => {
    const problem = (request: CertificateRequest, usages = client) => signerProblem(signers.kubeletClient, request, usages);
    assert.equal(problem(node), undefined);
    assert.equal(problem(node, [...client, 'key encipherment']), undefined);
    assert.equal(problem(node, server), 'usages did not match [client auth digital signature key encipherment]');
    assert.equal(problem(requestOf('system:node:n1', ['system:masters'])), 'subject organization is not system:nodes');
    assert.equal(problem(requestOf('n1', ['system:nodes'])), 'subject common name does not begin with system:node:');
    assert.equal(problem(requestOf('system:node:n1', ['system:nodes'], { dnsNames: ['a'] })), 'DNS subjectAltNames are not allowed');
  });

  test('a kubelet that serves says where', () => {
    const problem = (request: CertificateRequest) => signerProblem(signers.kubeletServing, request, server);
    assert.equal(problem(node), 'DNS or IP subjectAltName is required');
    assert.equal(problem(requestOf('system:node:n1', ['system:nodes'], { ipAddresses: ['10.0.0.1'] })), undefined);
    const uris = { dnsNames: ['n1'], uris: ['spiffe://a'] };
    assert.equal(problem(requestOf('system:node:n1', ['system:nodes'], uris)), 'URI subjectAltNames are not allowed');
  });

  test('clients may only be clients; the legacy signer and strangers are not ours to judge', () => {
    assert.equal(signerProblem(signers.client, node, client), undefined);
    assert.equal(signerProblem(signers.client, node, server), 'invalid usage for client certificate: server auth');
    assert.equal(signerProblem(signers.client, node, []), 'missing required usage for client certificate: client auth');
    assert.equal(signerProblem(signers.legacyUnknown, node, server), undefined);
    assert.equal(signerProblem('example.com/signer', node, server), undefined);
  });
});

describe('signRequest()', () => {
  const keys = crypto.generateKeyPair('ecdsa-p256');
  const authority = issueCertificate(
    crypto,
    {
      subject: { commonName: 'kubernetes', organizations: [] },
      notBeforeMs: nowMs,
      notAfterMs: nowMs + 2 * yearSeconds * 1000,
      keyUsage: ['certSign'],
      ca: true,
    },
    keys.publicKeyPem,
    keys,
  );
  const signer = { certificate: authority, privateKeyPem: keys.privateKeyPem };
  const sign = (terms: Partial<SigningTerms> = {}, request = node) =>
    certificateFromPem(signRequest(crypto, signer, request, { usages: client, nowMs, ...terms }));

  test('gives subject, names and usages as asked, and no authority', () => {
    const request = requestOf('system:node:n1', ['system:nodes'], { dnsNames: ['n1'], ipAddresses: ['10.0.0.1'] });
    const certificate = sign({ usages: server }, request);
    assert.equal(isSignedBy(crypto, certificate, authority), true);
    assert.deepEqual(certificate.subject, request.subject);
    assert.deepEqual([certificate.dnsNames, certificate.ipAddresses], [['n1'], ['10.0.0.1']]);
    assert.deepEqual([certificate.keyUsage, certificate.extendedKeyUsage], [['digitalSignature', 'keyEncipherment'], ['serverAuth']]);
    assert.equal(certificate.basicConstraints?.ca, false);
    assert.deepEqual(certificate.publicKey, request.publicKey);
  });

  test('lives as long as asked, within ten minutes and the signer’s year, and no longer than the signer', () => {
    const lifeSeconds = (terms: Partial<SigningTerms>) => (sign(terms).notAfterMs - (terms.nowMs ?? nowMs)) / 1000;
    assert.equal(lifeSeconds({}), yearSeconds - 300);
    assert.equal(lifeSeconds({ expirationSeconds: 3600 }), 3600);
    assert.equal(lifeSeconds({ expirationSeconds: 60 }), 600);
    assert.equal(lifeSeconds({ expirationSeconds: 9 * 3600 }), 9 * 3600 - 300);
    assert.equal(lifeSeconds({ expirationSeconds: 9 * yearSeconds }), yearSeconds - 300);
    assert.equal(lifeSeconds({ nowMs: nowMs + 1.5 * yearSeconds * 1000 }), yearSeconds / 2);
    assert.equal(sign().notBeforeMs, nowMs - 300_000);
  });

  test('refuses requests whose signature is not good, usages there are not, and to sign beyond its own end', () => {
    const other = requestOf('system:node:n1', ['system:nodes']);
    assert.throws(() => sign({}, { ...node, publicKey: other.publicKey }), /unable to verify certificate request signature/);
    assert.throws(() => sign({ usages: ['dancing'] }), { message: 'unrecognized usage values: ["dancing"]' });
    assert.throws(() => sign({ nowMs: nowMs + 3 * yearSeconds * 1000 }), /refusing to sign a certificate that expired in the past/);
  });
});
