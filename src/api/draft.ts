/**
 * A writable view of a readonly API type, for the one who is still making the object (defaults,
 * strategies, patches). Whoever was handed an object from a store or an informer has no draft of it.
 */
export type Draft<T> = T extends string | number | boolean | bigint | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? Draft<Item>[]
    : { -readonly [Name in keyof T]: Draft<T[Name]> };
