import { invalid, required, tooLong, type FieldError } from '../field-error.ts';
import { dns1123Label, dns1123Subdomain } from './names.ts';
import { utf8Length } from './text-size.ts';

const maxDomainBytes = 253;
/** A domain, a namespace and a resource's name, with a slash and a dot between them. */
const maxSignerBytes = maxDomainBytes + 1 + 63 + 1 + 253;

/** `example.com/my-signer`: who signs CSRs, trust bundles and pod certificates. */
export function validateSignerName(name: string, path: string): FieldError[] {
  if (name === '') return [required(path)];
  const [domain = '', rest = '', ...more] = name.split('/');
  if (more.length > 0 || !name.includes('/')) {
    return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  }
  const problems = utf8Length(domain) > maxDomainBytes ? [tooLong(path, maxDomainBytes)] : [];
  const labels = domain.split('.');
  problems.push(...firstBadLabel(labels, dns1123Label).map((detail) => invalid(path, domain, detail)));
  if (labels.length < 2) problems.push(invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  problems.push(...firstBadLabel(rest.split('.'), dns1123Subdomain).map((detail) => invalid(path, rest, detail)));
  if (utf8Length(name) > maxSignerBytes) problems.push(tooLong(path, maxSignerBytes));
  return problems;
}

/** The problems of the first label that has any: those of the rest would read alike. */
function firstBadLabel(labels: readonly string[], check: (label: string) => string[]): string[] {
  const label = labels.find((one) => check(one).length > 0);
  return label === undefined ? [] : check(label).map((detail) => `validating label ${JSON.stringify(label)}: ${detail}`);
}

/** Those of the project itself. */
export const isKubernetesSigner = (name: string): boolean => /(^|\.)kubernetes\.io$/.test(name.split('/')[0]!);
