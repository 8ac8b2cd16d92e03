import { required, type FieldError } from '../../field-error.ts';
import type { VolumeAttributesClass as VolumeAttributesClassType } from '../../generated/storage/v1.ts';
import { ageColumn, defineKind, nameColumn, type KindDefinition } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { forbidChanges, validateParameters, validateProvisioner } from './storageclass-validation.ts';
import { storedAs } from '../stored-as.ts';

const defaultClass = 'storage.alpha.kubernetes.io/is-default-volume-attributes-class';

type Behaviour = Pick<KindDefinition<VolumeAttributesClassType>, 'shortNames' | 'columns' | 'strategy'>;

const behaviour: Behaviour = {
  shortNames: ['vac'],
  columns: [
    {
      ...nameColumn,
      cell: ({ metadata }) => (metadata.name ?? '') + (metadata.annotations?.[defaultClass] === 'true' ? ' (default)' : ''),
    },
    { name: 'DriverName', type: 'string', cell: ({ driverName }) => driverName },
    ageColumn,
  ],
  strategy: {
    validate: validateVolumeAttributesClass,
    validateUpdate: (next, old) => forbidChanges(next, old, ['driverName', 'parameters']),
  },
};

export const VolumeAttributesClass = defineKind<VolumeAttributesClassType>({
  ...generatedKind('storage.k8s.io', 'v1', 'VolumeAttributesClass'),
  ...behaviour,
});

export const VolumeAttributesClassV1Beta1 = defineKind<VolumeAttributesClassType>({
  ...generatedKind('storage.k8s.io', 'v1beta1', 'VolumeAttributesClass'),
  ...behaviour,
  storage: storedAs({ group: 'storage.k8s.io', version: 'v1beta1' }, { group: 'storage.k8s.io', version: 'v1' }),
});

function validateVolumeAttributesClass({ driverName, parameters = {} }: VolumeAttributesClassType): FieldError[] {
  const problems = [...validateProvisioner(driverName, 'driverName'), ...validateParameters(parameters, 'parameters')];
  if (Object.keys(parameters).length === 0) problems.push(required('parameters', 'must contain at least one key/value pair'));
  return problems;
}
