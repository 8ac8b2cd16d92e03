import { stringifyJson } from '../../codec/json.ts';
import { ApiError, badRequest, tooLargeRequest } from '../errors.ts';
import { jsonTypeName } from '../../codec/go-text.ts';
import { deepEqual, isObject, member, setMember, type JsonObject } from './json-object.ts';

/** As many operations as the API server takes in one JSON patch. */
export const maxOperations = 10_000;
/** What `copy` operations of one patch may add in all, in bytes of JSON (the API server's JSONPatchMaxCopyBytes). */
export const maxCopiedBytes = 3 * 1024 * 1024;

/** Why an operation does not apply, in the words of evanphx/json-patch. The API keeps it to itself; `kubectl --local` prints it. */
export class JsonPatchError extends Error {
  override name = 'JsonPatchError';
}

/**
 * Applies an RFC 6902 patch and answers the new document; neither argument is changed, and the answer
 * shares what did not change. Follows evanphx/json-patch v4 where that is laxer than the RFC: `replace`
 * of an absent member adds it, negative indexes count from the end, `test` for null accepts absence.
 *
 * Throws ApiError: 400 for what is no patch, 413 for too many operations, and 422 with the API's
 * nondescript sentence, `cause` being a `JsonPatchError`, where an operation does not apply.
 */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  const operations = operationsOf(patch);
  if (operations.length > maxOperations)
    throw tooLargeRequest(
      `Request entity is too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`,
    );
  try {
    return new Patching(document).run(operations);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {}, { cause: error });
  }
}

/** What strict decoding has against members that no operation has; the server turns them into warnings, or a 422. */
export function unknownPatchFields(patch: unknown): string[] {
  if (!Array.isArray(patch)) return [];
  return patch.flatMap((operation, index) =>
    isObject(operation)
      ? Object.keys(operation)
          .filter((name) => !operationFields.has(name))
          .map((name) => `json patch unknown field ${JSON.stringify(`[${index}].${name}`)}`)
      : [],
  );
}

const operationFields: ReadonlySet<string> = new Set(['op', 'path', 'from', 'value']);

function operationsOf(patch: unknown): JsonObject[] {
  if (patch === null) return [];
  if (!Array.isArray(patch)) throw notDecodable(`cannot unmarshal ${jsonTypeName(patch)} into Go value of type []handlers.jsonPatchOp`);
  return patch.map((operation: unknown) => {
    if (operation === null) return {};
    if (!isObject(operation)) throw notDecodable(`cannot unmarshal ${jsonTypeName(operation)} into Go value of type handlers.jsonPatchOp`);
    for (const name of ['op', 'path', 'from']) {
      const value = member(operation, name) ?? '';
      if (typeof value !== 'string')
        throw notDecodable(`cannot unmarshal ${jsonTypeName(value)} into Go struct field jsonPatchOp.${name} of type string`);
    }
    return operation;
  });
}

const notDecodable = (problem: string): ApiError => badRequest(`error decoding patch: json: ${problem}`);

type Container = JsonObject | unknown[];
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** One run over one document. Containers are copied when they are first written to, and only then. */
class Patching {
  #root: unknown;
  /** The containers that this run made and nobody else holds. */
  readonly #own = new WeakSet<Container>();
  #copiedBytes = 0;

  constructor(document: unknown) {
    this.#root = document;
  }

  run(operations: readonly JsonObject[]): unknown {
    for (const operation of operations) this.#apply(operation);
    return this.#root;
  }

