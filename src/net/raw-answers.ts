import type { Socket } from 'node:net';

/** Answers to what is not HTTP enough to become a request, in the words of Go's server. */
export function answerBroken(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  endWith(socket, error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : statusOf(error.code));
}

const statusOf = (code: string | undefined): string => (code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request');

function endWith(socket: Socket, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`, () => socket.destroy());
}

/** A TLS connection's first byte: the record type `handshake`. */
const tlsHandshake = 0x16;

/**
 * Looks at a new connection's first byte and hands the connection to `tls`, unread, when it begins
 * TLS. Somebody who speaks plain HTTP is told so; all else is cut off, and so is who says nothing.
 */
export function tellPlainFromTls(socket: Socket, timeoutMs: number, tls: (socket: Socket) => void): void {
  const hangUp = () => socket.destroy();
  socket.setTimeout(timeoutMs, hangUp);
  socket.on('error', hangUp);
  socket.once('readable', () => {
    const seen = socket.read() as Buffer | null;
    if (seen === null) return hangUp();
    if (seen[0] !== tlsHandshake) return refusePlain(socket, seen);
    socket.off('error', hangUp).off('timeout', hangUp);
    socket.setTimeout(0);
    socket.unshift(seen);
    tls(socket);
  });
}

function refusePlain(socket: Socket, seen: Buffer): void {
  if (!/^[A-Z]{3,7} /.test(seen.toString('latin1', 0, 8))) {
    socket.destroy();
    return;
  }
  socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
  // Read to its end, lest the answer be lost to a reset.
  socket.resume();
}
