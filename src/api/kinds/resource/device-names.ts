import { invalid, required, tooLong, type FieldError } from '../../field-error.ts';
import { cIdentifier, dns1123Label, dns1123Subdomain } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';

const maxDriverBytes = 63;
const maxPoolBytes = 253;
const maxIdentifierBytes = 32;

/** The time of a write, as a taint has it. */
export const secondsText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export const validateLabelText = (name: string | undefined, path: string): FieldError[] =>
  name ? dns1123Label(name).map((problem) => invalid(path, name, problem)) : [required(path)];

export const validateSubdomainText = (name: string | undefined, path: string): FieldError[] =>
  name ? dns1123Subdomain(name).map((problem) => invalid(path, name, problem)) : [required(path)];

export function validateDriver(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)];
  const long = utf8Length(name) > maxDriverBytes ? [invalid(path, name, `must be no more than ${maxDriverBytes} bytes`)] : [];
  return [...long, ...dns1123Subdomain(name).map((problem) => invalid(path, name, problem))];
}

/** One or more subdomains with slashes between them. */
export function validatePool(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)];
  const long = utf8Length(name) > maxPoolBytes ? [invalid(path, name, `must be no more than ${maxPoolBytes} bytes`)] : [];
  return [...long, ...name.split('/').flatMap((part) => dns1123Subdomain(part).map((problem) => invalid(path, part, problem)))];
}

/** `domain/identifier`, of attributes and capacities; the domain is the driver's where it is left out. */
export function validateQualifiedName(name: string, path: string): FieldError[] {
  const [first = '', second, ...more] = name.split('/');
  // Upstream lets names of three parts pass.
  if (more.length > 0) return [];
  if (second === undefined) return validateIdentifier(first, path);
  return [
    ...(first === '' ? [invalid(path, '', 'the domain must not be empty')] : validateDriver(first, path)),
    ...(second === '' ? [invalid(path, '', 'the name must not be empty')] : validateIdentifier(second, path)),
  ];
}

export const validateFullyQualifiedName = (name: string, path: string): FieldError[] =>
  validateQualifiedName(name, path).concat(
    name.includes('/') ? [] : [invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash')],
  );

function validateIdentifier(identifier: string, path: string): FieldError[] {
  const problems = utf8Length(identifier) > maxIdentifierBytes ? [tooLong(path, maxIdentifierBytes)] : [];
  return [...problems, ...cIdentifier(identifier).map((problem) => invalid(path, identifier, problem))];
}
