import type { Rng } from '../../base/rng.ts';

/** No vowels, so that no words come out, and no characters that are taken for others (apimachinery's rand.String). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const randomLength = 5;
const maxBaseLength = 63 - randomLength;

/** `base` cut so that the whole fits a DNS label, with five random characters behind it. */
export function generatedName(base: string, rng: Rng): string {
  const random = Array.from({ length: randomLength }, () => alphabet[rng.below(alphabet.length)]).join('');
  return base.slice(0, maxBaseLength) + random;
}
