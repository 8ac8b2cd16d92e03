/** What plugins ask of a request before they do anything: two comparisons, so that what does not concern them costs nothing. */
import { forbiddenFor, type ApiError } from '../../api/errors.ts';
import type { GroupResource } from '../../api/meta.ts';
import type { AdmissionRequest } from '../ports.ts';

/** Is it about the objects of the resource themselves, not one of their subresources? */
export const isAbout = ({ kind, subresource }: AdmissionRequest, group: string, plural: string): boolean =>
  kind.plural === plural && kind.group === group && !subresource;

export const isCreateOf = (request: AdmissionRequest, group: string, plural: string): boolean =>
  request.operation === 'CREATE' && isAbout(request, group, plural);

export const isUpdateThrough = (request: AdmissionRequest, group: string, plural: string, subresource: string): boolean =>
  request.operation === 'UPDATE' && request.kind.plural === plural && request.kind.group === group && request.subresource === subresource;

export const groupResourceOf = ({ kind }: AdmissionRequest): GroupResource => ({ group: kind.group, resource: kind.plural });

/** `pods "web" is forbidden: why`. An object whose name is yet to be made goes by its prefix. */
export const refused = (request: AdmissionRequest, why: string): ApiError => forbiddenFor(groupResourceOf(request), nameOf(request), why);

function nameOf({ name, object }: AdmissionRequest): string {
  return name || object?.metadata.name || object?.metadata.generateName || 'Unknown';
}
