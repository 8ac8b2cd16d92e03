import type { TLSSocket } from 'node:tls';
import type { PeerCertificate } from './http.ts';

/** What a connection's client certificate says. */
export interface Peer {
  /** Absent without a certificate, and for one that is not believed. */
  readonly certificate?: PeerCertificate;
  /** There is one, and it is expired or none of the client CA's. */
  readonly refused: boolean;
}

/** By connection, since every request on it has the same answer. */
const peers = new WeakMap<object, Peer>();

/** `connection` is what all requests of the connection share: an HTTP/2 session, or the socket itself. */
export function peerOf(connection: object, socket: TLSSocket): Peer {
  const known = peers.get(connection);
  if (known) return known;
  const peer = readPeer(socket);
  peers.set(connection, peer);
  return peer;
}

function readPeer(socket: TLSSocket): Peer {
  // An object without fields when there is none; null once the connection is gone.
  const certificate = socket.getPeerCertificate() as ReturnType<TLSSocket['getPeerCertificate']> | null;
  if (!certificate?.subject) return { refused: false };
  if (!socket.authorized) return { refused: true };
  return {
    refused: false,
    certificate: {
      commonName: [certificate.subject.CN ?? []].flat().at(-1) ?? '',
      organizations: [certificate.subject.O ?? []].flat(),
      fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    },
  };
}
