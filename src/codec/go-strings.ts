/** How Go's `%q` prints a slice of strings: `["a" "b"]`. */
export const goStrings = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
