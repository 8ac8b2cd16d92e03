import { required, type FieldError } from '../../field-error.ts';
import type { IPAddress as IPAddressType, ParentReference } from '../../generated/networking/v1.ts';
import { defineKind, nameColumn, type KindDefinition } from '../../kind.ts';
import { groupResourceText } from '../../meta.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateRequiredText, validateText } from '../../validation/field-checks.ts';
import { validateIp } from '../../validation/ip.ts';
import { dns1123Subdomain, pathSegmentName } from '../../validation/names.ts';
import { storedAs } from '../stored-as.ts';

const behaviour: Pick<KindDefinition<IPAddressType>, 'shortNames' | 'columns' | 'strategy'> = {
  shortNames: ['ip'],
  columns: [nameColumn, { name: 'ParentRef', type: 'string', cell: ({ spec }) => parentText(spec.parentRef) }],
  strategy: {
    // The name is the address: one object for each that is in use.
    nameProblems: (name) => validateIp(name, '').map(({ detail }) => detail),
    validate: ({ spec }) => validateParent(spec.parentRef, 'spec.parentRef'),
    validateUpdate: ({ spec }, { spec: old }) => validateImmutable(spec.parentRef, old.parentRef, 'spec.parentRef'),
  },
};

/** Says which Service holds a cluster address. */
export const IPAddress = defineKind<IPAddressType>({ ...generatedKind('networking.k8s.io', 'v1', 'IPAddress'), ...behaviour });

export const IPAddressV1Beta1 = defineKind<IPAddressType>({
  ...generatedKind('networking.k8s.io', 'v1beta1', 'IPAddress'),
  ...behaviour,
  storage: storedAs({ group: 'networking.k8s.io', version: 'v1beta1' }, { group: 'networking.k8s.io', version: 'v1' }),
});

function parentText(parent: ParentReference | undefined): string {
  if (!parent) return '<none>';
  const { group = '', resource, namespace, name } = parent;
  return [groupResourceText({ group, resource }).toLowerCase(), ...(namespace ? [namespace] : []), name].join('/');
}

function validateParent(parent: ParentReference | undefined, path: string): FieldError[] {
  if (!parent) return [required(path)];
  return [
    ...(parent.group ? validateText(parent.group, `${path}.group`, dns1123Subdomain) : []),
    ...validateRequiredText(parent.resource, `${path}.resource`, pathSegmentName),
    ...validateRequiredText(parent.name, `${path}.name`, pathSegmentName),
    ...(parent.namespace ? validateText(parent.namespace, `${path}.namespace`, pathSegmentName) : []),
  ];
}
