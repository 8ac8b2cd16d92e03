/**
 * A deep copy of a JSON value (bigints included), without members that are undefined: several times
 * faster than `structuredClone`, which must be ready for anything.
 */
export function cloneJson<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, unknown> = {};
  for (const name in value) {
    const member = copyOf((value as Record<string, unknown>)[name]);
    if (member === undefined) continue;
    // A field of that name is data like any other, not the copy's prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: member, writable: true, enumerable: true, configurable: true });
    else copy[name] = member;
  }
  return copy;
}

/**
 * What would come back if the value were written as JSON and read again: the value itself, or a copy
 * if there are undefined members in it, which JSON does not have.
 */
export const asJson = <T>(value: T): T => (isJson(value) ? value : cloneJson(value));

function isJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  if (Array.isArray(value)) return value.every(isJson);
  for (const name in value) if (!isJson((value as Record<string, unknown>)[name])) return false;
  return true;
}
