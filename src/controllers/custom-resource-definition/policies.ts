import { fieldErrorText, invalid } from '../../api/field-error.ts';
import type { CustomResourceDefinition as Definition } from '../../api/generated/apiextensions/v1.ts';
import { approvalCondition } from '../../api/kinds/apiextensions/api-approval.ts';
import { CustomResourceDefinition } from '../../api/kinds/apiextensions/customresourcedefinition.ts';
import { validateStructural } from '../../api/kinds/apiextensions/structural-schema-validation.ts';
import { defineController } from '../../client/controller.ts';
import { conditionOf, saysTheSame, withCondition, withoutCondition, type Condition } from './conditions.ts';
import { writeStatus } from './status.ts';

/** Tells of schemas that are not structural, such as an older server may have let in. Source: apiextensions' nonstructuralschema controller. */
export const nonStructuralSchemaController = defineController({
  name: 'NonStructuralSchemaConditionController',
  for: CustomResourceDefinition,
  async reconcile(crd, { client, env }) {
    const condition = nonStructuralCondition(crd);
    if (saysTheSame(condition, conditionOf(crd, 'NonStructuralSchema'))) return;
    await writeStatus(client, condition ? withCondition(crd, condition, env.clock.now()) : withoutCondition(crd, 'NonStructuralSchema'));
  },
});

export function nonStructuralCondition({ spec }: Definition): Condition | undefined {
  const problems = [
    ...(spec.preserveUnknownFields ? [invalid('spec.preserveUnknownFields', true, 'must be false')] : []),
    ...spec.versions.flatMap(({ schema }, index) =>
      schema?.openAPIV3Schema ? validateStructural(schema.openAPIV3Schema, `spec.versions[${index}].schema.openAPIV3Schema`) : [],
    ),
  ].map(fieldErrorText);
  if (problems.length === 0) return undefined;
  const message = problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`;
  return { type: 'NonStructuralSchema', status: 'True', reason: 'Violations', message };
}

/** Tells whether a group of Kubernetes' own domains has its community's approval. Source: apiextensions' apiapproval controller. */
export const apiApprovalController = defineController({
  name: 'KubernetesAPIApprovalPolicyConformantConditionController',
  for: CustomResourceDefinition,
  async reconcile(crd, { client, env }) {
    const condition = approvalCondition(crd);
    if (!condition || saysTheSame(condition, conditionOf(crd, condition.type))) return;
    await writeStatus(client, withCondition(crd, condition, env.clock.now()));
  },
});
