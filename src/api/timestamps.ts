/** Timestamps as Go reads and writes them: RFC 3339, with the sentences of its `time.Parse`. */
export class TimestampError extends Error {
  override name = 'TimestampError';
}

/** metav1.Time: any RFC 3339 text, to whole seconds in UTC. Throws `TimestampError`. */
export function canonicalTime(text: string): string {
  if (wholeSeconds.test(text) && isRealDate(text)) return text;
  return new Date(parseTime(text, false)).toISOString().slice(0, 19) + 'Z';
}

/** metav1.MicroTime: six digits of a second are required, and written. Throws `TimestampError`. */
export function canonicalMicroTime(text: string): string {
  if (microSeconds.test(text) && isRealDate(text)) return text;
  const whole = new Date(parseTime(text, true)).toISOString().slice(0, 19);
  return `${whole}${/\.\d{6}/.exec(text)![0]}Z`;
}

/** The instant as metav1.Time writes it: whole seconds, the rest cut off. */
export const timestampOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const wholeSeconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const microSeconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** Of a text in either of these forms. Engines would carry February 31 over into March, and let 24:00 be. */
function isRealDate(text: string): boolean {
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)];
  const isDay = day >= 1 && (day <= 28 || (month >= 1 && month <= 12 && day <= daysIn(Number(text.slice(0, 4)), month)));
  return isDay && month >= 1 && month <= 12 && twoDigits(text, 11) <= 23 && twoDigits(text, 14) <= 59 && twoDigits(text, 17) <= 59;
}

const twoDigits = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** A piece of the layout: its name in the sentence, what it takes, and within which bounds. */
interface Piece {
  readonly layout: string;
  readonly pattern: RegExp;
  readonly bounds?: readonly [what: string, min: number, max: number];
}

const literal = (layout: string): Piece => ({ layout, pattern: new RegExp(`^${layout}`) });
const seconds: readonly Piece[] = [
  { layout: '2006', pattern: /^\d{4}/ },
  literal('-'),
  { layout: '01', pattern: /^\d\d/, bounds: ['month', 1, 12] },
  literal('-'),
  { layout: '02', pattern: /^\d\d/ },
  literal('T'),
  { layout: '15', pattern: /^\d\d?/, bounds: ['hour', 0, 23] },
  literal(':'),
  { layout: '04', pattern: /^\d\d/, bounds: ['minute', 0, 59] },
  literal(':'),
  { layout: '05', pattern: /^\d\d/, bounds: ['second', 0, 59] },
];
const zone: Piece = { layout: 'Z07:00', pattern: /^(?:Z|[+-]\d\d:\d\d)/ };
const timeLayout = [...seconds, { layout: '', pattern: /^(?:[.,]\d+)?/ }, zone];
const microLayout = [...seconds, { layout: '.000000', pattern: /^\.\d{6}/ }, zone];

/** Milliseconds since the epoch. */
function parseTime(text: string, micro: boolean): number {
  const pieces = micro ? microLayout : timeLayout;
  const found: string[] = [];
  let rest = text;
  for (const { layout, pattern, bounds } of pieces) {
    const piece = pattern.exec(rest)?.[0];
    if (piece === undefined) {
      const whole = pieces.map((one) => one.layout).join('');
      throw new TimestampError(
        `parsing time ${JSON.stringify(text)} as ${JSON.stringify(whole)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(layout)}`,
      );
    }
    if (bounds && (Number(piece) < bounds[1] || Number(piece) > bounds[2])) throw outOfRange(text, bounds[0]);
    found.push(piece);
    rest = rest.slice(piece.length);
  }
  if (rest !== '') throw new TimestampError(`parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`);
  const [year = '', , month = '', , day = '', , hour = '', , minute = '', , second = ''] = found;
  const midnightMs = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(midnightMs) || new Date(midnightMs).getUTCDate() !== Number(day)) throw outOfRange(text, 'day');
  return midnightMs + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 - offsetMs(found.at(-1)!);
}

const outOfRange = (text: string, what: string) => new TimestampError(`parsing time ${JSON.stringify(text)}: ${what} out of range`);

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
