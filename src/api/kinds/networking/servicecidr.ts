import { invalid, required, type FieldError } from '../../field-error.ts';
import type { ServiceCIDRSpec, ServiceCIDR as ServiceCIDRType } from '../../generated/networking/v1.ts';
import { ageColumn, defineKind, nameColumn, type KindDefinition } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { parseCidr, validateCidr } from '../../validation/ip.ts';
import { immutableField } from '../../validation/metadata.ts';
import { storedAs } from '../stored-as.ts';

const behaviour: Pick<KindDefinition<ServiceCIDRType>, 'columns' | 'strategy'> = {
  columns: [nameColumn, { name: 'CIDRs', type: 'string', cell: ({ spec }) => spec.cidrs?.join(',') ?? '' }, ageColumn],
  strategy: {
    generationFields: [],
    validateCreate: ({ spec }) => validateCidrs(spec),
    validateUpdate: validateCidrsUpdate,
  },
};

/** A range from which Services get their cluster addresses. */
export const ServiceCIDR = defineKind<ServiceCIDRType>({ ...generatedKind('networking.k8s.io', 'v1', 'ServiceCIDR'), ...behaviour });

export const ServiceCIDRV1Beta1 = defineKind<ServiceCIDRType>({
  ...generatedKind('networking.k8s.io', 'v1beta1', 'ServiceCIDR'),
  ...behaviour,
  storage: storedAs({ group: 'networking.k8s.io', version: 'v1beta1' }, { group: 'networking.k8s.io', version: 'v1' }),
});

const path = 'spec.cidrs';

function validateCidrs(spec: ServiceCIDRSpec): FieldError[] {
  const cidrs = spec.cidrs ?? [];
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(path, spec, 'may only hold up to 2 values')];
  const problems = cidrs.flatMap((cidr, i) => validateCidr(cidr, `${path}[${i}]`));
  const [first, second] = cidrs.map((cidr) => parseCidr(cidr)?.address.length);
  if (first !== undefined && first === second) {
    const detail = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    problems.push(invalid(path, cidrs, detail));
  }
  return problems;
}

/** One range may be joined by one of the other family; nothing else changes. */
function validateCidrsUpdate({ spec }: ServiceCIDRType, { spec: { cidrs: old = [] } }: ServiceCIDRType): FieldError[] {
  const { cidrs = [] } = spec;
  const changed = old.flatMap((cidr, i) => (cidr === cidrs[i] ? [] : [invalid(`${path}[${i}]`, cidrs[i], immutableField)]));
  if (old.length === cidrs.length) return changed;
  if (old.length === 1 && cidrs.length === 2) return [...changed, ...validateCidrs(spec)];
  return [invalid(path, cidrs, immutableField)];
}
