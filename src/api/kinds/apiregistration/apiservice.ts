import { invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { APIService as APIServiceType, APIServiceSpec } from '../../generated/apiregistration/v1.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { dns1035Label, dns1123Subdomain, inRange, pathSegmentName } from '../../validation/names.ts';

const columns: readonly Column<APIServiceType>[] = [
  nameColumn,
  {
    name: 'Service',
    type: 'string',
    cell: ({ spec }) => (spec.service ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local'),
  },
  { name: 'Available', type: 'string', cell: availableCell },
  ageColumn,
];

export const APIService = defineKind<APIServiceType>({
  ...generatedKind('apiregistration.k8s.io', 'v1', 'APIService'),
  categories: ['api-extensions'],
  columns,
  strategy: {
    nameProblems: pathSegmentName,
    defaults: ({ spec }) => {
      if (spec?.service) spec.service.port ??= 443;
    },
    prepareForCreate: (service) => {
      // A local one is served by this very server, so it is there.
      const local = [{ type: 'Available', status: 'True', reason: 'Local', message: 'Local APIServices are always available' }];
      service.status = service.spec.service ? {} : { conditions: local };
    },
    validate: ({ metadata, spec }) => [...validateName(metadata.name ?? '', spec), ...validateSpec(spec)],
    validateStatusUpdate: ({ status }) =>
      (status.conditions ?? []).flatMap(({ status: value }, index) =>
        ['True', 'False', 'Unknown'].includes(value)
          ? []
          : [notSupported(`status.conditions[${index}].status`, value, ['True', 'False', 'Unknown'])],
      ),
    generationFields: [],
  },
});

function availableCell({ status }: APIServiceType): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  return condition.status === 'True' || !condition.reason ? condition.status : `${condition.status} (${condition.reason})`;
}

function validateName(name: string, { group = '', version = '' }: APIServiceSpec): FieldError[] {
  const expected = `${version}.${group}`;
  return name === expected ? [] : [invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(expected)}`)];
}

const emptyGroup = (version: string): FieldError[] =>
  version === 'v1' ? [] : [required('spec.group', 'only v1 may have an empty group and it better be legacy kube')];

function validateSpec(spec: APIServiceSpec): FieldError[] {
  const { group = '', version = '', service } = spec;
  const groupPriorityMinimum = spec.groupPriorityMinimum ?? 0;
  const versionPriority = spec.versionPriority ?? 0;
  const problems = group === '' ? emptyGroup(version) : dns1123Subdomain(group).map((problem) => invalid('spec.group', group, problem));
  problems.push(...dns1035Label(version).map((problem) => invalid('spec.version', version, problem)));
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > 20_000)
    problems.push(invalid('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000'));
  if (inRange(versionPriority, 1, 1000).length > 0)
    problems.push(invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000'));
  if (!service) {
    if (spec.caBundle)
      problems.push(invalid('spec.caBundle', `${spec.caBundle.length} bytes`, 'local APIServices may not have a caBundle'));
    if (spec.insecureSkipTLSVerify)
      problems.push(invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify'));
    return problems;
  }
  if (!service.namespace) problems.push(required('spec.service.namespace'));
  if (!service.name) problems.push(required('spec.service.name'));
  if (spec.insecureSkipTLSVerify && spec.caBundle)
    problems.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
  return problems;
}
