import type { Clock } from '../base/clock.ts';
import type { Crypto, KeyPair } from '../base/crypto.ts';
import type { ApiCall, Impersonation, User } from '../api/call.ts';
import { anonymousPaths, authenticate } from './authn/authenticate.ts';
import { bootstrapTokens } from './authn/bootstrap-token.ts';
import { certificateAuthenticator, identityAuthenticator } from './authn/credentials.ts';
import { openIdDocuments, type OpenIdDocuments } from './authn/openid.ts';
import { serviceAccountTokens, type TokenObjects } from './authn/service-account-token.ts';
import { staticTokens } from './authn/static-tokens.ts';
import { bearerAuthenticator, tokenUnion } from './authn/token.ts';
import { rbacEscalation } from './authz/escalation.ts';
import { impersonate } from './authz/impersonation.ts';
import { authorizerOf } from './authz/modes.ts';
import { nodeAuthorizer } from './authz/node/authorizer.ts';
import { NodeGraph } from './authz/node/graph.ts';
import { rbacAuthorizer } from './authz/rbac.ts';
import { RbacIndex } from './authz/rbac-source.ts';
import { allRules, joinRules, nodeRules, rbacRules, type RuleResolver } from './authz/rule-resolver.ts';
import type { AdmissionPlugin, Attributes, Authorizer, VirtualKinds } from './ports.ts';
import { virtualKinds } from './virtual/all.ts';

export interface IdentityOptions {
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** Signs ServiceAccount tokens and checks them. */
  readonly serviceAccountKeys: KeyPair;
  /** More public keys (PEM) whose tokens are good, while keys are changed. */
  readonly moreServiceAccountKeys?: readonly string[];
  /** `--service-account-issuer`; Kubernetes' inside the cluster when absent. */
  readonly issuer?: string;
  /** `--api-audiences`; the issuer when absent. */
  readonly apiAudiences?: readonly string[];
  /** `--service-account-max-token-expiration`. */
  readonly maxTokenSeconds?: number;
  /** `--service-account-extend-token-expiration`; true when absent. */
  readonly extendExpiration?: boolean;
  /** Where the keys are published. */
  readonly jwksUri: string;
  /** `--token-auth-file`. */
  readonly tokens?: ReadonlyMap<string, User>;
  /** `--authorization-mode`; Node and RBAC when absent. */
  readonly authorizationModes?: readonly string[];
  /** Paths that are open without credentials; health and version when absent. */
  readonly anonymous?: ReadonlySet<string> | 'all';
  readonly objects: TokenObjects;
}

/** Who calls, and may they? All parts of it, put together for an API server. */
export interface Identity {
  /** Rejects with 401. */
  readonly authenticate: (call: ApiCall) => Promise<User>;
  /** Rejects with 403 where the caller may not be that user. */
  readonly impersonate: (attributes: Attributes, wanted: Impersonation) => Promise<User>;
  readonly authorizer: Authorizer;
  readonly rbacEscalation: AdmissionPlugin;
  readonly virtualKinds: VirtualKinds;
  readonly openId: OpenIdDocuments;
  /** To be fed: `authz/follow.ts`. */
  readonly rbac: RbacIndex;
  readonly nodes: NodeGraph;
}

const defaultIssuer = 'https://kubernetes.default.svc.cluster.local';

export function createIdentity(options: IdentityOptions): Identity {
  const { clock, crypto, serviceAccountKeys, objects, issuer = defaultIssuer, authorizationModes = ['Node', 'RBAC'] } = options;
  const apiAudiences = options.apiAudiences ?? [issuer];
  const publicKeys = [serviceAccountKeys.publicKeyPem, ...(options.moreServiceAccountKeys ?? [])];
  const tokens = tokenUnion(
    [
      staticTokens(options.tokens ?? new Map()),
      serviceAccountTokens({ crypto, clock, issuers: [issuer], publicKeys, apiAudiences, objects }),
      bootstrapTokens({ crypto, clock }, objects),
    ],
    apiAudiences,
  );
  const rbac = new RbacIndex();
  const nodes = new NodeGraph();
  const available = [nodeAuthorizer(nodes), rbacAuthorizer(rbac)];
  const authorizer = authorizerOf(authorizationModes, new Map(available.map((one) => [one.name, one])));
  const authenticators = [certificateAuthenticator, bearerAuthenticator(tokens, apiAudiences), identityAuthenticator];
  return {
    authenticate: authenticate({ authenticators, anonymous: options.anonymous ?? anonymousPaths }),
    impersonate: (attributes, wanted) => impersonate(authorizer, attributes, wanted),
    authorizer,
    rbacEscalation: rbacEscalation(rbac, authorizer),
    virtualKinds: virtualKinds({
      clock,
      authorizer,
      rules: rulesOf(authorizationModes, rbac),
      tokens,
      apiAudiences,
      issuer: {
        crypto,
        clock,
        issuer,
        privateKeyPem: serviceAccountKeys.privateKeyPem,
        apiAudiences,
        objects,
        ...(options.maxTokenSeconds !== undefined && { maxExpirationSeconds: options.maxTokenSeconds }),
        ...(options.extendExpiration !== undefined && { extendExpiration: options.extendExpiration }),
      },
    }),
    openId: openIdDocuments(crypto, issuer, options.jwksUri, publicKeys),
    rbac,
    nodes,
  };
}

/** Modes that can list what they allow. */
function rulesOf(modes: readonly string[], rbac: RbacIndex): RuleResolver {
  const resolvers = new Map<string, RuleResolver>([
    ['Node', nodeRules],
    ['RBAC', rbacRules(rbac)],
    ['AlwaysAllow', allRules],
  ]);
  return joinRules(modes.flatMap((mode) => resolvers.get(mode) ?? []));
}
