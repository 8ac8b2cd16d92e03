import { tooMany, type FieldError } from '../../field-error.ts';
import type { DeviceClassSpec } from '../../generated/resource/v1.ts';
import { validateConfiguration, validateSelectors } from './device-claim-validation.ts';

const maxConfigurations = 32;

export function validateDeviceClassSpec(spec: DeviceClassSpec | undefined): FieldError[] {
  const { selectors = [], config = [] } = spec ?? {};
  return [
    ...validateSelectors(selectors, 'spec.selectors'),
    ...(config.length > maxConfigurations ? [tooMany('spec.config', config.length, maxConfigurations)] : []),
    ...config.flatMap(({ opaque }, index) => validateConfiguration(opaque, `spec.config[${index}]`)),
  ];
}
