/** What is wrong with a template, or with the object it is put to, in the words of client-go's jsonpath. */
export class JsonPathError extends Error {
  override name = 'JsonPathError';
}
