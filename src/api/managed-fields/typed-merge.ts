import { isObject, member, setMember, type JsonObject } from '../patch/json-object.ts';
import type { Schema } from '../schema.ts';
import type { PathElement } from './field-path.ts';
import { deducedSchema, elementOf, itemSchema, memberSchema, shapeOf } from './typed-shape.ts';

/**
 * `live` with all that `config` says laid over it; nothing is removed. Elements of lists keep the live
 * order where the config does not say otherwise. Undefined is absent.
 */
export function mergeTyped(live: unknown, config: unknown, schema: Schema): unknown {
  const shape = shapeOf(schema, config === undefined ? live : config);
  if (shape.atomic) return config === undefined ? live : config;
  if (shape.kind === 'list') {
    const left = Array.isArray(live) ? live : [];
    const right = Array.isArray(config) ? config : [];
    if (left.length === 0 && right.length === 0) return config === undefined ? live : config;
    return mergeLists(left, right, schema);
  }
  const left = isObject(live) ? live : {};
  const right = isObject(config) ? config : {};
  if (Object.keys(left).length === 0 && Object.keys(right).length === 0) return config === undefined ? live : config;
  return mergeMaps(left, right, schema);
}

function mergeMaps(live: JsonObject, config: JsonObject, schema: Schema): JsonObject {
  const merged: JsonObject = {};
  const put = (name: string, value: unknown) => {
    if (value !== undefined) setMember(merged, name, value);
  };
  for (const name of Object.keys(live)) {
    const said = member(config, name);
    put(name, said === undefined ? live[name] : mergeTyped(live[name], said, memberSchema(schema, name) ?? deducedSchema));
  }
  for (const name of Object.keys(config)) if (!Object.hasOwn(live, name)) put(name, config[name]);
  return merged;
}

/**
 * Shared elements come in the config's order. Between them, the live list's own elements stay before
 * whatever follows them there, and the config's own come after.
 */
function mergeLists(live: readonly unknown[], config: readonly unknown[], schema: Schema): unknown[] {
  const left = live.map((item) => elementOf(schema, item));
  const right = config.map((item) => elementOf(schema, item));
  const inLive = indexed(left);
  const inConfig = indexed(right);
  const shared = right.filter((element) => inLive.has(element));
  const done = new Set<PathElement>();
  const merged: unknown[] = [];
  let awaited = 0;
  const take = (element: PathElement) => {
    const mine = inConfig.get(element)!;
    const theirs = inLive.get(element);
    done.add(element);
    if (shared[awaited] === element) awaited++;
    // One that the live list has twice is not merged but replaced.
    merged.push(
      theirs === undefined || theirs === 'twice'
        ? config[mine as number]
        : mergeTyped(live[theirs], config[mine as number], itemSchema(schema)),
    );
  };
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const element = left[l];
    if (element !== undefined && r < right.length) {
      if (element === right[r]) {
        take(element);
        l++;
        r++;
        continue;
      }
      if (inConfig.has(element) && awaited < shared.length && shared[awaited] !== element) {
        // Shared, but not the one whose turn it is.
        l++;
        continue;
      }
    }
    if (element !== undefined) {
      if (!inConfig.has(element)) {
        merged.push(live[l]);
        l++;
        continue;
      }
      if (done.has(element)) l++;
    }
    if (r < right.length) take(right[r++]!);
  }
  return merged;
}

function indexed(elements: readonly PathElement[]): Map<PathElement, number | 'twice'> {
  const indexes = new Map<PathElement, number | 'twice'>();
  elements.forEach((element, index) => indexes.set(element, indexes.has(element) ? 'twice' : index));
  return indexes;
}
