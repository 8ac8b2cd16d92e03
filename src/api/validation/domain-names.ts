import { invalid, required, type FieldError } from '../field-error.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName, regexDetail } from './names.ts';

const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/** At least three segments: signer names, CSR's and API services'. */
export function validateFullyQualifiedName(name: string, path: string): FieldError[] {
  if (name === '') return [required(path)];
  const problems = dns1123Subdomain(name);
  if (problems.length > 0) return [invalid(path, name, problems.join(','))];
  if (name.split('.').length < 3) return [invalid(path, name, 'should be a domain with at least three segments separated by dots')];
  return [];
}

/** At least two segments; a trailing dot is allowed. */
export function validateFullyQualifiedDomainName(text: string, path: string): FieldError[] {
  if (text === '') return [required(path)];
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const problems = dns1123Subdomain(name);
  if (problems.length > 0) return [invalid(path, name, problems.join(','))];
  const labels = name.split('.');
  if (labels.length < 2) return [invalid(path, name, 'should be a domain with at least two segments separated by dots')];
  for (const label of labels) {
    const labelProblems = dns1123Label(label);
    if (labelProblems.length > 0) return [invalid(path, label, labelProblems.join(','))];
  }
  return [];
}

/** `acme.io/some/path`: what a Job's `managedBy` and a signer's name are. */
export function validateDomainPrefixedPath(text: string, path: string): FieldError[] {
  if (text === '') return [required(path)];
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1) return [invalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const host = text.slice(0, slash);
  const rest = text.slice(slash + 1);
  const problems = dns1123Subdomain(host).map((problem) => invalid(path, host, problem));
  if (!new RegExp(`^${httpPath}$`).test(rest)) problems.push(invalid(path, rest, regexDetail('Invalid path', httpPath)));
  return problems;
}

/** `acme.io/key`. */
export function validateDomainPrefixedKey(text: string, path: string): FieldError[] {
  if (text === '') return [required(path)];
  const problems = qualifiedName(text).map((problem) => invalid(path, text, problem));
  if (problems.length > 0) return problems;
  return text.includes('/') ? [] : [invalid(path, text, 'must be a domain-prefixed key (such as "acme.io/foo")')];
}
