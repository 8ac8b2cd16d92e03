import { isNotFound } from '../../api/errors.ts';
import type { Secret as SecretObject, ServiceAccount as ServiceAccountObject } from '../../api/generated/core/v1.ts';
import { Secret } from '../../api/kinds/core/secret.ts';
import { ServiceAccount } from '../../api/kinds/core/serviceaccount.ts';
import type { KubeObject } from '../../api/meta.ts';
import { runController, defineController, watchOf, type Context, type Controller } from '../../client/controller.ts';
import { Informers } from '../../client/informers.ts';
import { toBase64, utf8 } from '../../codec/bytes.ts';
import type { ControllerDescriptor } from '../descriptor.ts';
import { accountOf, isTokenSecret, isWhole, withToken } from './token-secret.ts';

const name = 'serviceaccount-token-controller';

/** As upstream, it acts with the manager's own rights: a ServiceAccount of its own would need a token first. */
export const serviceAccountTokenDescriptor: ControllerDescriptor = {
  name,
  serviceAccount: name,
  async start({ reader, env, flags }) {
    const workers = flags.concurrentSyncs[name];
    const controller = serviceAccountTokenController(flags.rootCaPem);
    // Of all the secrets of a cluster only a few are tokens; nobody keeps the content of the others for their sake.
    const informers = new Informers(reader, env, withoutForeignContent);
    await runController(workers === undefined ? controller : { ...controller, workers }, reader, informers, env);
  },
};

const withoutForeignContent = (object: KubeObject): KubeObject => {
  const secret: SecretObject = object;
  if (object.kind !== 'Secret' || isTokenSecret(secret)) return object;
  const { data: _, ...rest } = secret;
  return rest;
};

/**
 * A Secret of type `kubernetes.io/service-account-token` is given a token of its ServiceAccount, and goes when the account does.
 * The token is bound to the Secret and good for as long as a token can be. Source: upstream's pkg/controller/serviceaccount/tokens_controller.go.
 */
export function serviceAccountTokenController(caPem: string): Controller {
  const ca = toBase64(utf8(caPem));
  return defineController({
    name,
    for: Secret,
    watches: [watchOf(ServiceAccount, tokensOf)],
    async reconcile(secret, context) {
      if (!isTokenSecret(secret) || secret.metadata.deletionTimestamp) return;
      const account = await accountNow(secret, context);
      if (!account) return deleteSecret(secret, context);
      if (isWhole(secret, account, ca)) return;
      const token = secret.data?.['token'] || toBase64(utf8(await newToken(secret, account, context)));
      await context.client.update(Secret, withToken(secret, account, { token, ca }));
    },
  });
}

function tokensOf({ metadata }: ServiceAccountObject, { list }: Context): string[] {
  return list(Secret, metadata.namespace)
    .filter((secret) => isTokenSecret(secret) && accountOf(secret).name === metadata.name)
    .map((secret) => `${metadata.namespace}/${secret.metadata.name}`);
}

/** The account that the secret means. One that is not known yet may be new: the server is asked before a secret is given up. */
async function accountNow(secret: SecretObject, { client, get }: Context): Promise<ServiceAccountObject | undefined> {
  const { namespace = '' } = secret.metadata;
  const { name: account, uid } = accountOf(secret);
  const isMeant = (found: ServiceAccountObject | undefined) => found !== undefined && (!uid || found.metadata.uid === uid);
  const known = get(ServiceAccount, `${namespace}/${account}`);
  if (isMeant(known)) return known;
  try {
    const found = await client.get(ServiceAccount, { namespace, name: account });
    return isMeant(found) ? found : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function deleteSecret({ metadata: { namespace = '', name: secret = '', uid } }: SecretObject, { client }: Context): Promise<void> {
  try {
    await client.delete(Secret, { namespace, name: secret }, { preconditions: { ...(uid && { uid }) } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** `spec.expirationSeconds` at its most: 136 years. */
const longestSeconds = 2 ** 32;

interface TokenRequest extends KubeObject {
  readonly spec: { readonly audiences: readonly string[]; readonly expirationSeconds: number; readonly boundObjectRef: object };
  readonly status?: { readonly token: string };
}

/** The API server alone signs tokens; this asks it for one. */
async function newToken({ metadata }: SecretObject, account: ServiceAccountObject, { client }: Context): Promise<string> {
  const { namespace = '', name: accountName = '' } = account.metadata;
  const request: TokenRequest = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: {},
    spec: {
      audiences: [],
      expirationSeconds: longestSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: metadata.name, uid: metadata.uid },
    },
  };
  const at = { group: '', version: 'v1', resource: 'serviceaccounts', subresource: 'token', namespace, name: accountName };
  const answer = await client.createSub<TokenRequest>(at, request);
  return answer.status?.token ?? '';
}
