import type { Body, DeleteOptions } from '../../api/call.ts';
import { decodeBody } from '../../api/decode.ts';
import { badRequest } from '../../api/errors.ts';
import { decodeKubernetesProtobuf } from '../../api/protobuf/envelope.ts';
import { schemaOf } from '../../api/schemas.ts';
import { text } from '../../codec/bytes.ts';
import { JsonError, parseJson } from '../../codec/json.ts';
import { ProtobufError } from '../../codec/protobuf/reader.ts';
import { parseYaml, YamlError } from '../../codec/yaml.ts';
import { checkDeleteOptions } from './write-options.ts';

/** A delete's options: those of its body where it has one, else those of the query. */
export function deleteOptionsOf({ body, options = {} }: { readonly body?: Body; readonly options?: DeleteOptions }): DeleteOptions {
  const said = body ? readOptions(body) : options;
  checkDeleteOptions(said);
  return said;
}

function readOptions(body: Body): DeleteOptions {
  const object = 'object' in body ? body.object : parse(body);
  const named = (typeof object === 'object' && object !== null ? object : {}) as { readonly kind?: unknown };
  // Clients name whatever group they speak; only the kind tells anything.
  if (named.kind !== undefined && named.kind !== '' && named.kind !== 'DeleteOptions')
    throw badRequest(`decoded object cannot be converted to DeleteOptions`);
  const decodable = {
    group: '',
    version: 'v1',
    kind: 'DeleteOptions',
    schema: () => schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'),
  };
  const decoded = decodeBody({ object: { ...named, kind: 'DeleteOptions', apiVersion: 'v1' } }, decodable, 'Ignore')
    .object as DeleteOptions;
  return decoded;
}

function parse(body: Extract<Body, { readonly bytes: Uint8Array }>): unknown {
  try {
    switch (body.mediaType) {
      case 'application/json':
        return parseJson(text(body.bytes));
      case 'application/yaml':
        return parseYaml(text(body.bytes));
      case 'application/vnd.kubernetes.protobuf': {
        const { kind, object } = decodeKubernetesProtobuf(body.bytes, { apiVersion: 'v1', kind: 'DeleteOptions' });
        return { ...object, kind };
      }
    }
  } catch (error) {
    if (error instanceof JsonError || error instanceof YamlError || error instanceof ProtobufError) throw badRequest(error.message);
    throw error;
  }
}
