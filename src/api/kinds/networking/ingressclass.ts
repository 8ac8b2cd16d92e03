import { forbidden, required, tooLong, type FieldError } from '../../field-error.ts';
import type { IngressClassParametersReference, IngressClassSpec, IngressClass as IngressClassType } from '../../generated/networking/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateDomainPrefixedPath } from '../../validation/domain-names.ts';
import { validateRequiredSupported, validateText } from '../../validation/field-checks.ts';
import { dns1123Label } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { validateReference } from './ingress-validation.ts';

const maxControllerBytes = 250;
const scopes = ['Cluster', 'Namespace'];

export const IngressClass = defineKind<IngressClassType>({
  ...generatedKind('networking.k8s.io', 'v1', 'IngressClass'),
  columns: [
    nameColumn,
    { name: 'Controller', type: 'string', cell: ({ spec }) => spec.controller ?? '' },
    { name: 'Parameters', type: 'string', cell: ({ spec }) => parametersText(spec.parameters) },
    ageColumn,
  ],
  strategy: {
    generationFields: ['spec'],
    defaults({ spec }) {
      if (spec.parameters) spec.parameters.scope ??= 'Cluster';
    },
    validate: ({ spec }) => validateSpec(spec),
    validateUpdate: ({ spec }, { spec: old }) => validateImmutable(spec.controller ?? '', old.controller ?? '', 'spec.controller'),
  },
});

function parametersText(parameters: IngressClassParametersReference | undefined): string {
  if (!parameters) return '<none>';
  const { kind, apiGroup, name } = parameters;
  return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`;
}

function validateSpec({ controller = '', parameters }: IngressClassSpec): FieldError[] {
  const path = 'spec.controller';
  const problems = utf8Length(controller) > maxControllerBytes ? [tooLong(path, maxControllerBytes)] : [];
  problems.push(...validateDomainPrefixedPath(controller, path));
  return parameters ? [...problems, ...validateParameters(parameters, 'spec.parameters')] : problems;
}

function validateParameters(parameters: IngressClassParametersReference, path: string): FieldError[] {
  const { scope, namespace } = parameters;
  const at = `${path}.namespace`;
  const problems = [...validateReference(parameters, path), ...validateRequiredSupported(scope, `${path}.scope`, scopes)];
  if (scope === 'Namespace') {
    if (namespace === undefined) problems.push(required(at, "`parameters.scope` is set to 'Namespace'"));
    else problems.push(...validateText(namespace, at, dns1123Label));
  }
  if (scope === 'Cluster' && namespace !== undefined) problems.push(forbidden(at, "`parameters.scope` is set to 'Cluster'"));
  return problems;
}
