import type { Draft } from '../../draft.ts';
import type { HorizontalPodAutoscaler as HpaV1 } from '../../generated/autoscaling/v1.ts';
import type {
  HorizontalPodAutoscaler as HorizontalPodAutoscalerType,
  HPAScalingPolicy,
  HPAScalingRules,
} from '../../generated/autoscaling/v2.ts';
import type { FieldError } from '../../field-error.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateCounts } from '../apps/status-counts.ts';
import { storedAs } from '../stored-as.ts';
import { hpaColumns } from './hpa-columns.ts';
import { downgradeHpa, upgradeHpa } from './hpa-v1-conversion.ts';
import { validateHpaSpec } from './hpa-validation.ts';

const group = 'autoscaling';

export const HorizontalPodAutoscaler = defineKind<HorizontalPodAutoscalerType>({
  ...generatedKind(group, 'v2', 'HorizontalPodAutoscaler'),
  shortNames: ['hpa'],
  categories: ['all'],
  columns: hpaColumns,
  strategy: {
    defaults: setDefaults,
    prepareForCreate: (hpa) => {
      hpa.status = { desiredReplicas: 0 };
    },
    validateCreate: ({ spec }) => validateHpaSpec(spec, 1),
    validateUpdate: ({ spec }, old) => validateHpaSpec(spec, old.spec.minReplicas === 0 ? 0 : 1),
    validateStatusUpdate: ({ status }) => validateCounts(status, ['currentReplicas', 'desiredReplicas']),
    // No generation is counted here, though there is a status.
    generationFields: [],
  },
});

/** The old shape, for CPU alone; what it cannot say stands in annotations. */
export const HorizontalPodAutoscalerV1 = defineKind<HpaV1>({
  ...generatedKind(group, 'v1', 'HorizontalPodAutoscaler'),
  shortNames: ['hpa'],
  categories: ['all'],
  columns: [
    nameColumn,
    ...hpaColumns.slice(1, -1).map((column) => ({ ...column, cell: (hpa: HpaV1, nowMs: number) => column.cell(asV2(hpa), nowMs) })),
    ageColumn,
  ],
  storage: storedAs(
    { group, version: 'v1' },
    { group, version: 'v2' },
    (object) => upgradeHpa(object as Draft<HpaV1>),
    (object) => downgradeHpa(object as Draft<HorizontalPodAutoscalerType>),
  ),
  strategy: {
    defaults: (hpa) => {
      if (hpa.spec) hpa.spec.minReplicas ??= 1;
    },
    prepareForCreate: (hpa) => {
      hpa.status = { currentReplicas: 0, desiredReplicas: 0 };
    },
    validateCreate: (hpa) => validateV1(hpa, 1),
    validateUpdate: (hpa, old) => validateV1(hpa, old.spec.minReplicas === 0 ? 0 : 1),
    validateStatusUpdate: ({ status }) => validateCounts(status, ['currentReplicas', 'desiredReplicas']),
    generationFields: [],
  },
});

const asV2 = (hpa: HpaV1): HorizontalPodAutoscalerType => upgradeHpa(structuredClone(hpa) as Draft<HpaV1>);

const validateV1 = (hpa: HpaV1, leastReplicas: number): FieldError[] => validateHpaSpec(asV2(hpa).spec, leastReplicas);

function setDefaults({ spec }: Draft<HorizontalPodAutoscalerType>): void {
  if (!spec) return;
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length)
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
  if (!spec.behavior) return;
  spec.behavior.scaleUp = withDefaults(spec.behavior.scaleUp, quickly, 0);
  spec.behavior.scaleDown = withDefaults(spec.behavior.scaleDown, slowly);
}

const quickly: readonly HPAScalingPolicy[] = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
];
const slowly: readonly HPAScalingPolicy[] = [{ type: 'Percent', value: 100, periodSeconds: 15 }];

function withDefaults(
  rules: Draft<HPAScalingRules> | undefined,
  policies: readonly HPAScalingPolicy[],
  stabilizationWindowSeconds?: number,
): Draft<HPAScalingRules> {
  return {
    ...(stabilizationWindowSeconds !== undefined && { stabilizationWindowSeconds }),
    selectPolicy: 'Max',
    policies: policies.map((policy) => ({ ...policy })),
    ...rules,
  };
}
