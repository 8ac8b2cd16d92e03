import type { KindRegistry } from '../../api/registry.ts';

/** Makes something of the kinds once for each registry; the latest alone is kept. */
export function perRegistry<T>(kinds: () => KindRegistry, make: (kinds: KindRegistry) => T): () => T {
  let latest: { readonly of: KindRegistry; readonly made: T } | undefined;
  return () => {
    const of = kinds();
    if (latest?.of !== of) latest = { of, made: make(of) };
    return latest.made;
  };
}
