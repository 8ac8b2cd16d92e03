import { isNotFound } from '../../../src/api/errors.ts';
import type { KubeObject } from '../../../src/api/meta.ts';
import { parseYamlDocuments } from '../../../src/codec/yaml.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { kindOf, nameWithKind } from '../kinds.ts';

/** Server-side apply of the manifests that follow; says what kubectl's own apply does. */
export const apply: Command = {
  name: 'apply',
  usage: 'apply [-n NAMESPACE], and manifests on the next lines',
  flags: namespaceFlags,
  async run(session, given, input, print) {
    given.none();
    for (const document of parseYamlDocuments(input)) {
      const object = document as KubeObject;
      const kind = kindOf(object.apiVersion ?? '', object.kind ?? '');
      const namespace = kind.namespaced ? (object.metadata.namespace ?? namespaceOf(given)) : undefined;
      const { name = '' } = object.metadata;
      const before = await session.client.get(kind, { namespace, name }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      const whole = { ...object, metadata: { ...object.metadata, namespace } };
      const after = await session.client.apply(kind, whole, { fieldManager: 'kubectl', force: true });
      const same = before?.metadata.resourceVersion === after.metadata.resourceVersion;
      print(`${nameWithKind(kind, name)} ${before ? (same ? 'unchanged' : 'configured') : 'created'}`);
    }
  },
};