  #apply(operation: JsonObject): void {
    const kind = member(operation, 'op');
    switch (kind) {
      case 'add':
        return this.#add(pathOf(operation, 'add'), valueOf(operation));
      case 'remove':
        return this.#remove(pathOf(operation, 'remove'));
      case 'replace':
        return this.#replace(pathOf(operation, 'replace'), valueOf(operation));
      case 'move':
        return this.#move(operation);
      case 'copy':
        return this.#copy(operation);
      case 'test':
        return this.#test(pathOf(operation, 'test'), operation);
      default:
        throw new JsonPatchError(`Unexpected kind: ${typeof kind === 'string' ? kind : 'unknown'}`);
    }
  }

  #add(path: string, value: unknown): void {
    const place = this.#place(path, true);
    if (!place) throw new JsonPatchError(`add operation does not apply: doc is missing path: "${path}": missing value`);
    located(`error in add for path: '${path}'`, () => insert(place, value));
  }

  #remove(path: string): void {
    const place = this.#place(path, true);
    if (!place) throw new JsonPatchError(`remove operation does not apply: doc is missing path: "${path}": missing value`);
    located(`error in remove for path: '${path}'`, () => remove(place));
  }

  #replace(path: string, value: unknown): void {
    if (path === '') {
      if (!isContainer(value)) throw new JsonPatchError('replace operation value must be object or array');
      this.#root = value;
      return;
    }
    const place = this.#place(path, true);
    if (!place) throw new JsonPatchError(`replace operation does not apply: doc is missing path: ${path}: missing value`);
    const { container, key } = place;
    if (!Array.isArray(container)) return setMember(container, key, value);
    if (indexOf(container, key) === undefined)
      throw new JsonPatchError(`replace operation does not apply: doc is missing key: ${path}: missing value`);
    container[indexOf(container, key)!] = value;
  }

  #move(operation: JsonObject): void {
    const from = fromOf(operation, 'move');
    const source = this.#place(from, true);
    if (!source) throw new JsonPatchError(`move operation does not apply: doc is missing from path: ${from}: missing value`);
    const value = located(`error in move for path: '${source.key}'`, () => {
      const moved = read(source);
      remove(source);
      return moved ?? null;
    });
    const path = pathOf(operation, 'move');
    const target = this.#place(path, true);
    if (!target) throw new JsonPatchError(`move operation does not apply: doc is missing destination path: ${path}: missing value`);
    located(`error in move for path: '${path}'`, () => insert(target, value));
  }

  #copy(operation: JsonObject): void {
    const from = fromOf(operation, 'copy');
    const source = this.#place(from, false);
    if (!source) throw new JsonPatchError(`copy operation does not apply: doc is missing from path: ${from}: missing value`);
    const value = located(`error in copy for from: '${from}'`, () => read(source)) ?? null;
    const path = pathOf(operation, 'copy');
    const target = this.#place(path, true);
    if (!target) throw new JsonPatchError(`copy operation does not apply: doc is missing destination path: ${path}: missing value`);
    this.#countCopied(value);
    // A copy of its own, lest a later operation on one of the two change both.
    located('error while adding value during copy', () => insert(target, structuredClone(value)));
  }

  #countCopied(value: unknown): void {
    this.#copiedBytes += new TextEncoder().encode(stringifyJson(value)).length;
    if (this.#copiedBytes > maxCopiedBytes)
      throw new JsonPatchError(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.#copiedBytes}, exceeding the limit ${maxCopiedBytes}`,
      );
  }

  #test(path: string, operation: JsonObject): void {
    const wanted = valueOf(operation);
    const failed = () => new JsonPatchError(`testing value ${path} failed: test failed`);
    if (path === '') {
      if (!deepEqual(this.#root, wanted)) throw failed();
      return;
    }
    const place = this.#place(path, false);
    if (!place) throw new JsonPatchError(`test operation does not apply: is missing path: ${path}: missing value`);
    const actual = located(`error in test for path: '${path}'`, () => read(place)) ?? null;
    if (!deepEqual(actual, wanted)) throw failed();
  }

  /** The container that holds the path's last token; undefined when there is none. With `forWrite`, it is ours to change. */
  #place(path: string, forWrite: boolean): Place | undefined {
    // The text before the first slash is ignored, as upstream ignores it.
    const tokens = path.split('/').slice(1).map(unescapeToken);
    const key = tokens.pop();
    if (key === undefined || !isContainer(this.#root)) return undefined;
    let container = forWrite ? (this.#root = this.#owned(this.#root)) : this.#root;
    for (const token of tokens) {
      const at = Array.isArray(container) ? indexOf(container, token) : token;
      const next = at === undefined ? undefined : Array.isArray(container) ? container[at as number] : member(container, token);
      if (!isContainer(next)) return undefined;
      const mine = forWrite ? this.#owned(next) : next;
      if (mine !== next) {
        if (Array.isArray(container)) container[at as number] = mine;
        else setMember(container, token, mine);
      }
      container = mine;
    }
    return { container, key };
  }

  #owned(container: Container): Container {
    if (this.#own.has(container)) return container;
    const copy = Array.isArray(container) ? container.slice() : { ...container };
    this.#own.add(copy);
    return copy;
  }
}

interface Place {
  readonly container: Container;
  readonly key: string;
}

function read({ container, key }: Place): unknown {
  return Array.isArray(container) ? container[requiredIndex(container, key)] : member(container, key);
}

function insert({ container, key }: Place, value: unknown): void {
  if (!Array.isArray(container)) return setMember(container, key, value);
  if (key === '-') {
    container.push(value);
    return;
  }
  const number = integerOf(key);
  if (number === undefined) throw new JsonPatchError(`value was not a proper array index: '${key}': ${notANumber(key)}`);
  const size = container.length + 1;
  if (number >= size || number < -size) throw invalidIndex(number);
  container.splice(number < 0 ? number + size : number, 0, value);
}

function remove({ container, key }: Place): void {
  if (Array.isArray(container)) {
    container.splice(requiredIndex(container, key), 1);
    return;
  }
  if (!Object.hasOwn(container, key)) throw new JsonPatchError(`Unable to remove nonexistent key: ${key}: missing value`);
  delete container[key];
}

/** Where an element stands, negative numbers counted from the end; undefined for none. */
function indexOf(list: readonly unknown[], key: string): number | undefined {
  const number = integerOf(key);
  if (number === undefined || number >= list.length || number < -list.length) return undefined;
  return number < 0 ? number + list.length : number;
}

function requiredIndex(list: readonly unknown[], key: string): number {
  const index = indexOf(list, key);
  if (index !== undefined) return index;
  const number = integerOf(key);
  throw number === undefined ? new JsonPatchError(notANumber(key)) : invalidIndex(number);
}

/** Go's strconv.Atoi takes a sign and leading zeros. */
const integerOf = (text: string): number | undefined => (/^[+-]?[0-9]{1,15}$/.test(text) ? Number(text) : undefined);
const notANumber = (text: string): string => `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
const invalidIndex = (index: number): JsonPatchError =>
  new JsonPatchError(`Unable to access invalid index: ${index}: invalid index referenced`);

const unescapeToken = (token: string): string => token.replaceAll(/~[01]/g, (escape) => (escape === '~1' ? '/' : '~'));

function pathOf(operation: JsonObject, kind: string): string {
  const path = member(operation, 'path') ?? undefined;
  if (typeof path === 'string') return path;
  // Upstream wraps the whole reason for replace, test and move, and only its end for the others.
  const reason = kind === 'replace' || kind === 'test' || kind === 'move' ? 'operation missing path field: missing value' : 'missing value';
  throw new JsonPatchError(`${kind} operation failed to decode path: ${reason}`);
}

function fromOf(operation: JsonObject, kind: string): string {
  const from = member(operation, 'from') ?? undefined;
  if (typeof from === 'string') return from;
  throw new JsonPatchError(`${kind} operation failed to decode from: operation, missing from field: missing value`);
}

const valueOf = (operation: JsonObject): unknown => member(operation, 'value') ?? null;

function located<T>(where: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof JsonPatchError ? new JsonPatchError(`${where}: ${error.message}`) : error;
  }
}
