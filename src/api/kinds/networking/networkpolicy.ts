import type { NetworkPolicyPort, NetworkPolicy as NetworkPolicyType } from '../../generated/networking/v1.ts';
import type { Draft } from '../../draft.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { formatLabelSelector } from '../../label-selector.ts';
import { generatedKind } from '../../schemas.ts';
import { cidrWarnings } from '../../validation/ip.ts';
import { ipBlocksOf, validateNetworkPolicy } from './networkpolicy-validation.ts';

export const NetworkPolicy = defineKind<NetworkPolicyType>({
  ...generatedKind('networking.k8s.io', 'v1', 'NetworkPolicy'),
  shortNames: ['netpol'],
  columns: [
    nameColumn,
    { name: 'Pod-Selector', type: 'string', cell: ({ spec }) => formatLabelSelector(spec.podSelector ?? {}) },
    ageColumn,
  ],
  strategy: {
    generationFields: ['spec'],
    defaults({ spec }) {
      spec.podSelector ??= {};
      if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
      for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) setProtocols(rule.ports ?? []);
    },
    validate: validateNetworkPolicy,
    warnings: ({ spec }) =>
      ipBlocksOf(spec).flatMap(({ block, path }) => [
        ...cidrWarnings(block.cidr, `${path}.cidr`),
        ...(block.except ?? []).flatMap((cidr, i) => cidrWarnings(cidr, `${path}.except[${i}]`)),
      ]),
  },
});

function setProtocols(ports: Draft<NetworkPolicyPort>[]): void {
  for (const port of ports) port.protocol ??= 'TCP';
}
