/**
 * JSON as Go's decoders read it: their sentences for what is malformed, whole integers kept exact,
 * nesting bounded. The engine's own parser does the work; our scanner runs only where that one
 * refuses a text, or cannot be trusted with its numbers.
 */
import { scanJson, type VisitMember } from './json-scan.ts';

declare global {
  // ECMAScript has it, but TypeScript's libraries do not know it yet.
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/** What encoding/json says of malformed text, without a `json: ` prefix. */
export class JsonError extends Error {
  override name = 'JsonError';
}

/**
 * Deeper bodies are refused. Go allows 10,000; nothing real nests past a few dozen, and a bound
 * this low lets everything downstream recurse without fear for the stack.
 */
export const maxJsonDepth = 1000;

/** Integers outside ±2^53 become bigint as long as 64 bits hold them; all else as `JSON.parse`. Throws `JsonError`. */
export function parseJson(text: string): unknown {
  if (mayNestTooDeep(text)) throw new JsonError('exceeded max depth');
  try {
    // Sixteen digits are the first that a double may not hold.
    return longDigits.test(text) ? JSON.parse(text, keepInteger) : JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new JsonError(scanJson(text) ?? error.message, { cause: error });
  }
}

const longDigits = /\d{16}/;
const integerLiteral = /^-?\d{16,20}$/;

function keepInteger(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  if (source === undefined || !integerLiteral.test(source)) return value;
  const exact = BigInt(source);
  return exact >= -(2n ** 63n) && exact < 2n ** 64n ? exact : value;
}

/** Shows every member of every object of the (well-formed) text, in the text's order. */
export const visitMembers = (text: string, visit: VisitMember): void => void scanJson(text, visit);

/**
 * Paths of fields that an object of the (well-formed) text has more than once, such as
 * `spec.containers[0].name`, each time one comes again. Go's decoder keeps the last, as `JSON.parse`
 * does. At most 100: it is for telling people.
 */
export function findDuplicateFields(text: string): string[] {
  const found: string[] = [];
  visitMembers(text, (path, repeated) => {
    if (repeated && found.length < mostDuplicates) found.push(path);
  });
  return found;
}

const mostDuplicates = 100;

/** How many `name: value` pairs the (well-formed) text holds. Fewer in the parsed value means that some came twice. */
export function countMembers(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x3a) count++;
  }
  return count;
}

/** As `JSON.stringify`, with bigints written as numbers. Undefined members are left out; `indent` spaces a level, one line when absent. */
export function stringifyJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, null, indent);
  } catch (error) {
    // The only other TypeError is for cycles, and that comes again below.
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_name, member: unknown) => (typeof member === 'bigint' ? JSON.rawJSON(String(member)) : member), indent);
  }
}

function mayNestTooDeep(text: string): boolean {
  if (text.length < maxJsonDepth || openings(text) <= maxJsonDepth) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxJsonDepth) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

/** Brackets and braces that open, those inside strings included: a quick upper bound of the depth. */
function openings(text: string): number {
  let count = 0;
  for (const opening of '[{')
    for (let at = text.indexOf(opening); at >= 0 && count <= maxJsonDepth; at = text.indexOf(opening, at + 1)) count++;
  return count;
}

/** Where the string that opens at `start` closes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === 0x5c) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}
