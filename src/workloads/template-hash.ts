import type { PodTemplateSpec } from '../api/generated/core/v1.ts';

/**
 * What tells the pods of one template from those of another: the label `pod-template-hash`, and part
 * of the names made from it. Equal templates have equal hashes, whatever the order of their keys;
 * `collisionCount` makes another one when two templates happen to share theirs. Source: ComputeHash
 * in pkg/controller/controller_utils.go, which hashes Go's view of the template: the shape is the
 * same, the values are not.
 */
export const templateHash = (template: PodTemplateSpec, collisionCount?: number): string =>
  safeHash(collisionCount === undefined ? canonicalText(template) : `${canonicalText(template)}/${collisionCount}`);

/** A short text fit for names and labels, without vowels that could make words of it. */
export const safeHash = (text: string): string =>
  Array.from(String(fnv32a(text)), (digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('');

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** JSON with sorted keys, without what is absent or an empty list, which mean the same (`semanticallyEqual`). */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => !isNothing(field))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalText(field)}`).join(',')}}`;
}

const isNothing = (value: unknown): boolean => value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** FNV-1a in 32 bits, of the text's UTF-8. */
function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
