import { duplicate, forbidden, invalid, required, tooLong, type FieldError } from '../../field-error.ts';
import type { TopologySelectorLabelRequirement, TopologySelectorTerm } from '../../generated/core/v1.ts';
import type { StorageClass } from '../../generated/storage/v1.ts';
import { semanticallyEqual, validateImmutable } from '../../semantic-equality.ts';
import { validateOptionalSupported, validateRequiredSupported, validateText } from '../../validation/field-checks.ts';
import { validateLabelName } from '../../validation/label-selector.ts';
import { qualifiedName } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';

const maxParameters = 512;
const maxParameterBytes = 256 * 1024;
/** Not Recycle, which only volumes made by hand can have. */
const reclaimPolicies = ['Delete', 'Retain'];
const bindingModes = ['Immediate', 'WaitForFirstConsumer'];

export function validateStorageClass(storageClass: StorageClass): FieldError[] {
  return [
    ...validateProvisioner(storageClass.provisioner, 'provisioner'),
    ...validateParameters(storageClass.parameters ?? {}, 'parameters'),
    ...validateOptionalSupported(storageClass.reclaimPolicy, 'reclaimPolicy', reclaimPolicies),
    ...validateRequiredSupported(storageClass.volumeBindingMode, 'volumeBindingMode', bindingModes),
    ...validateTopologies(storageClass.allowedTopologies ?? [], 'allowedTopologies'),
  ];
}

export function validateStorageClassUpdate(storageClass: StorageClass, old: StorageClass): FieldError[] {
  const problems = forbidChanges(storageClass, old, ['parameters', 'provisioner', 'reclaimPolicy']);
  return [...problems, ...validateImmutable(storageClass.volumeBindingMode, old.volumeBindingMode, 'volumeBindingMode')];
}

export const forbidChanges = <O>(next: O, old: O, fields: readonly (keyof O & string)[]): FieldError[] =>
  fields
    .filter((field) => !semanticallyEqual(next[field] ?? {}, old[field] ?? {}))
    .map((field) => forbidden(field, `updates to ${field} are forbidden.`));

export const validateProvisioner = (name: string, path: string): FieldError[] =>
  name ? validateText(name.toLowerCase(), path, qualifiedName) : [required(path)];

export function validateParameters(parameters: Readonly<Record<string, string>>, path: string): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > maxParameters) return [tooLong(path, maxParameters)];
  const problems = '' in parameters ? [invalid(path, '', 'field can not be empty.')] : [];
  const bytes = entries.reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(value), 0);
  if (bytes > maxParameterBytes) problems.push(tooLong(path, maxParameterBytes));
  return problems;
}

function validateTopologies(topologies: readonly TopologySelectorTerm[], path: string): FieldError[] {
  return topologies.flatMap((term, i) => {
    const at = `${path}[${i}].matchLabelExpressions`;
    const expressions = term.matchLabelExpressions ?? [];
    const problems = expressions.flatMap((expression, j) => {
      const isTwice = expressions.findIndex(({ key }) => key === expression.key) < j;
      return [...validateExpression(expression, `${at}[${j}]`), ...(isTwice ? [duplicate(`${at}[${j}].key`, expression.key)] : [])];
    });
    const same = topologies.slice(0, i).filter((earlier) => semanticallyEqual(valuesByKey(earlier), valuesByKey(term)));
    return [...problems, ...same.map(() => duplicate(at, ''))];
  });
}

/** Neither the order of expressions nor that of values tells terms apart. */
const valuesByKey = ({ matchLabelExpressions = [] }: TopologySelectorTerm): unknown =>
  Object.fromEntries(matchLabelExpressions.map(({ key, values }) => [key, [...new Set(values)].sort()]));

function validateExpression({ key, values: given }: TopologySelectorLabelRequirement, path: string): FieldError[] {
  const values = given ?? [];
  const problems = values.length === 0 ? [required(`${path}.values`)] : [];
  values.forEach((value, i) => {
    if (values.indexOf(value) < i) problems.push(duplicate(`${path}.values[${i}]`, value));
  });
  return [...problems, ...validateLabelName(key, `${path}.key`)];
}
