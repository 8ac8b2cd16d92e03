import { percentValue, type IntOrString } from '../../int-or-string.ts';

/** Enough to tell nothing from something: a percentage counts as its number, other text as Go's Atoi would have it. */
export const amount = (value: IntOrString): number => percentValue(value) ?? (/^[+-]?\d+$/.test(String(value)) ? Number(value) : 0);
