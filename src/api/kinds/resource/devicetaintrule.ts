import type { FieldError } from '../../field-error.ts';
import type { DeviceTaintRule as DeviceTaintRuleType } from '../../generated/resource/v1beta2.ts';
import { ageColumn, ageOf, defineKind, nameColumn, type KindDefinition } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateConditions } from '../conditions.ts';
import { storedAs } from '../stored-as.ts';
import { secondsText, validateDriver, validateLabelText, validatePool } from './device-names.ts';
import { validateTaint } from './resource-slice-validation.ts';

const group = 'resource.k8s.io';

/** The same in both versions, neither of which is stable; stored in the newer one. */
const shared = {
  columns: [
    nameColumn,
    { name: 'Key', type: 'string', cell: ({ spec }) => spec.taint.key },
    { name: 'Value', type: 'string', cell: ({ spec }) => spec.taint.value ?? '' },
    { name: 'Effect', type: 'string', cell: ({ spec }) => spec.taint.effect },
    {
      name: 'TimeAdded',
      type: 'string',
      cell: ({ spec }, nowMs) => (spec.taint.timeAdded ? ageOf(spec.taint.timeAdded, nowMs) : ''),
    },
    ageColumn,
  ],
  strategy: {
    prepareForCreate: (rule, { nowMs }) => {
      rule.status = {};
      if (rule.spec?.taint) rule.spec.taint.timeAdded ??= secondsText(nowMs);
    },
    prepareForUpdate: (rule, old, { nowMs }) => {
      if (!rule.spec?.taint || rule.spec.taint.timeAdded) return;
      const sameEffect = rule.spec.taint.effect === old.spec.taint.effect;
      rule.spec.taint.timeAdded = sameEffect ? old.spec.taint.timeAdded : secondsText(nowMs);
    },
    validate: ({ spec }) => validateSpec(spec),
    validateStatusUpdate: ({ status }) => validateConditions(status.conditions ?? [], 'status.conditions'),
  },
} satisfies Partial<KindDefinition<DeviceTaintRuleType>>;

export const DeviceTaintRuleV1Beta2 = defineKind<DeviceTaintRuleType>({ ...generatedKind(group, 'v1beta2', 'DeviceTaintRule'), ...shared });

export const DeviceTaintRuleV1Alpha3 = defineKind<DeviceTaintRuleType>({
  ...generatedKind(group, 'v1alpha3', 'DeviceTaintRule'),
  ...shared,
  storage: storedAs({ group, version: 'v1alpha3' }, { group, version: 'v1beta2' }),
});

function validateSpec(spec: DeviceTaintRuleType['spec']): FieldError[] {
  const { driver, pool, device } = spec?.deviceSelector ?? {};
  const path = 'spec.deviceSelector';
  return [
    ...(driver === undefined ? [] : validateDriver(driver, `${path}.driver`)),
    ...(pool === undefined ? [] : validatePool(pool, `${path}.pool`)),
    ...(device === undefined ? [] : validateLabelText(device, `${path}.device`)),
    ...validateTaint(spec?.taint ?? {}, 'spec.taint'),
  ];
}
