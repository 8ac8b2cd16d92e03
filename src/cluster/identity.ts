import type { Env } from '../base/env.ts';
import type { KeyPair } from '../base/crypto.ts';
import { isNotFound } from '../api/errors.ts';
import type { Kind } from '../api/kind.ts';
import { Node } from '../api/kinds/core/node.ts';
import { PersistentVolume } from '../api/kinds/core/persistentvolume.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { Secret } from '../api/kinds/core/secret.ts';
import { ServiceAccount } from '../api/kinds/core/serviceaccount.ts';
import { ClusterRole } from '../api/kinds/rbac/clusterrole.ts';
import { ClusterRoleBinding } from '../api/kinds/rbac/clusterrolebinding.ts';
import { Role } from '../api/kinds/rbac/role.ts';
import { RoleBinding } from '../api/kinds/rbac/rolebinding.ts';
import { ResourceSlice } from '../api/kinds/resource/resourceslice.ts';
import { VolumeAttachment } from '../api/kinds/storage/volumeattachment.ts';
import type { KubeObject } from '../api/meta.ts';
import { bootstrapTokens } from '../apiserver/authn/bootstrap-token.ts';
import { certificateAuthenticator, identityAuthenticator } from '../apiserver/authn/credentials.ts';
import { defaultJwksUri, openIdDocuments, type OpenIdDocuments } from '../apiserver/authn/openid.ts';
import { serviceAccountTokens, type TokenObjects } from '../apiserver/authn/service-account-token.ts';
import { bearerAuthenticator, tokenUnion } from '../apiserver/authn/token.ts';
import { bootstrapPolicy } from '../apiserver/authz/bootstrap/policy.ts';
import { ensurePolicy, type PolicyObject, type PolicyWriter } from '../apiserver/authz/bootstrap/reconcile.ts';
import { rbacEscalation } from '../apiserver/authz/escalation.ts';
import { followNodes, followRbac, type CacheOf } from '../apiserver/authz/follow.ts';
import { authorizerOf } from '../apiserver/authz/modes.ts';
import { nodeAuthorizer } from '../apiserver/authz/node/authorizer.ts';
import { NodeGraph } from '../apiserver/authz/node/graph.ts';
import { rbacAuthorizer } from '../apiserver/authz/rbac.ts';
import { RbacIndex } from '../apiserver/authz/rbac-source.ts';
import { joinRules, nodeRules, rbacRules } from '../apiserver/authz/rule-resolver.ts';
import type { AdmissionPlugin, Authenticator, Authorizer, VirtualKinds } from '../apiserver/ports.ts';
import { virtualKinds } from '../apiserver/virtual/all.ts';
import type { At, Client } from '../client/client.ts';

export interface IdentityOptions {
  readonly env: Pick<Env, 'clock' | 'crypto'>;
  readonly serviceAccountKeys: KeyPair;
  /** `host:port` under which clients reach the API. */
  readonly externalAddress: string;
  /** Reads what tokens are bound to; asked only once the server runs. */
  readonly client: () => Client;
}

/** Everything that tells who calls and what they may do, as kubeadm sets a cluster up: certificates and tokens, Node and RBAC. */
export interface Identity {
  readonly authenticators: readonly Authenticator[];
  readonly authorizer: Authorizer;
  readonly virtualKinds: VirtualKinds;
  readonly admission: readonly AdmissionPlugin[];
  readonly openId: OpenIdDocuments;
  /** Reads the policy there is, and writes what it lacks. Before that only `system:masters` may do anything. */
  start(cacheOf: CacheOf): Promise<void>;
}

export const serviceAccountIssuer = 'https://kubernetes.default.svc.cluster.local';

export function identityOf({ env, serviceAccountKeys, externalAddress, client }: IdentityOptions): Identity {
  const { clock, crypto } = env;
  const apiAudiences = [serviceAccountIssuer];
  const publicKeys = [serviceAccountKeys.publicKeyPem];
  const objects = tokenObjects(client);
  const tokens = tokenUnion(
    [
      serviceAccountTokens({ crypto, clock, issuers: [serviceAccountIssuer], publicKeys, apiAudiences, objects }),
      bootstrapTokens({ crypto, clock }, objects),
    ],
    apiAudiences,
  );
  const rbac = new RbacIndex();
  const nodes = new NodeGraph();
  const authorizer = authorizerOf(
    ['Node', 'RBAC'],
    new Map([
      ['Node', nodeAuthorizer(nodes)],
      ['RBAC', rbacAuthorizer(rbac)],
    ]),
  );
  const issuer = { crypto, clock, issuer: serviceAccountIssuer, privateKeyPem: serviceAccountKeys.privateKeyPem, apiAudiences, objects };
  return {
    authenticators: [identityAuthenticator, certificateAuthenticator, bearerAuthenticator(tokens, apiAudiences)],
    authorizer,
    virtualKinds: virtualKinds({ clock, authorizer, rules: joinRules([nodeRules, rbacRules(rbac)]), tokens, apiAudiences, issuer }),
    admission: [rbacEscalation(rbac, authorizer)],
    openId: openIdDocuments(crypto, serviceAccountIssuer, defaultJwksUri(externalAddress), publicKeys),
    async start(cacheOf) {
      await Promise.all([
        followRbac(cacheOf, rbac),
        followNodes(
          cacheOf,
          { pod: Pod, persistentVolume: PersistentVolume, volumeAttachment: VolumeAttachment, resourceSlice: ResourceSlice },
          nodes,
        ),
      ]);
      await ensurePolicy(clock, rbac, policyWriter(client()), bootstrapPolicy);
    },
  };
}

function tokenObjects(client: () => Client): TokenObjects {
  const find = async <O extends KubeObject>(kind: Kind<O>, at: At): Promise<O | undefined> => {
    try {
      return await client().get(kind, at);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  return {
    serviceAccount: (namespace, name) => find(ServiceAccount, { namespace, name }),
    pod: (namespace, name) => find(Pod, { namespace, name }),
    secret: (namespace, name) => find(Secret, { namespace, name }),
    node: (name) => find(Node, { name }),
  };
}

function policyWriter(client: Client): PolicyWriter {
  const kindOf = (object: PolicyObject) => {
    const kind = policyKinds.find((one) => one.kind === object.kind);
    if (!kind) throw new TypeError(`${String(object.kind)} is no kind of RBAC's`);
    return kind;
  };
  return {
    create: (object) => client.create(kindOf(object), object),
    update: (object) => client.update(kindOf(object), object),
    delete: (object) => client.delete(kindOf(object), { namespace: object.metadata.namespace, name: object.metadata.name! }),
  };
}

const policyKinds: readonly Kind[] = [ClusterRole, Role, ClusterRoleBinding, RoleBinding];
