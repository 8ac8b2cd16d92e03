import type { IngressRule, Ingress as IngressType } from '../../generated/networking/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { loadBalancerAddresses } from '../core/service-columns.ts';
import { ingressClassAnnotation, validateIngress, validateIngressCreate, validateIngressStatus } from './ingress-validation.ts';

const shownHosts = 3;

export const Ingress = defineKind<IngressType>({
  ...generatedKind('networking.k8s.io', 'v1', 'Ingress'),
  shortNames: ['ing'],
  columns: [
    nameColumn,
    { name: 'Class', type: 'string', cell: ({ spec }) => spec.ingressClassName ?? '<none>' },
    { name: 'Hosts', type: 'string', cell: ({ spec }) => hostsText(spec.rules ?? []) },
    { name: 'Address', type: 'string', cell: ({ status }) => loadBalancerAddresses(status.loadBalancer).join(',') },
    { name: 'Ports', type: 'string', cell: ({ spec }) => (spec.tls?.length ? '80, 443' : '80') },
    ageColumn,
  ],
  strategy: {
    validate: validateIngress,
    validateCreate: validateIngressCreate,
    validateStatusUpdate: validateIngressStatus,
    warnings: ({ metadata }, old) =>
      old || metadata.annotations?.[ingressClassAnnotation] === undefined
        ? []
        : [`annotation "${ingressClassAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`],
  },
});

/** `a.example,b.example,c.example + 2 more...`: rules without a host are not shown, but counted. */
function hostsText(rules: readonly IngressRule[]): string {
  const hosts: string[] = [];
  let isMore = false;
  for (const { host } of rules) {
    if (hosts.length === shownHosts) isMore = true;
    else if (host) hosts.push(host);
  }
  if (hosts.length === 0) return '*';
  return isMore ? `${hosts.join(',')} + ${rules.length - shownHosts} more...` : hosts.join(',');
}
