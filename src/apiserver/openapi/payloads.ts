/** What requests and answers hold, and in which media types: for both OpenAPI versions alike. */
import type { Kind } from '../../api/kind.ts';
import { metaPackage } from './definition-names.ts';
import type { Definitions, Json } from './definitions.ts';
import type { Operation, Payload } from './operations.ts';

export function schemaFor(payload: Payload, kind: Kind, definitions: Definitions): Json {
  if (typeof payload === 'object') return definitions.ref(payload.definition);
  switch (payload) {
    case 'object':
      return definitions.refToKind(kind);
    case 'list':
      return definitions.refToList(kind);
    case 'patch':
      return definitions.ref(`${metaPackage}.Patch`);
    case 'delete-options':
      return definitions.ref(`${metaPackage}.DeleteOptions`);
    case 'status':
      return definitions.ref(`${metaPackage}.Status`);
    case 'text':
      return { type: 'string' };
  }
}

const objectMediaTypes: readonly string[] = ['application/json', 'application/yaml'];

export function bodyMediaTypes({ body }: Operation, kind: Kind): readonly string[] {
  if (body?.of !== 'patch') return ['*/*'];
  // Custom resources have no merge keys to patch by.
  const strategic = kind.schema().name === undefined ? [] : ['application/strategic-merge-patch+json'];
  return ['application/json-patch+json', 'application/merge-patch+json', ...strategic, 'application/apply-patch+yaml'];
}

export function answerMediaTypes({ answer, action }: Operation): readonly string[] {
  if (answer === 'list') return [...objectMediaTypes, 'application/json;stream=watch'];
  if (answer !== 'text') return objectMediaTypes;
  return action === 'connect' ? ['*/*'] : ['text/plain', ...objectMediaTypes];
}

/** By code, what an answer's description says. */
export const reasons: Readonly<Record<200 | 201 | 202, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };
