import { JsonPathError } from '../codec/jsonpath/json-path-error.ts';
import { findResults, parseJsonPath, resultText, type JsonPath } from '../codec/jsonpath/json-path.ts';
import type { CustomResourceColumnDefinition, CustomResourceDefinitionVersion } from './generated/apiextensions/v1.ts';
import { ageOf, nameColumn, type Column } from './kind.ts';
import type { KubeObject } from './meta.ts';

const age: CustomResourceColumnDefinition = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** The name, and then what the CRD says, or the age. */
export function columnsOf({ additionalPrinterColumns }: CustomResourceDefinitionVersion): readonly Column<KubeObject>[] {
  const columns = additionalPrinterColumns?.length ? additionalPrinterColumns : [age];
  return [nameColumn, ...columns.map(columnFrom)];
}

function columnFrom(column: CustomResourceColumnDefinition): Column<KubeObject> {
  const { name, type, format, jsonPath, priority } = column;
  const path = readPath(jsonPath);
  return {
    name,
    type: type as Column<KubeObject>['type'],
    ...(format && { format }),
    description: column.description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...(priority && { priority }),
    cell: (object, nowMs) => cellOf(path && firstResult(path, object), type, nowMs),
  };
}

/** Undefined for a path that cannot be read: its column stays empty. */
function readPath(jsonPath: string): JsonPath | undefined {
  try {
    return parseJsonPath(`{${jsonPath}}`);
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function firstResult(path: JsonPath, object: KubeObject): unknown {
  try {
    return findResults(path, object, { allowMissingKeys: true })[0]?.[0];
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

/** Null for what is missing or of another type than the column. */
function cellOf(value: unknown, type: string, nowMs: number): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return resultText(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? dateCell(value, nowMs) : null;
    default:
      return null;
  }
}

const dateCell = (text: string, nowMs: number): string =>
  Number.isNaN(Date.parse(text)) && text !== '' ? '<invalid>' : ageOf(text, nowMs);
