/** OpenAPI 3.0: an index of documents, one for each group-version, as `kubectl explain` and client-side validation read them. */
import { utf8 } from '../../codec/bytes.ts';
import { stringifyJson } from '../../codec/json.ts';
import type { Kind } from '../../api/kind.ts';
import type { GroupVersion } from '../../api/meta.ts';
import { definitionName } from './definition-names.ts';
import { Definitions, type Json } from './definitions.ts';
import { documentInfo, security, securityScheme } from './info.ts';
import { pathsOf, tagOf, type Operation } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { answerMediaTypes, bodyMediaTypes, reasons, schemaFor } from './payloads.ts';

/** `api/v1`, `apis/apps/v1`: as the index and the documents' own URLs name a group-version. */
export const openApiV3Path = ({ group, version }: GroupVersion): string => (group === '' ? `api/${version}` : `apis/${group}/${version}`);

/**
 * `/openapi/v3`. A document's URL carries a hash, so that clients may keep the document for good;
 * `hash` is given all from which the document is made, and answers in characters that a URL takes.
 */
export function openApiV3Index(kinds: readonly Kind[], hash: (bytes: Uint8Array) => string): Json {
  const paths: Json = {};
  for (const [path, own] of Map.groupBy(kinds, openApiV3Path)) {
    const inputs = utf8(stringifyJson([documentInfo, own.map(inputsOf)]));
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash(inputs)}` };
  }
  return { paths };
}

/** What a document depends on, but for what is the same for a release. */
const inputsOf = (kind: Kind) => {
  const { group, version, plural, namespaced, verbs, subresources } = kind;
  return {
    group,
    version,
    kind: kind.kind,
    plural,
    namespaced,
    verbs,
    subresources,
    schema: kind.publishedSchema?.() ?? definitionName(kind),
  };
};

/** `/openapi/v3/apis/GROUP/VERSION`; undefined where no kind is of that group-version. */
export function openApiV3Document(kinds: readonly Kind[], group: string, version: string): Json | undefined {
  const own = kinds.filter((kind) => kind.group === group && kind.version === version);
  if (own.length === 0) return undefined;
  const definitions = new Definitions('v3');
  const paths = own.flatMap((kind) => {
    definitions.refToKind(kind);
    return pathsOf(kind).map((item): [string, Json] => [
      item.path,
      {
        parameters: item.parameters.map(parameterJson),
        ...Object.fromEntries(item.operations.map((operation) => [operation.method, operationJson(operation, kind, definitions)])),
      },
    ]);
  });
  return {
    openapi: '3.0.0',
    info: documentInfo,
    paths: Object.fromEntries(paths.sort(([a], [b]) => (a < b ? -1 : 1))),
    components: { schemas: definitions.result(), securitySchemes: securityScheme },
    security,
  };
}

const parameterJson = ({ name, in: where, type, description }: Parameter): Json => ({
  name,
  in: where,
  description,
  ...(where === 'path' && { required: true }),
  schema: { type, uniqueItems: true },
});

function operationJson(operation: Operation, kind: Kind, definitions: Definitions): Json {
  const { body, answer, codes } = operation;
  return {
    description: operation.description,
    operationId: operation.id,
    ...(operation.parameters.length > 0 && { parameters: operation.parameters.map(parameterJson) }),
    ...(body && {
      requestBody: {
        content: contentOf(bodyMediaTypes(operation, kind), schemaFor(body.of, kind, definitions)),
        ...(body.required && { required: true }),
      },
    }),
    responses: {
      ...Object.fromEntries(
        codes.map((code) => [
          code,
          { description: reasons[code], content: contentOf(answerMediaTypes(operation), schemaFor(answer, kind, definitions)) },
        ]),
      ),
      401: { description: 'Unauthorized' },
    },
    tags: [tagOf(kind)],
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': { group: operation.kind.group, kind: operation.kind.kind, version: operation.kind.version },
  };
}

const contentOf = (types: readonly string[], schema: Json): Json => Object.fromEntries(types.map((type) => [type, { schema }]));
