import { invalid, required, type FieldError } from '../../field-error.ts';
import { dns1123Subdomain, portNumber } from '../../validation/names.ts';

/** Where a webhook is: of admission and of conversion alike. */
export interface WebhookClient {
  readonly url?: string;
  readonly service?: { readonly name: string; readonly namespace: string; readonly path?: string; readonly port?: number };
}

const desiredForm = '; desired format: https://host[/path]';

/** Upstream's checks of a webhook's clientConfig, in its words (apiserver's util/webhook). */
export function validateWebhookClient(client: WebhookClient | undefined, path: string): FieldError[] {
  const { url, service } = client ?? {};
  if ((url === undefined) === (service === undefined)) return [required(path, 'exactly one of url or service is required')];
  return url === undefined ? validateService(service!, `${path}.service`) : validateUrl(url, `${path}.url`);
}

function validateUrl(text: string, path: string): FieldError[] {
  const parts = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^/?#]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text);
  const [, scheme = '', user, host = '', , query = '', fragment = ''] = parts ?? [];
  const problems: FieldError[] = [];
  if (scheme !== 'https') problems.push(invalid(path, scheme, `'https' is the only allowed URL scheme${desiredForm}`));
  if (host === '') problems.push(invalid(path, host, `host must be specified${desiredForm}`));
  if (user !== undefined) problems.push(invalid(path, user, 'user information is not permitted in the URL'));
  if (fragment !== '') problems.push(invalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') problems.push(invalid(path, query, 'query parameters are not permitted in the URL'));
  return problems;
}

function validateService(service: NonNullable<WebhookClient['service']>, path: string): FieldError[] {
  const { name, namespace, port = 0 } = service;
  const problems: FieldError[] = [];
  if (!name) problems.push(required(`${path}.name`, 'service name is required'));
  if (!namespace) problems.push(required(`${path}.namespace`, 'service namespace is required'));
  const wrongPort = portNumber(port);
  if (wrongPort.length > 0) problems.push(invalid(`${path}.port`, port, `port is not valid: ${wrongPort.join(',')}`));
  return service.path ? [...problems, ...validateUrlPath(service.path, `${path}.path`)] : problems;
}

function validateUrlPath(urlPath: string, path: string): FieldError[] {
  if (urlPath === '/') return [];
  const wrong = (detail: string) => invalid(path, urlPath, detail);
  if (urlPath === '//') return [wrong('segment[0] may not be empty')];
  const problems = urlPath.startsWith('/') ? [] : [wrong("must start with a '/'")];
  const segments = urlPath.slice(1).replace(/\/$/, '').split('/');
  return problems.concat(
    segments.flatMap((segment, index) => {
      if (segment === '') return [wrong(`segment[${index}] may not be empty`)];
      return dns1123Subdomain(segment).map((problem) => wrong(`segment[${index}]: ${problem}`));
    }),
  );
}
