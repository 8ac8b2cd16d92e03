import type { Container } from '../../api/generated/core/v1.ts';

/** A port's number, or the container's port of that name. Throws where there is none. */
export function portNumber(port: number | string, { ports = [] }: Container): number {
  if (typeof port === 'number') return checked(port);
  const named = ports.find(({ name }) => name === port)?.containerPort;
  if (named !== undefined) return named;
  if (/^\d+$/.test(port)) return checked(Number(port));
  throw new Error(`couldn't find port: ${JSON.stringify(port)}`);
}

function checked(port: number): number {
  if (port > 0 && port < 65_536) return port;
  throw new Error(`invalid port number: ${port}`);
}
