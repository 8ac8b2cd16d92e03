import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { KeyAlgorithm } from '../../base/crypto.ts';
import { nodeCrypto } from '../../machine/real/crypto.ts';
import {
  certificateFromPem,
  certificatePem,
  certificatesFromPem,
  decodeCertificate,
  issueCertificate,
  isSignedBy,
  isValidAt,
  type CertificateTemplate,
} from './certificate.ts';
import { DerError } from './der-reader.ts';

const crypto = nodeCrypto();
const folder = mkdtempSync(join(tmpdir(), 'x509-'));
describe('certificate', () => {
  after(() => rmSync(folder, { recursive: true }));

  const nowMs = Date.now();
  const yearMs = 365 * 24 * 3600 * 1000;

  function authority(algorithm: KeyAlgorithm, commonName = 'kubernetes', validForMs = 10 * yearMs) {
    const keys = crypto.generateKeyPair(algorithm);
    const template: CertificateTemplate = {
      subject: { commonName, organizations: [] },
      notBeforeMs: nowMs - 300_000,
      notAfterMs: nowMs - 300_000 + validForMs,
      keyUsage: ['digitalSignature', 'keyEncipherment', 'certSign'],
      ca: true,
      dnsNames: [commonName],
    };
    return { keys, certificate: issueCertificate(crypto, template, keys.publicKeyPem, keys) };
  }

  const serverTemplate: CertificateTemplate = {
    subject: { commonName: 'kube-apiserver', organizations: [] },
    notBeforeMs: nowMs - 300_000,
    notAfterMs: nowMs + yearMs,
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: ['serverAuth'],
    dnsNames: ['kubernetes', 'kubernetes.default.svc.cluster.local'],
    ipAddresses: ['10.96.0.1', '::1'],
  };

  function openssl(...args: string[]): string {
    return execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
  }

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  for (const algorithm of ['ecdsa-p256', 'rsa-2048'] as const) {
    describe(`certificates with ${algorithm}`, () => {
      const ca = authority(algorithm);
      const keys = crypto.generateKeyPair(algorithm);
      const signer = { certificate: ca.certificate, privateKeyPem: ca.keys.privateKeyPem };
      const leaf = issueCertificate(crypto, serverTemplate, keys.publicKeyPem, signer);

      test('openssl verifies a leaf against its authority, for its purpose and names', () => {
        const caFile = file(`${algorithm}-ca.crt`, certificatePem(ca.certificate));
        const leafFile = file(`${algorithm}.crt`, certificatePem(leaf));
        const verify = (...more: string[]) => openssl('verify', '-x509_strict', '-CAfile', caFile, ...more, leafFile);
        assert.match(verify('-purpose', 'sslserver', '-verify_hostname', 'kubernetes'), /: OK/);
        assert.match(verify('-verify_ip', '::1'), /: OK/);
        assert.throws(() => verify('-purpose', 'sslclient'), /unsuitable certificate purpose|unsupported certificate purpose/);
        assert.throws(() => verify('-verify_hostname', 'other'), /hostname mismatch/i);
      });

      test('openssl prints what was asked for', () => {
        const text = openssl('x509', '-noout', '-text', '-in', file(`${algorithm}-text.crt`, certificatePem(leaf)));
        assert.match(text, /Version: 3 \(0x2\)/);
        assert.match(text, /Subject: CN = kube-apiserver\n/);
        assert.match(text, /Issuer: CN = kubernetes\n/);
        assert.match(text, /Key Usage: critical\n\s+Digital Signature, Key Encipherment\n/);
        assert.match(text, /Extended Key Usage: *\n\s+TLS Web Server Authentication\n/);
        assert.match(text, /Basic Constraints: critical\n\s+CA:FALSE\n/);
        assert.match(
          text,
          /DNS:kubernetes, DNS:kubernetes\.default\.svc\.cluster\.local, IP Address:10\.96\.0\.1, IP Address:0:0:0:0:0:0:0:1/,
        );
      });

      test('node reads the same as decodeCertificate() does', () => {
        const theirs = new X509Certificate(certificatePem(leaf));
        assert.equal(theirs.serialNumber, leaf.serial.toString(16).toUpperCase().padStart(16, '0'));
        assert.equal(Date.parse(theirs.validTo), leaf.notAfterMs);
        assert.ok(theirs.checkIssued(new X509Certificate(certificatePem(ca.certificate))));
        assert.ok(theirs.verify(new X509Certificate(certificatePem(ca.certificate)).publicKey));
        assert.deepEqual(leaf.ipAddresses, ['10.96.0.1', '::1']);
        assert.deepEqual(leaf.extendedKeyUsage, ['serverAuth']);
        assert.deepEqual(leaf.authorityKeyId, ca.certificate.subjectKeyId);
      });

      test('isSignedBy() tells the authority from a namesake with another key', () => {
        assert.equal(isSignedBy(crypto, leaf, ca.certificate), true);
        assert.equal(isSignedBy(crypto, ca.certificate, ca.certificate), true);
        assert.equal(isSignedBy(crypto, leaf, authority(algorithm).certificate), false);
        assert.equal(isSignedBy(crypto, leaf, leaf), false);
      });
    });
  }

  test('a client certificate carries user and groups, several and with letters beyond PrintableString', () => {
    const ca = authority('ecdsa-p256');
    const organizations = ['system:nodes', 'kubeadm:cluster-admins', 'team_ä'];
    const subject = { commonName: 'system:node:worker', organizations };
    const leaf = issueCertificate(
      crypto,
      { ...serverTemplate, subject, dnsNames: [], ipAddresses: [], extendedKeyUsage: ['clientAuth'] },
      crypto.generateKeyPair('ecdsa-p256').publicKeyPem,
      { certificate: ca.certificate, privateKeyPem: ca.keys.privateKeyPem },
    );
    assert.equal(leaf.subject.commonName, 'system:node:worker');
    assert.deepEqual(new Set(leaf.subject.organizations), new Set(organizations));
    const shown = openssl(
      'x509',
      '-noout',
      '-subject',
      '-nameopt',
      'RFC2253,utf8,-esc_msb',
      '-in',
      file('client.crt', certificatePem(leaf)),
    );
    assert.match(shown, /team_ä/);
    assert.match(shown, /CN=system:node:worker/);
  });

  test('times before 2050 are UTCTime and later ones GeneralizedTime, and both read back', () => {
    const late = authority('ecdsa-p256', 'late', 40 * yearMs).certificate;
    assert.equal(late.notAfterMs, Math.floor((nowMs - 300_000 + 40 * yearMs) / 1000) * 1000);
    assert.equal(Date.parse(new X509Certificate(certificatePem(late)).validTo), late.notAfterMs);
    assert.equal(isValidAt(late, late.notAfterMs), true);
    assert.equal(isValidAt(late, late.notAfterMs + 1), false);
    assert.equal(isValidAt(late, late.notBeforeMs - 1), false);
  });

  test('certificates that openssl made are read', () => {
    const key = join(folder, 'own.key');
    const keyOptions = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
    const subject = ['-subj', '/C=DE/ST=Berlin/O=system:masters/OU=ops/CN=admin'];
    const names = ['-addext', 'subjectAltName=DNS:a.example,IP:fd00::a,URI:spiffe://x/y'];
    const pem = openssl('req', '-x509', '-days', '30', ...keyOptions, ...subject, ...names);
    const certificate = certificateFromPem(pem);
    assert.deepEqual(certificate.subject, {
      commonName: 'admin',
      organizations: ['system:masters'],
      organizationalUnits: ['ops'],
      countries: ['DE'],
      provinces: ['Berlin'],
    });
    assert.deepEqual(certificate.ipAddresses, ['fd00::a']);
    assert.deepEqual(certificate.uris, ['spiffe://x/y']);
    assert.deepEqual(certificate.basicConstraints, { ca: true });
    assert.equal(certificatesFromPem(`some text\n${pem}\n${pem}`).length, 2);
  });

  test('a damaged certificate is refused or no longer verifies, at every byte', () => {
    const ca = authority('ecdsa-p256');
    for (let at = 0; at < ca.certificate.der.length; at++) {
      const damaged = Uint8Array.from(ca.certificate.der);
      damaged[at]! ^= 0x01;
      try {
        assert.equal(isSignedBy(crypto, decodeCertificate(damaged), ca.certificate), false, `byte ${at}`);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        assert.ok(error instanceof DerError, `byte ${at}: ${String(error)}`);
      }
    }
  });

  test('a truncated certificate is refused at every length', () => {
    const { certificate } = authority('ecdsa-p256');
    for (let length = 0; length < certificate.der.length; length++) {
      assert.throws(() => decodeCertificate(certificate.der.subarray(0, length)), DerError);
    }
  });
});
