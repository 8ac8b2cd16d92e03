import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badRequest } from '../../api/errors.ts';
import { encodeKubernetesProtobuf } from '../../api/protobuf/envelope.ts';
import { deleteOptionsOf } from './delete-options.ts';

const mediaType = 'application/vnd.kubernetes.protobuf';

test('the options of a delete come in the name of any group', () => {
  const options = { gracePeriodSeconds: 0, propagationPolicy: 'Foreground', preconditions: { uid: 'u' } };
  for (const apiVersion of ['v1', 'apps/v1', 'example.com/v1']) {
    const said = deleteOptionsOf({ body: { bytes: encodeKubernetesProtobuf(options, apiVersion, 'DeleteOptions')!, mediaType } });
    assert.equal(said.gracePeriodSeconds, 0);
    assert.equal(said.propagationPolicy, 'Foreground');
    assert.deepEqual(said.preconditions, { uid: 'u' });
  }
  const refused = (bytes: Uint8Array, message: string) =>
    assert.throws(() => deleteOptionsOf({ body: { bytes, mediaType } }), badRequest(message));
  refused(encodeKubernetesProtobuf({}, 'v1', 'Pod')!, 'decoded object cannot be converted to DeleteOptions');
  refused(Uint8Array.of(0x6b, 0x38, 0x73, 0), 'empty body');
});
