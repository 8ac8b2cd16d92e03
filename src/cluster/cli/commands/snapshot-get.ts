import { stringifyYaml } from '../../../codec/yaml-write.ts';
import { stringifyJson } from '../../../codec/json.ts';
import { allKinds } from '../../../api/kinds/all.ts';
import type { LiveKeys } from '../../../store/snapshot/live-keys.ts';
import { recordAt, scanSnapshot } from '../../../store/snapshot/scan-snapshot.ts';
import type { SnapshotFile } from '../../../store/snapshot/snapshot-file.ts';
import { findObjects, parseWanted, type WantedObject } from '../../snapshots/find-object.ts';
import { keyOf, objectIndex, type IndexedObject, type ObjectAbout } from '../../snapshots/object-index.ts';
import { decodeStoredValue, UnreadableValueError } from '../../snapshots/stored-value.ts';
import type { Decrypt } from '../../snapshots/decryption.ts';
import { CommandError, UsageError, wantsJson } from '../command.ts';
import { readDecryption } from '../decryption-config.ts';
import { withSnapshot } from './snapshot-file.ts';
import type { SnapshotInvocation } from './snapshot.ts';

export async function getObject(invocation: SnapshotInvocation, [path = '', argument = '']: readonly string[]): Promise<number> {
  const { flags, io, given } = invocation;
  const wanted = parseWanted(argument);
  if (!wanted && !argument.startsWith('/') && argument.includes('/'))
    throw new UsageError(`${JSON.stringify(argument)} is neither a key, which begins with /, nor KIND/NAME`);
  const decrypt = readDecryption(flags['decryption-config']);
  const object = await withSnapshot(path, invocation, async (file) => {
    const objects = await objectsAt(file, flags.revision);
    const found = wanted ? byName(objects, wanted, given.has('namespace') ? flags.namespace : undefined) : byKey(objects, argument);
    return decoded(file, found, decrypt);
  });
  io.out(wantsJson(flags.output) ? stringifyJson(object, 2) : stringifyYaml(object).trimEnd());
  return 0;
}

async function objectsAt(file: SnapshotFile, revision: number): Promise<LiveKeys<ObjectAbout>> {
  const objects = objectIndex();
  const scan = await scanSnapshot(file, {
    record(record, place) {
      if (revision === 0 || record.main <= revision) objects.take(record, place);
    },
  });
  if (revision > scan.revision) throw new CommandError(`revision ${revision} is in the future: the file ends at ${scan.revision}`);
  if (revision !== 0 && revision < scan.compactRevision)
    throw new CommandError(`revision ${revision} was compacted: the file has history from ${scan.compactRevision} on`);
  return objects;
}

function byKey(objects: LiveKeys<ObjectAbout>, argument: string): IndexedObject {
  const found = objects.get(Buffer.from(argument, 'utf8').toString('latin1'));
  if (!found) throw new CommandError(`there is no key ${JSON.stringify(argument)}`);
  return found;
}

/** As kubectl: without a namespace, the one named default, or none where the kind has none. */
function byName(objects: LiveKeys<ObjectAbout>, wanted: WantedObject, namespace: string | undefined): IndexedObject {
  const all = findObjects(objects.values(), wanted, allKinds);
  const found = all.filter((one) => [namespace ?? 'default', ''].includes(keyOf(one).namespace));
  if (found.length === 1) return found[0]!;
  const shown = `${wanted.kind}/${wanted.name}`;
  if (found.length > 1)
    throw new CommandError(`${shown} is several objects; give one of the keys ${found.map(({ key }) => key).join(', ')}`);
  const elsewhere = all.map((one) => keyOf(one).namespace);
  throw new CommandError(
    `there is no ${shown} in namespace ${JSON.stringify(namespace ?? 'default')}${elsewhere.length > 0 ? `, but there is in ${elsewhere.join(', ')}` : ''}`,
  );
}

async function decoded(
  file: SnapshotFile,
  { key, modRevision, place }: IndexedObject,
  decrypt: Decrypt,
): Promise<Readonly<Record<string, unknown>>> {
  const { value } = (await recordAt(file, place))!;
  try {
    return decodeStoredValue(decrypt(key, value), modRevision);
  } catch (error) {
    if (error instanceof UnreadableValueError) throw new CommandError(`${key}: ${error.message}`, { cause: error });
    throw error;
  }
}
