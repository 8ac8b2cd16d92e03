import type { DeviceClass as DeviceClassType } from '../../generated/resource/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { storedAs } from '../stored-as.ts';
import { validateDeviceClassSpec } from './device-class-validation.ts';

const group = 'resource.k8s.io';
const stored = { group, version: 'v1' };
const strategy = {
  generationFields: ['spec'],
  validate: ({ spec }: DeviceClassType) => validateDeviceClassSpec(spec),
};

export const DeviceClass = defineKind<DeviceClassType>({ ...generatedKind(group, 'v1', 'DeviceClass'), strategy });

export const DeviceClassV1Beta2 = defineKind<DeviceClassType>({
  ...generatedKind(group, 'v1beta2', 'DeviceClass'),
  storage: storedAs({ group, version: 'v1beta2' }, stored),
  strategy,
});

export const DeviceClassV1Beta1 = defineKind<DeviceClassType>({
  ...generatedKind(group, 'v1beta1', 'DeviceClass'),
  storage: storedAs({ group, version: 'v1beta1' }, stored),
  strategy,
});
