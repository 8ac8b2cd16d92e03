import { invalid, required, type FieldError } from '../../field-error.ts';
import type { PodGroupResourceClaim, PodGroupSchedulingPolicy, PodGroupTemplate } from '../../generated/scheduling/v1alpha2.ts';
import { validateRequiredText, validateText } from '../../validation/field-checks.ts';
import { validateLabelName } from '../../validation/label-selector.ts';
import { dns1123Label, dns1123Subdomain } from '../../validation/names.ts';

/** What a Workload's templates and the groups made from them have in common. */
export type PodGroupRules = Omit<PodGroupTemplate, 'name'>;

export function validatePodGroupRules(rules: PodGroupRules, path: string): FieldError[] {
  const { schedulingPolicy, schedulingConstraints, resourceClaims = [], priorityClassName } = rules;
  return [
    ...validatePolicy(schedulingPolicy ?? {}, `${path}.schedulingPolicy`),
    ...(schedulingConstraints?.topology ?? []).flatMap(({ key }, i) =>
      validateLabelName(key, `${path}.schedulingConstraints.topology[${i}].key`),
    ),
    ...resourceClaims.flatMap((claim, i) => validateClaim(claim, `${path}.resourceClaims[${i}]`)),
    ...(priorityClassName ? validateText(priorityClassName, `${path}.priorityClassName`, dns1123Subdomain) : []),
  ];
}

function validatePolicy({ basic, gang }: PodGroupSchedulingPolicy, path: string): FieldError[] {
  if (basic && gang) {
    return [invalid(path, '{`basic`, `gang`}', 'exactly one of `basic`, `gang` is required, but multiple fields are set')];
  }
  if (!basic && !gang) return [invalid(path, '', 'must specify one of: `basic`, `gang`')];
  const minCount = gang?.minCount;
  if (minCount === undefined || minCount > 0) return [];
  const at = `${path}.gang.minCount`;
  return [minCount === 0 ? required(at) : invalid(at, minCount, 'must be greater than zero')];
}

function validateClaim({ name, resourceClaimName, resourceClaimTemplateName }: PodGroupResourceClaim, path: string): FieldError[] {
  const problems = validateRequiredText(name, `${path}.name`, dns1123Label);
  const named = [resourceClaimName, resourceClaimTemplateName].filter((one) => one !== undefined).length;
  if (named === 1) return problems;
  const detail = 'must specify exactly one of: `resourceClaimName`, `resourceClaimTemplateName`';
  return [...problems, invalid(path, '', detail)];
}
