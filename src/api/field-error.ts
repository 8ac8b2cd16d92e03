/**
 * One problem of one field, in Kubernetes' words (apimachinery's field.Error). Validation gathers
 * all of an object's before it answers.
 */
export interface FieldError {
  /** A path such as `spec.containers[0].name`, or `metadata.labels[a/b]` for a map's key. */
  readonly field: string;
  readonly type: FieldErrorType;
  /** What is wrong with the value; may be empty. */
  readonly detail: string;
  /** The offending value, for the types that show it. */
  readonly value?: unknown;
}

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

const heading: Record<FieldErrorType, string> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};

const hidesValue: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'InternalError',
]);

export const required = (field: string, detail = ''): FieldError => ({ field, type: 'FieldValueRequired', detail });
export const forbidden = (field: string, detail: string): FieldError => ({ field, type: 'FieldValueForbidden', detail });
export const invalid = (field: string, value: unknown, detail: string): FieldError => ({ field, type: 'FieldValueInvalid', value, detail });
/** Stands for a value that would tell the reader nothing: `Invalid value: detail`. */
export const omittedValue: unique symbol = Symbol('omitted value');
export const typeInvalid = (field: string, value: unknown, detail: string): FieldError => ({
  field,
  type: 'FieldValueTypeInvalid',
  value,
  detail,
});
export const duplicate = (field: string, value: unknown): FieldError => ({ field, type: 'FieldValueDuplicate', value, detail: '' });
export const notFoundValue = (field: string, value: unknown): FieldError => ({ field, type: 'FieldValueNotFound', value, detail: '' });
/** `supported` in the order in which it is to be shown. */
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  field,
  type: 'FieldValueNotSupported',
  value,
  detail: supported.length > 0 ? `supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}` : '',
});
export const tooLong = (field: string, maxBytes: number): FieldError => ({
  field,
  type: 'FieldValueTooLong',
  detail: `may not be more than ${maxBytes} bytes`,
});
export const tooMany = (field: string, count: number, max: number): FieldError => ({
  field,
  type: 'FieldValueTooMany',
  value: count,
  detail: `must have at most ${max} item${max === 1 ? '' : 's'}`,
});

/** The error without its path: `Invalid value: "x": detail`. Shown as a cause's message. */
export function fieldErrorBody({ type, value, detail }: FieldError): string {
  const head = hidesValue.has(type) || value === omittedValue ? heading[type] : `${heading[type]}: ${goValue(value)}`;
  return detail === '' ? head : `${head}: ${detail}`;
}

export const fieldErrorText = (error: FieldError): string => `${error.field}: ${fieldErrorBody(error)}`;

function goValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return JSON.stringify(value);
}
