import { badRequest } from './errors.ts';

/** One condition on one field. A selector is a list of them, all of which must hold; the empty list selects everything. */
export interface FieldRequirement {
  /** A path such as `spec.nodeName`; which ones there are is the kind's to say. */
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/**
 * Reads `metadata.name=a,spec.nodeName!=b` (`\` escapes `,`, `=` and itself in values), as in the query
 * parameter `fieldSelector`. `==` is `=`. Terms come sorted. Throws a 400 ApiError with apimachinery's sentence.
 */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return splitTerms(text)
    .sort()
    .filter((term) => term !== '')
    .map((term) => {
      const parts = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
      if (!parts) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      return { field: parts[1]!, operator: parts[2] === '!=' ? '!=' : '=', value: unescapeValue(parts[3]!) };
    });
}

/** `fieldOf` answers a field's value, '' for one that is absent. */
export function matchesFields(requirements: readonly FieldRequirement[], fieldOf: (field: string) => string): boolean {
  for (const { field, operator, value } of requirements) if ((fieldOf(field) === value) !== (operator === '=')) return false;
  return true;
}

/** The value that the selector demands of `field`, where it demands one: for indexes. */
export const exactFieldValue = (requirements: readonly FieldRequirement[], field: string): string | undefined =>
  requirements.find((requirement) => requirement.field === field && requirement.operator === '=')?.value;

/** Canonical text; `parseFieldSelector` reads it back. */
export const fieldSelectorText = (requirements: readonly FieldRequirement[]): string =>
  requirements.map(({ field, operator, value }) => `${field}${operator}${escapeValue(value)}`).join(',');

const escapeValue = (value: string): string => value.replaceAll(/[\\,=]/g, '\\$&');

/** At commas that no backslash escapes; backslashes stay. */
function splitTerms(text: string): string[] {
  const terms = [''];
  let escaped = false;
  for (const char of text) {
    if (char === ',' && !escaped) terms.push('');
    else terms[terms.length - 1] += char;
    escaped = !escaped && char === '\\';
  }
  return terms;
}

function unescapeValue(text: string): string {
  let value = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\') {
      const escaped = String.fromCodePoint(...[text.codePointAt(at + 1)].filter((one) => one !== undefined));
      if (escaped !== '\\' && escaped !== ',' && escaped !== '=')
        throw badRequest(`invalid field selector: invalid escape sequence: \\${escaped}`);
      value += escaped;
      at++;
    } else if (char === ',' || char === '=')
      // Go prints the rune's number here.
      throw badRequest(`invalid field selector: unescaped character in value: ${char.codePointAt(0)}`);
    else value += char;
  }
  return value;
}
