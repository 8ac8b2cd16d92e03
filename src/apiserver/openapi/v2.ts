/** OpenAPI 2.0 (Swagger): one document of everything, for clients older than version 3 and those that still ask for it. */
import type { Kind } from '../../api/kind.ts';
import { Definitions, type Json } from './definitions.ts';
import { documentInfo, security, securityScheme } from './info.ts';
import { pathsOf, tagOf, type Operation } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { answerMediaTypes, bodyMediaTypes, reasons, schemaFor } from './payloads.ts';

/** `/openapi/v2` */
export function openApiV2Document(kinds: readonly Kind[]): Json {
  const definitions = new Definitions('v2');
  const shared = new SharedParameters();
  const paths = kinds.flatMap((kind) => {
    definitions.refToKind(kind);
    return pathsOf(kind).map((item): [string, Json] => [
      item.path,
      {
        parameters: item.parameters.map((parameter) => shared.refTo(parameter)),
        ...Object.fromEntries(item.operations.map((operation) => [operation.method, operationJson(operation, kind, definitions, shared)])),
      },
    ]);
  });
  return {
    swagger: '2.0',
    info: documentInfo,
    paths: Object.fromEntries(paths.sort(([a], [b]) => (a < b ? -1 : 1))),
    definitions: definitions.result(),
    parameters: shared.result(),
    securityDefinitions: securityScheme,
    security,
  };
}

/** Parameters are long, and the same for hundreds of operations. */
class SharedParameters {
  readonly #named = new Map<string, Parameter>();

  refTo(parameter: Parameter): Json {
    // Older kubectls look for these two at the operation itself.
    if (parameter.name === 'dryRun' || parameter.name === 'fieldValidation' || parameter.name === 'name') return parameterJson(parameter);
    const name = `${parameter.name}-${parameter.in}`;
    const known = this.#named.get(name);
    if (known && known !== parameter) return parameterJson(parameter);
    this.#named.set(name, parameter);
    return { $ref: `#/parameters/${name}` };
  }

  result(): Json {
    return Object.fromEntries(
      [...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, parameter]) => [name, parameterJson(parameter)]),
    );
  }
}

const parameterJson = ({ name, in: where, type, description }: Parameter): Json => ({
  name,
  in: where,
  description,
  ...(where === 'path' && { required: true }),
  type,
  uniqueItems: true,
});

function operationJson(operation: Operation, kind: Kind, definitions: Definitions, shared: SharedParameters): Json {
  const { body, answer, codes } = operation;
  const bodyParameter = body && {
    name: 'body',
    in: 'body',
    ...(body.required && { required: true }),
    schema: schemaFor(body.of, kind, definitions),
  };
  const parameters = [...(bodyParameter ? [bodyParameter] : []), ...operation.parameters.map((parameter) => shared.refTo(parameter))];
  return {
    description: operation.description,
    operationId: operation.id,
    consumes: bodyMediaTypes(operation, kind),
    produces: answerMediaTypes(operation),
    schemes: ['https'],
    ...(parameters.length > 0 && { parameters }),
    responses: {
      ...Object.fromEntries(codes.map((code) => [code, { description: reasons[code], schema: schemaFor(answer, kind, definitions) }])),
      401: { description: 'Unauthorized' },
    },
    tags: [tagOf(kind)],
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': { group: operation.kind.group, kind: operation.kind.kind, version: operation.kind.version },
  };
}
