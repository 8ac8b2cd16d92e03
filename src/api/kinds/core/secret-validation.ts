import { fromBase64, text } from '../../../codec/bytes.ts';
import { parseJson } from '../../../codec/json.ts';
import { invalid, required, tooLong, type FieldError } from '../../field-error.ts';
import type { Secret } from '../../generated/core/v1.ts';
import { maxDataBytes, validateDataKey } from './configmap.ts';

export const serviceAccountNameAnnotation = 'kubernetes.io/service-account.name';
export const serviceAccountUidAnnotation = 'kubernetes.io/service-account.uid';

/** Keys and size of the data, and what each of the built-in types demands of it. */
export function validateSecret(secret: Secret): FieldError[] {
  const data = secret.data ?? {};
  const problems = Object.keys(data).flatMap((key) => validateDataKey(key, 'data'));
  const bytes = Object.values(data).reduce((sum, value) => sum + fromBase64(value).length, 0);
  if (bytes > maxDataBytes) problems.push(tooLong('data', maxDataBytes));
  return [...problems, ...validateByType(secret, data)];
}

function validateByType({ type, metadata }: Secret, data: Readonly<Record<string, string>>): FieldError[] {
  const missing = (keys: readonly string[]) => keys.filter((key) => !(key in data)).map((key) => required(`data[${key}]`));
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return metadata.annotations?.[serviceAccountNameAnnotation]
        ? []
        : [required(`metadata.annotations[${serviceAccountNameAnnotation}]`)];
    case 'kubernetes.io/dockercfg':
      return validateJsonObject(data, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return validateJsonObject(data, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth': {
      const absent = missing(['username', 'password']);
      return absent.length === 2 ? absent : [];
    }
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return missing(['tls.crt', 'tls.key']);
    default:
      return [];
  }
}

function validateJsonObject(data: Readonly<Record<string, string>>, key: string): FieldError[] {
  const path = `data[${key}]`;
  const value = data[key];
  if (value === undefined) return [required(path)];
  const problem = jsonObjectProblem(text(fromBase64(value)));
  return problem === undefined ? [] : [invalid(path, '<secret contents redacted>', problem)];
}

function jsonObjectProblem(json: string): string | undefined {
  try {
    const value = parseJson(json);
    if (typeof value === 'object' && !Array.isArray(value)) return undefined;
    return `json: cannot unmarshal ${goJsonType(value)} into Go value of type map[string]interface {}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function goJsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'number';
}
