/** A deep copy of a JSON value (bigints included): several times faster than `structuredClone`, which must be ready for anything. */
export function cloneJson<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, unknown> = {};
  for (const name in value) {
    const member = copyOf((value as Record<string, unknown>)[name]);
    // A field of that name is data like any other, not the copy's prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: member, writable: true, enumerable: true, configurable: true });
    else copy[name] = member;
  }
  return copy;
}
