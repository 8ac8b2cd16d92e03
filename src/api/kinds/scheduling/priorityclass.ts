import { forbidden, type FieldError } from '../../field-error.ts';
import type { PriorityClass as PriorityClassType } from '../../generated/scheduling/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateOptionalSupported } from '../../validation/field-checks.ts';

/** Above it only Kubernetes' own classes stand. */
export const highestUserPriority = 1_000_000_000;
export const systemPriorities: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};
const systemPrefix = 'system-';
const preemptionPolicies = ['PreemptLowerPriority', 'Never'];

export const PriorityClass = defineKind<PriorityClassType>({
  ...generatedKind('scheduling.k8s.io', 'v1', 'PriorityClass'),
  shortNames: ['pc'],
  columns: [
    nameColumn,
    { name: 'Value', type: 'integer', cell: ({ value }) => value ?? 0 },
    { name: 'Global-Default', type: 'boolean', cell: ({ globalDefault }) => globalDefault ?? false },
    ageColumn,
    { name: 'PreemptionPolicy', type: 'string', cell: ({ preemptionPolicy }) => preemptionPolicy ?? '' },
  ],
  strategy: {
    createOnUpdate: true,
    defaults(priorityClass) {
      priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
    },
    prepareForCreate({ metadata }) {
      metadata.generation = 1;
    },
    validateCreate: validatePriorityClass,
    validateUpdate: (next, old) => [
      ...((next.value ?? 0) === (old.value ?? 0) ? [] : [forbidden('value', 'may not be changed in an update.')]),
      ...validateImmutable(next.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy'),
    ],
  },
});

function validatePriorityClass(priorityClass: PriorityClassType): FieldError[] {
  const { value = 0, preemptionPolicy } = priorityClass;
  return [
    ...(priorityClass.metadata.name?.startsWith(systemPrefix) ? validateSystemClass(priorityClass) : validateUserValue(value)),
    ...validateOptionalSupported(preemptionPolicy, 'preemptionPolicy', preemptionPolicies),
  ];
}

const validateUserValue = (value: number): FieldError[] =>
  value > highestUserPriority ? [forbidden('value', `maximum allowed value of a user defined priority is ${highestUserPriority}`)] : [];

function validateSystemClass({ metadata, value = 0, globalDefault = false }: PriorityClassType): FieldError[] {
  const name = metadata.name ?? '';
  const known = systemPriorities[name];
  let problem = '';
  if (known === undefined) problem = `${name} is not a known system priority class`;
  else if (value !== known) problem = `value of ${name} PriorityClass must be ${known}`;
  else if (globalDefault) problem = `globalDefault of ${name} PriorityClass must be false`;
  if (problem === '') return [];
  return [
    forbidden('metadata.name', `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${problem}`),
  ];
}
