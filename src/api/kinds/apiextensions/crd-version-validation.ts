import { forbidden, invalid, required, tooMany, duplicate, type FieldError } from '../../field-error.ts';
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresourceScale,
  JSONSchemaProps,
  SelectableField,
} from '../../generated/apiextensions/v1.ts';
import { dns1035Label } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { schemaAt } from './schema-path.ts';
import { validateSchemaProps } from './schema-props-validation.ts';
import { validateStructural } from './structural-schema-validation.ts';

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const rootKeywords = new Set([
  'description',
  'type',
  'format',
  'title',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'required',
  'enum',
  'items',
  'properties',
  'externalDocs',
  'example',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
]);
const maxSelectableFields = 8;
const maxDeprecationBytes = 256;

/** One of `spec.versions`. */
export function validateVersion(version: CustomResourceDefinitionVersion, path: string): FieldError[] {
  const { name, schema, subresources, additionalPrinterColumns = [], selectableFields = [] } = version;
  const wrongName = dns1035Label(name ?? '');
  const root = schema?.openAPIV3Schema;
  return [
    ...(wrongName.length > 0 ? [invalid(`${path}.name`, name ?? '', wrongName.join(','))] : []),
    ...validateDeprecation(version, `${path}.deprecationWarning`),
    ...(root
      ? validateRoot(root, subresources?.status !== undefined, `${path}.schema.openAPIV3Schema`)
      : [required(`${path}.schema.openAPIV3Schema`)]),
    ...(subresources?.scale ? validateScale(subresources.scale, `${path}.subresources.scale`) : []),
    ...additionalPrinterColumns.flatMap((column, index) => validateColumn(column, `${path}.additionalPrinterColumns[${index}]`)),
    ...validateSelectableFields(selectableFields, root, `${path}.selectableFields`),
  ];
}

function validateDeprecation({ deprecated, deprecationWarning }: CustomResourceDefinitionVersion, path: string): FieldError[] {
  if (deprecationWarning === undefined) return [];
  const wrong = (detail: string) => invalid(path, deprecationWarning, detail);
  if (!deprecated) return [wrong('can only be set for deprecated versions')];
  const problems: FieldError[] = [];
  if (utf8Length(deprecationWarning) > maxDeprecationBytes) problems.push(wrong(`must be <= ${maxDeprecationBytes} characters long`));
  if (deprecationWarning === '') problems.push(wrong('must not be an empty string'));
  const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(deprecationWarning);
  if (unprintable)
    problems.push(
      wrong(
        `must only contain printable UTF-8 characters; non-printable character found at index ${utf8Length(deprecationWarning.slice(0, unprintable.index))}`,
      ),
    );
  return problems;
}

function validateRoot(schema: JSONSchemaProps, hasStatus: boolean, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (hasStatus && schema.type !== undefined && schema.type !== 'object')
    problems.push(
      invalid(
        `${path}.type`,
        schema.type,
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
      ),
    );
  const strange = hasStatus && Object.entries(schema).some(([name, value]) => value !== undefined && !rootKeywords.has(name));
  if (strange)
    problems.push(
      invalid(
        path,
        schema,
        `only [${[...rootKeywords].join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`,
      ),
    );
  if (schema.nullable) problems.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'));
  return [...problems, ...validateSchemaProps(schema, path), ...validateStructural(schema, path)];
}

function validateScale(scale: CustomResourceSubresourceScale, path: string): FieldError[] {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath = '' } = scale;
  return [
    ...validateReplicasPath(specReplicasPath, ['.spec.'], 'should be a json path under .spec', `${path}.specReplicasPath`),
    ...validateReplicasPath(statusReplicasPath, ['.status.'], 'should be a json path under .status', `${path}.statusReplicasPath`),
    ...(labelSelectorPath === ''
      ? []
      : validateReplicasPath(
          labelSelectorPath,
          ['.spec.', '.status.'],
          'should be a json path under either .spec or .status',
          `${path}.labelSelectorPath`,
        )),
  ];
}

function validateReplicasPath(text: string | undefined, roots: readonly string[], detail: string, path: string): FieldError[] {
  if (!text) return [required(path)];
  const problems = validateSimplePath(text, path);
  if (problems.length > 0) return problems;
  return roots.some((root) => text.startsWith(root)) ? [] : [invalid(path, text, detail)];
}

/** Beyond its first character a path is read only when a table is made. */
const validateSimplePath = (text: string, path: string): FieldError[] =>
  text.startsWith('.') ? [] : [invalid(path, text, 'must be a simple json path starting with .')];

function validateColumn({ name, type, format, jsonPath }: CustomResourceColumnDefinition, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!name) problems.push(required(`${path}.name`));
  if (!type) problems.push(required(`${path}.type`, `must be one of ${columnTypes.join(',')}`));
  else if (!columnTypes.includes(type)) problems.push(invalid(`${path}.type`, type, `must be one of ${columnTypes.join(',')}`));
  if (format && !columnFormats.includes(format))
    problems.push(invalid(`${path}.format`, format, `must be one of ${columnFormats.join(',')}`));
  return jsonPath ? [...problems, ...validateSimplePath(jsonPath, `${path}.JSONPath`)] : [...problems, required(`${path}.JSONPath`)];
}

function validateSelectableFields(fields: readonly SelectableField[], root: JSONSchemaProps | undefined, path: string): FieldError[] {
  const unique = new Set(fields.map(({ jsonPath }) => jsonPath));
  const problems = fields.flatMap(({ jsonPath }, index) => {
    const at = `${path}[${index}].jsonPath`;
    if (!jsonPath) return [required(at)];
    const found = root && schemaAt(root, jsonPath);
    if (!found) return [invalid(at, jsonPath, 'is an invalid path: does not refer to a valid field')];
    const wrong: FieldError[] = [];
    if (/^\.metadata\b/.test(jsonPath)) wrong.push(invalid(at, jsonPath, 'must not point to fields in metadata'));
    if (!['string', 'boolean', 'integer'].includes(found.type ?? ''))
      wrong.push(
        invalid(
          at,
          jsonPath,
          'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
        ),
      );
    if (fields.findIndex((other) => other.jsonPath === jsonPath) < index) wrong.push(duplicate(at, jsonPath));
    return wrong;
  });
  return unique.size > maxSelectableFields ? [...problems, tooMany(path, unique.size, maxSelectableFields)] : problems;
}
