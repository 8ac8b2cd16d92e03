import { invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { FlowSchema as FlowSchemaType } from '../../generated/flowcontrol/v1.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { dns1123Subdomain } from '../../validation/names.ts';
import { validateFlowRules } from './flow-rule-validation.ts';
import { validateFlowConditions } from './flow-conditions.ts';

const maxPrecedence = 10_000;
const defaultPrecedence = 1000;
const distinguishers = ['ByNamespace', 'ByUser'];

const columns: readonly Column<FlowSchemaType>[] = [
  nameColumn,
  { name: 'PriorityLevel', type: 'string', cell: ({ spec }) => spec.priorityLevelConfiguration.name },
  { name: 'MatchingPrecedence', type: 'string', cell: ({ spec }) => spec.matchingPrecedence ?? 0 },
  { name: 'DistinguisherMethod', type: 'string', cell: ({ spec }) => spec.distinguisherMethod?.type ?? '<none>' },
  ageColumn,
  {
    name: 'MissingPL',
    type: 'string',
    cell: ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
  },
];

export const FlowSchema = defineKind<FlowSchemaType>({
  ...generatedKind('flowcontrol.apiserver.k8s.io', 'v1', 'FlowSchema'),
  columns,
  strategy: {
    defaults: ({ spec }) => {
      if (spec) spec.matchingPrecedence ||= defaultPrecedence;
    },
    prepareForCreate: (schema) => {
      schema.status = {};
    },
    validate: ({ metadata, spec }) => validateSpec(spec, metadata.name),
    validateStatusUpdate: ({ status }) => validateFlowConditions(status.conditions ?? []),
  },
});

function validateSpec(spec: FlowSchemaType['spec'], name: string | undefined): FieldError[] {
  const { matchingPrecedence = 0, distinguisherMethod } = spec;
  const level = spec.priorityLevelConfiguration?.name;
  const problems: FieldError[] = [];
  if (matchingPrecedence <= 0) problems.push(invalid('spec.matchingPrecedence', matchingPrecedence, 'must be a positive value'));
  if (matchingPrecedence > maxPrecedence)
    problems.push(invalid('spec.matchingPrecedence', matchingPrecedence, `must not be greater than ${maxPrecedence}`));
  if (matchingPrecedence === 1 && name !== 'exempt')
    problems.push(invalid('spec.matchingPrecedence', matchingPrecedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  if (distinguisherMethod && !distinguishers.includes(distinguisherMethod.type))
    problems.push(notSupported('spec.distinguisherMethod.type', { Type: distinguisherMethod.type }, distinguishers));
  if (!level) problems.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'));
  else problems.push(...dns1123Subdomain(level).map((problem) => invalid('spec.priorityLevelConfiguration.name', level, problem)));
  return [...problems, ...validateFlowRules(spec.rules ?? [], 'spec.rules')];
}
