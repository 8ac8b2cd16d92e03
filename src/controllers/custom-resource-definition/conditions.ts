import type { CustomResourceDefinition, CustomResourceDefinitionCondition } from '../../api/generated/apiextensions/v1.ts';

export type Condition = Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>;

export const conditionOf = ({ status }: CustomResourceDefinition, type: string): CustomResourceDefinitionCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

/** The definition with that condition in place of, or beside, those it had. Its time is that of the last change of status. */
export function withCondition(crd: CustomResourceDefinition, condition: Condition, nowMs: number): CustomResourceDefinition {
  const conditions = crd.status?.conditions ?? [];
  const known = conditionOf(crd, condition.type);
  const isSame = known?.status === condition.status && known.lastTransitionTime !== undefined;
  const lastTransitionTime = isSame ? known.lastTransitionTime : new Date(nowMs).toISOString().replace(/\.\d+/, '');
  const next = { ...known, ...condition, lastTransitionTime };
  return withConditions(crd, known ? conditions.map((one) => (one === known ? next : one)) : [...conditions, next]);
}

export const withoutCondition = (crd: CustomResourceDefinition, type: string): CustomResourceDefinition =>
  withConditions(
    crd,
    (crd.status?.conditions ?? []).filter((condition) => condition.type !== type),
  );

const withConditions = (crd: CustomResourceDefinition, conditions: CustomResourceDefinitionCondition[]): CustomResourceDefinition => ({
  ...crd,
  status: { ...crd.status, conditions },
});

/** Do they say the same, whenever it was? */
export const saysTheSame = (one: Condition | undefined, other: Condition | undefined): boolean =>
  one?.status === other?.status && one?.reason === other?.reason && one?.message === other?.message;
