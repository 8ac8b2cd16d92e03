import { invalid, required, type FieldError } from '../../field-error.ts';
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
  if (name === '') return [required(path, 'name required')];
  const parts = name.split('/');
  const identifier = parts.at(-1)!;
  if (parts.length > 2) return [invalid(path, name, 'the domain must not contain a slash')];
  const domain = parts.length === 2 ? validateSubdomainText(parts[0], path) : [];
  return [...domain, ...validateIdentifier(identifier, path)];
}

function validateIdentifier(identifier: string, path: string): FieldError[] {
  if (identifier === '') return [required(path, 'the identifier must not be empty')];
  if (utf8Length(identifier) > maxIdentifierBytes) return [invalid(path, identifier, `must be no more than ${maxIdentifierBytes} bytes`)];
  return cIdentifier(identifier).map((problem) => invalid(path, identifier, problem));
}
