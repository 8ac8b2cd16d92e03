import { utf8 } from '../../codec/bytes.ts';
import { stringifyJson } from '../../codec/json.ts';
import type { ApiResult } from '../../api/call.ts';
import { jwksPath, openIdConfigurationPath, type OpenIdDocuments } from '../authn/openid.ts';
import type { PathHandler } from '../ports.ts';
import { isRead } from './answer.ts';

/** By which keys ServiceAccount tokens are checked, for those outside. */
export function openIdPaths({ configuration, keys }: OpenIdDocuments): PathHandler {
  const answers = new Map([
    [openIdConfigurationPath, answer('application/json', configuration)],
    [jwksPath, answer('application/jwk-set+json', keys)],
  ]);
  return (call) => (isRead(call) ? answers.get(call.path) : undefined);
}

const answer = (contentType: string, document: unknown): ApiResult => ({
  type: 'bytes',
  code: 200,
  contentType,
  body: utf8(stringifyJson(document)),
});
