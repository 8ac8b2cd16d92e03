/** For tests of servers on loopback: certificates, and clients that need not behave. */
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { certificatePem, issueCertificate, type Certificate, type CertificateTemplate } from '../src/codec/x509/certificate.ts';
import type { KeyPair } from '../src/base/crypto.ts';
import { nodeCrypto } from '../src/machine/real/crypto.ts';
import type { HttpHandler } from '../src/net/http.ts';
import { serveHttps, type HttpsServer, type HttpsServerOptions } from '../src/net/https-server.ts';

const crypto = nodeCrypto();
const hourMs = 3_600_000;

export interface Keyed {
  readonly certificatePem: string;
  readonly keyPem: string;
}

interface Authority {
  readonly keys: KeyPair;
  readonly certificate: Certificate;
}

function authority(commonName: string): Authority {
  const keys = crypto.generateKeyPair('ecdsa-p256');
  const template = { ...lasting({ commonName, organizations: [] }), keyUsage: ['certSign'] as const, ca: true };
  return { keys, certificate: issueCertificate(crypto, template, keys.publicKeyPem, keys) };
}

function leaf(template: CertificateTemplate, { keys, certificate }: Authority): Keyed {
  const own = crypto.generateKeyPair('ecdsa-p256');
  const issued = issueCertificate(crypto, template, own.publicKeyPem, { certificate, privateKeyPem: keys.privateKeyPem });
  return { certificatePem: certificatePem(issued), keyPem: own.privateKeyPem };
}

function lasting(subject: CertificateTemplate['subject']): Omit<CertificateTemplate, 'keyUsage'> {
  return { subject, notBeforeMs: Date.now() - hourMs, notAfterMs: Date.now() + hourMs };
}

const ca = authority('test-ca');
const strangers = authority('strangers-ca');

export const caPem = certificatePem(ca.certificate);

const serving = leaf(
  {
    ...lasting({ commonName: 'server', organizations: [] }),
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['serverAuth'],
    ipAddresses: ['127.0.0.1'],
  },
  ca,
);

export function clientCertificate(commonName: string, organizations: string[], { by = ca, agoMs = 0 } = {}): Keyed {
  const { notBeforeMs, notAfterMs, subject } = lasting({ commonName, organizations });
  const times = { notBeforeMs: notBeforeMs - agoMs, notAfterMs: notAfterMs - agoMs };
  return leaf({ subject, ...times, keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] }, by);
}

export const strangersCertificate = (commonName: string): Keyed => clientCertificate(commonName, [], { by: strangers });
export const expiredCertificate = (commonName: string): Keyed => clientCertificate(commonName, [], { agoMs: 2 * hourMs });

export function serveOnLoopback(handler: HttpHandler, options: Partial<HttpsServerOptions> = {}): Promise<HttpsServer> {
  return serveHttps({
    host: '127.0.0.1',
    port: 0,
    certificatePem: serving.certificatePem,
    keyPem: serving.keyPem,
    clientCaPem: caPem,
    handler,
    ...options,
  });
}

/** A TLS connection on which a test says what it likes. */
export interface RawConnection {
  readonly socket: TLSSocket;
  write(bytes: string | Uint8Array): void;
  /** All that came, once `pattern` is in it or the server has closed; rejects after `ms`. */
  until(pattern: RegExp, ms?: number): Promise<string>;
  /** All that came until the server closed; rejects after `ms`. */
  closed(ms?: number): Promise<string>;
  destroy(): void;
}

export function rawConnection(port: number, options: ConnectionOptions = {}): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    let received = '';
    let over = false;
    let changed = () => {};
    const socket = connectTls({ host: '127.0.0.1', port, ca: caPem, ...options }, () => resolve(connection));
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      changed();
    });
    socket.on('close', () => {
      over = true;
      changed();
    });
    const wait = (isEnough: () => boolean, ms: number) =>
      new Promise<string>((found, late) => {
        const timer = setTimeout(() => late(new Error(`after ${ms} ms there is only: ${received}`)), ms);
        changed = () => {
          if (!isEnough()) return;
          clearTimeout(timer);
          found(received);
        };
        changed();
      });
    const connection: RawConnection = {
      socket,
      write: (bytes) => void socket.write(bytes),
      until: (pattern, ms = 2000) => wait(() => over || pattern.test(received), ms),
      closed: (ms = 2000) => wait(() => over, ms),
      destroy: () => void socket.destroy(),
    };
  });
}
