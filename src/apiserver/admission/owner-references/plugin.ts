import type { KubeObject, OwnerReference } from '../../../api/meta.ts';
import { parseApiVersion } from '../../../api/meta.ts';
import type { KindRegistry } from '../../../api/registry.ts';
import { semanticallyEqual } from '../../../api/semantic-equality.ts';
import type { AdmissionPlugin, AdmissionRequest, Authorizer } from '../../ports.ts';
import { refused } from '../request.ts';

/**
 * Who names an owner makes the object go with it, and may hold the owner's deletion up: for that
 * they must be allowed to delete the one and to finalize the other. Source: Kubernetes' plugin/pkg/admission/gc.
 */
export const ownerReferencesPermissionEnforcement = (authorizer: Authorizer, kinds: () => KindRegistry): AdmissionPlugin => ({
  name: 'OwnerReferencesPermissionEnforcement',
  async validate(request) {
    const { object, old } = request;
    if (request.subresource || !object || (!object.metadata.ownerReferences && !old?.metadata.ownerReferences)) return;
    await checkOwnership(authorizer, request);
    await checkBlocking({ authorizer, kinds: kinds() }, request);
  },
});

async function checkOwnership(authorizer: Authorizer, request: AdmissionRequest): Promise<void> {
  const [next, old] = [request.object!.metadata.ownerReferences, request.old?.metadata.ownerReferences];
  if (semanticallyEqual(next, old)) return;
  const { kind, namespace, name, user } = request;
  const resource = {
    group: kind.group,
    version: kind.version,
    resource: kind.plural,
    ...(namespace && { namespace }),
    ...(name && { name }),
  };
  const { verdict, reason } = await authorizer.authorize({ user, verb: 'delete', resource });
  if (verdict !== 'allow') throw refused(request, `cannot set an ownerRef on a resource you can't delete: ${reason}, <nil>`);
}

async function checkBlocking(
  { authorizer, kinds }: { authorizer: Authorizer; kinds: KindRegistry },
  request: AdmissionRequest,
): Promise<void> {
  for (const owner of newlyBlocking(request.object as KubeObject, request.old)) {
    const { group, version } = parseApiVersion(owner.apiVersion) ?? { group: '', version: '' };
    const kind = kinds.byKind(group, version, owner.kind);
    if (!kind) {
      const missing = `no matches for kind ${JSON.stringify(owner.kind)} in version ${JSON.stringify(owner.apiVersion)}`;
      const which = `APIVersion ${owner.apiVersion} Kind ${owner.kind}`;
      throw refused(request, `cannot set blockOwnerDeletion in this case because cannot find RESTMapping for ${which}: ${missing}`);
    }
    const resource = {
      group,
      version,
      resource: kind.plural,
      subresource: 'finalizers',
      name: owner.name,
      ...(kind.namespaced && request.namespace && { namespace: request.namespace }),
    };
    const { verdict, reason } = await authorizer.authorize({ user: request.user, verb: 'update', resource });
    if (verdict === 'allow') continue;
    const what = "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on";
    throw refused(request, `${what}: ${reason}, <nil>`);
  }
}

function newlyBlocking(next: KubeObject, old: KubeObject | undefined): OwnerReference[] {
  const blocking = ({ metadata }: KubeObject) => (metadata.ownerReferences ?? []).filter(({ blockOwnerDeletion }) => blockOwnerDeletion);
  const before = new Set((old ? blocking(old) : []).map(({ uid }) => uid));
  return blocking(next).filter(({ uid }) => !before.has(uid));
}
