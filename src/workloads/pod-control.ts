import { ApiError, isNotFound } from '../api/errors.ts';
import type { Pod as PodObject, PodTemplateSpec } from '../api/generated/core/v1.ts';
import type { Kind } from '../api/kind.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import type { KubeObject } from '../api/meta.ts';
import { nameIsDns1123Subdomain } from '../api/validation/names.ts';
import type { Context } from '../client/controller.ts';
import { messageOf } from './error-message.ts';
import { controllerReference, withType } from './owner.ts';

/** How a pod made from a template is called, where it is not `<owner>-<five random characters>`. */
export type PodName = { readonly name: string } | { readonly generateName: string };

/**
 * Makes a pod from the template, controlled by `owner`, and tells of it in an event of the owner.
 * Throws what the API answers; `isNamespaceTerminating` is worth asking, as nothing helps then.
 * Source: RealPodControl in pkg/controller/controller_utils.go.
 */
export async function createPod(
  { client, events }: Pick<Context, 'client' | 'events'>,
  template: PodTemplateSpec,
  owner: KubeObject,
  ownerKind: Kind,
  name?: PodName,
): Promise<PodObject> {
  try {
    const pod = await client.create(Pod, podFromTemplate(template, owner, ownerKind, name));
    events.event(withType(owner, ownerKind), 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    return pod;
  } catch (error) {
    if (!isNamespaceTerminating(error)) {
      events.event(withType(owner, ownerKind), 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
    }
    throw error;
  }
}

/** Deletes a pod of the owner, with its own grace period. One that is gone already throws NotFound, without an event. */
export async function deletePod(
  { client, events }: Pick<Context, 'client' | 'events'>,
  { metadata: { name = '', namespace } }: PodObject,
  owner: KubeObject,
  ownerKind: Kind,
): Promise<void> {
  try {
    await client.delete(Pod, { namespace, name });
  } catch (error) {
    if (isNotFound(error)) throw error;
    events.event(withType(owner, ownerKind), 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
    throw new Error(`unable to delete pods: ${messageOf(error)}`, { cause: error });
  }
  events.event(withType(owner, ownerKind), 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
}

/** The pod that the template describes, in the owner's namespace and controlled by it. */
export function podFromTemplate(
  { metadata = {}, spec = { containers: [] } }: PodTemplateSpec,
  owner: KubeObject,
  ownerKind: Kind,
  name: PodName = { generateName: podNamePrefix(owner.metadata.name ?? '') },
): PodObject {
  const { labels, annotations, finalizers } = metadata;
  return {
    metadata: {
      ...name,
      namespace: owner.metadata.namespace,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(owner, ownerKind)],
    },
    spec,
    status: {},
  };
}

/** The dash is left out where it would make the name invalid. */
function podNamePrefix(ownerName: string): string {
  const prefix = `${ownerName}-`;
  return nameIsDns1123Subdomain(prefix, true).length === 0 ? prefix : ownerName;
}

/** Whatever is to be created in the namespace will be refused from now on. */
export const isNamespaceTerminating = (error: unknown): boolean =>
  error instanceof ApiError && (error.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating');
