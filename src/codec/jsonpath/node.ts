/** What stands in a template, piece by piece. Each takes the results of the one before it. */
export type Node =
  /** Text outside braces, or a quoted string inside. */
  | { readonly type: 'text'; readonly text: string }
  /** A pair of braces, the side of a filter, or a part of a union. */
  | { readonly type: 'list'; readonly nodes: readonly Node[] }
  /** `.name` */
  | { readonly type: 'field'; readonly name: string }
  /** `[start:end:step]`, and `[3]`. */
  | { readonly type: 'array'; readonly start?: number; readonly end?: SliceEnd; readonly step?: number }
  /** `[?(@.left == right)]`; `exists` without an operator. */
  | { readonly type: 'filter'; readonly left: readonly Node[]; readonly operator: string; readonly right: readonly Node[] }
  | { readonly type: 'number'; readonly value: number; readonly isInteger: boolean }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** `*` */
  | { readonly type: 'wildcard' }
  /** `..` */
  | { readonly type: 'recursive' }
  /** `['a','b']` */
  | { readonly type: 'union'; readonly lists: readonly (readonly Node[])[] }
  /** `range` and `end`. */
  | { readonly type: 'identifier'; readonly name: string };

export interface SliceEnd {
  readonly value: number;
  /** Not written, but the start plus one: the slice is a single element. */
  readonly derived: boolean;
}
