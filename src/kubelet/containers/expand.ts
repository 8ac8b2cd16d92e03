/**
 * `$(NAME)` in commands, arguments and values becomes the variable's value; `$$` is a dollar sign, and
 * names that nobody knows stay as they are. Source: third_party/forked/golang/expansion.
 */
export function expand(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, what: string, name: string | undefined) => {
    if (what === '$') return '$';
    return valueOf(name ?? '') ?? whole;
  });
}
