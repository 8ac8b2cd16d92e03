import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldError } from '../field-error.ts';
import {
  validateDomainPrefixedKey,
  validateDomainPrefixedPath,
  validateFullyQualifiedDomainName,
  validateFullyQualifiedName,
} from './domain-names.ts';

type Check = (text: string, path: string) => FieldError[];

/** The last is a sentence, or the type where there is no detail; undefined for a good text. */
const cases: readonly (readonly [check: Check, text: string, problem: string | undefined])[] = [
  [validateFullyQualifiedName, 'a.b.c', undefined],
  [validateFullyQualifiedName, 'a.b', 'should be a domain with at least three segments separated by dots'],
  [validateFullyQualifiedName, '', 'FieldValueRequired'],
  [validateFullyQualifiedDomainName, 'a.b.', undefined],
  [validateFullyQualifiedDomainName, 'a', 'should be a domain with at least two segments separated by dots'],
  [validateFullyQualifiedDomainName, `${'a'.repeat(64)}.b`, 'must be no more than 63 bytes'],
  [validateDomainPrefixedPath, 'acme.io/a/b?', "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"],
  [validateDomainPrefixedPath, 'acme.io/a/b', undefined],
  [validateDomainPrefixedPath, 'acme.io', 'must be a domain-prefixed path (such as "acme.io/foo")'],
  [validateDomainPrefixedPath, '/a', 'must be a domain-prefixed path (such as "acme.io/foo")'],
  [validateDomainPrefixedKey, 'acme.io/key', undefined],
  [validateDomainPrefixedKey, 'key', 'must be a domain-prefixed key (such as "acme.io/foo")'],
];

for (const [check, text, problem] of cases) {
  test(`${check.name}('${text.slice(0, 20)}') finds ${problem ?? 'nothing'}`, () => {
    const [first] = check(text, 'p');
    assert.equal(first && (first.detail || first.type), problem);
  });
}
