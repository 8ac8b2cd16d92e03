import type { Service } from '../../../api/generated/core/v1.ts';
import type { AdmissionPlugin } from '../../ports.ts';
import { isAbout, refused } from '../request.ts';

/** No Service gets an external address that it has not had. Source: plugin/pkg/admission/network/denyserviceexternalips. */
export const denyServiceExternalIps: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  validate(request) {
    if (!isAbout(request, '', 'services') || (request.operation !== 'CREATE' && request.operation !== 'UPDATE')) return;
    const had = new Set((request.old as Service | undefined)?.spec?.externalIPs ?? []);
    const wanted = (request.object as unknown as Service).spec?.externalIPs ?? [];
    if (wanted.some((ip) => !had.has(ip))) throw refused(request, 'Use of external IPs is denied by admission control');
  },
};
