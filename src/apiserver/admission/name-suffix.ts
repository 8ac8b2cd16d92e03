import type { Rng } from '../../base/rng.ts';

/** No vowels and nothing that looks like another: a suffix must not make a word. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;

/** `kube-api-access-` → `kube-api-access-x7k2p` (apiserver's names.SimpleNameGenerator). */
export const withRandomSuffix = (base: string, rng: Rng): string =>
  base + Array.from({ length: suffixLength }, () => alphabet[rng.below(alphabet.length)]).join('');
