import type { Body } from '../../api/call.ts';
import { badRequest } from '../../api/errors.ts';
import { decodeBody } from '../../api/decode.ts';
import { requireApplicable } from '../../api/managed-fields/apply-configuration.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta.ts';
import { text } from '../../codec/bytes.ts';
import { goText, jsonTypeName } from '../../codec/go-text.ts';
import { findDuplicateYamlKeys, parseYaml, YamlError } from '../../codec/yaml.ts';
import type { RequestTo } from './request.ts';

export interface Configuration {
  /** Decoded, but without defaults: what it does not say it does not own. Under the name in the path. */
  readonly applied: KubeObject;
  /** What strict reading finds, one sentence. */
  readonly problem?: string;
}

type Members = Record<string, unknown>;

/** What is not of the type is refused, whatever `fieldValidation` says. */
export function readConfiguration({ call, kind, namespace, name }: RequestTo<'patch'>): Configuration {
  const { value, problem } = readBody(call.body);
  const metadata = requireObject(value['metadata']);
  if (metadata['name'] && metadata['name'] !== name)
    throw badRequest(`the name of the object (${goText(metadata['name'])}) does not match the name on the URL (${name})`);
  if (kind.namespaced && metadata['namespace'] && metadata['namespace'] !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const { creationTimestamp: _, ...rest } = metadata;
  const placed = { ...rest, name, ...(kind.namespaced && { namespace }) };
  const stated = { ...value, metadata: placed } as unknown as KubeObject;
  requireApplicable({ applied: stated, schema: kind.schema(), apiVersion: apiVersionOf(kind), kind: kind.kind });
  return { applied: decodeBody({ object: stated }, kind, 'Ignore').object, problem };
}

/** Refuses it or warns of it, as the request wants. */
export function sayStrictProblem({ call, context }: RequestTo<'patch'>, problem: string): void {
  const { fieldValidation } = call.options ?? {};
  if (fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Strict') throw badRequest(`error strict decoding patch: ${problem}`);
  if (!context.warnings.includes(problem)) context.warnings.push(problem);
}

/** YAML, of which JSON is a part, whatever the content type says. */
function readBody(body: Body): { readonly value: Members; readonly problem?: string } {
  if ('object' in body) return { value: requireObject(body.object) };
  const source = text(body.bytes);
  try {
    const value = requireObject(parseYaml(source));
    const [duplicates] = findDuplicateYamlKeys(source);
    return { value, ...(duplicates !== undefined && { problem: `error converting YAML to JSON: ${duplicates}` }) };
  } catch (error) {
    if (error instanceof YamlError) throw badRequest(`error decoding patch: error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

function requireObject(value: unknown): Members {
  if (value === null || value === undefined) return {};
  if (isObject(value)) return value;
  const why = `json: cannot unmarshal ${jsonTypeName(value)} into Go value of type map[string]interface {}`;
  throw badRequest(`error decoding patch: error unmarshaling JSON: while decoding JSON: ${why}`);
}

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
