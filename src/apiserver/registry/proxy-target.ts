/** What a proxy's name asks for: `web`, `web:8080` or `https:web:8443`. Parts that are not said are ''. */
export interface ProxyTarget {
  readonly scheme: string;
  readonly name: string;
  /** A number or a port's name. */
  readonly port: string;
}

/** Undefined for what is no such name (apimachinery's SplitSchemeNamePort). */
export function parseProxyTarget(text: string): ProxyTarget | undefined {
  const parts = text.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length > 3) return undefined;
  const target = parts.length === 3 ? { scheme: first, name: second, port: third } : { scheme: '', name: first, port: second };
  const knownScheme = target.scheme === '' || target.scheme === 'http' || target.scheme === 'https';
  return knownScheme && target.name !== '' ? target : undefined;
}
