import type { Draft } from '../../draft.ts';
import type { LimitRangeItem, LimitRange as LimitRangeType } from '../../generated/core/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { nameAndCreatedAt } from '../columns.ts';
import { validateLimitRange } from './limitrange-validation.ts';

export const LimitRange = defineKind<LimitRangeType>({
  ...generatedKind('', 'v1', 'LimitRange'),
  shortNames: ['limits'],
  columns: nameAndCreatedAt,
  strategy: {
    createOnUpdate: true,
    defaults({ spec }) {
      for (const limit of spec?.limits ?? []) if (limit.type === 'Container') setContainerDefaults(limit);
    },
    validate: validateLimitRange,
  },
});

/** A limit defaults to the maximum, and a request to the limit, else to the minimum. */
function setContainerDefaults(limit: Draft<LimitRangeItem>): void {
  limit.default = { ...limit.max, ...limit.default };
  limit.defaultRequest = { ...limit.min, ...limit.default, ...limit.defaultRequest };
}
