import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { nodeCrypto } from '../../machine/real/crypto.ts';
import { certificateRequestFromPem, certificateRequestPem, isRequestGenuine, makeCertificateRequest } from './certificate-request.ts';

const crypto = nodeCrypto();

const openssl = (input: string, ...args: string[]) => execFileSync('openssl', args, { input, encoding: 'utf8', stdio: 'pipe' });

test('openssl verifies a request and shows its names', () => {
  const { privateKeyPem } = crypto.generateKeyPair('ecdsa-p256');
  const request = makeCertificateRequest(
    crypto,
    { commonName: 'system:node:worker', organizations: ['system:nodes'] },
    { dnsNames: ['worker'], ipAddresses: ['10.0.0.7'] },
    privateKeyPem,
  );
  const text = openssl(certificateRequestPem(request), 'req', '-noout', '-text', '-verify');
  assert.match(text, /Subject: O = system:nodes, CN = system:node:worker/);
  assert.match(text, /DNS:worker, IP Address:10\.0\.0\.7/);
  assert.equal(isRequestGenuine(crypto, request), true);
});

test('a request that openssl made is read and verified; with its signature changed it is not genuine', () => {
  const subject = ['-subj', '/O=dev/CN=jane', '-addext', 'keyUsage=digitalSignature'];
  const pem = openssl('', 'req', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', ...subject);
  const request = certificateRequestFromPem(pem);
  assert.deepEqual(request.subject, { commonName: 'jane', organizations: ['dev'] });
  assert.deepEqual(request.keyUsage, ['digitalSignature']);
  assert.equal(isRequestGenuine(crypto, request), true);
  const signature = Uint8Array.from(request.signed.signature);
  signature[10]! ^= 1;
  assert.equal(isRequestGenuine(crypto, { ...request, signed: { ...request.signed, signature } }), false);
});

test('a request without names has no extensions', () => {
  const { privateKeyPem } = crypto.generateKeyPair('ecdsa-p256');
  const request = makeCertificateRequest(crypto, { commonName: 'jane', organizations: [] }, {}, privateKeyPem);
  assert.deepEqual(request.extensions, []);
  assert.match(openssl(certificateRequestPem(request), 'req', '-noout', '-text', '-verify'), /CN = jane/);
});

test('text that is no request is refused in client-go’s words', () => {
  assert.throws(() => certificateRequestFromPem('hello'), /^DerError: PEM block type must be CERTIFICATE REQUEST$/);
});

test('a request whose key cannot be read is not genuine', () => {
  const { privateKeyPem } = crypto.generateKeyPair('ecdsa-p256');
  const request = makeCertificateRequest(crypto, { commonName: 'jane', organizations: [] }, {}, privateKeyPem);
  const publicKey = Uint8Array.from(request.publicKey);
  publicKey[publicKey.length - 1]! ^= 1;
  assert.equal(isRequestGenuine(crypto, { ...request, publicKey }), false);
});
