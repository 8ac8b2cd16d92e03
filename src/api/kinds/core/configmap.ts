import { fromBase64 } from '../../../codec/bytes.ts';
import { forbidden, invalid, tooLong, type FieldError } from '../../field-error.ts';
import type { ConfigMap as ConfigMapType } from '../../generated/core/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { validateText } from '../../validation/field-checks.ts';
import { configMapKey } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';

/** All values of a ConfigMap, or of a Secret, together. */
export const maxDataBytes = 1024 * 1024;

export const ConfigMap = defineKind<ConfigMapType>({
  ...generatedKind('', 'v1', 'ConfigMap'),
  shortNames: ['cm'],
  columns: [
    nameColumn,
    {
      name: 'Data',
      type: 'string',
      cell: ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    },
    ageColumn,
  ],
  strategy: {
    validate: validateConfigMap,
    validateUpdate: (configMap, old) => validateUnchanged(configMap, old, ['data', 'binaryData']),
  },
});

function validateConfigMap({ data = {}, binaryData = {} }: ConfigMapType): FieldError[] {
  const problems: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    problems.push(...validateDataKey(key, 'data'));
    if (key in binaryData) problems.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    bytes += utf8Length(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    problems.push(...validateDataKey(key, 'binaryData'));
    bytes += fromBase64(value).length;
  }
  // The whole object is meant; Go prints an empty path so.
  if (bytes > maxDataBytes) problems.push(tooLong('[]', maxDataBytes));
  return problems;
}

export const validateDataKey = (key: string, path: string): FieldError[] => validateText(key, `${path}[${key}]`, configMapKey);

/** Once `immutable` is set, neither it nor the named fields change. */
export function validateUnchanged<O extends { readonly immutable?: boolean }>(
  next: O,
  old: O,
  fields: readonly (keyof O & string)[],
): FieldError[] {
  if (!old.immutable) return [];
  const changed: string[] = fields.filter((field) => !semanticallyEqual(next[field] ?? {}, old[field] ?? {}));
  if (!next.immutable) changed.unshift('immutable');
  return changed.map((field) => forbidden(field, 'field is immutable when `immutable` is set'));
}
