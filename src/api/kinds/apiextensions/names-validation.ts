import { invalid, type FieldError } from '../../field-error.ts';
import type { CustomResourceDefinitionNames } from '../../generated/apiextensions/v1.ts';
import { dns1035Label } from '../../validation/names.ts';

/** Of `spec.names`, and of `status.acceptedNames`, where each may be missing. */
export function validateNames(names: CustomResourceDefinitionNames, path: string): FieldError[] {
  const { listKind = '', shortNames = [], categories = [] } = names;
  const kind = names.kind ?? '';
  const label = (value: string | undefined, at: string) => check(value, `${path}.${at}`);
  const kindLike = (value: string, at: string) =>
    check(value, `${path}.${at}`, value.toLowerCase(), 'may have mixed case, but should otherwise match: ');
  const same = kind !== '' && kind === listKind;
  return [
    ...label(names.plural, 'plural'),
    ...label(names.singular, 'singular'),
    ...kindLike(kind, 'kind'),
    ...kindLike(listKind, 'listKind'),
    ...shortNames.flatMap((name, index) => label(name, `shortNames[${index}]`)),
    ...(same ? [invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same')] : []),
    ...categories.flatMap((name, index) => label(name, `categories[${index}]`)),
  ];
}

function check(value: string | undefined, path: string, checked = value, prefix = ''): FieldError[] {
  if (!value) return [];
  const problems = dns1035Label(checked!);
  return problems.length === 0 ? [] : [invalid(path, value, prefix + problems.join(','))];
}
