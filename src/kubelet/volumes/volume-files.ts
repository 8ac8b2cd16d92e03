import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  Node,
  Pod,
  ServiceAccountTokenProjection,
  Volume,
  VolumeProjection,
} from '../../api/generated/core/v1.ts';
import type { KubeObject } from '../../api/meta.ts';
import { utf8 } from '../../codec/bytes.ts';
import type { Client } from '../../client/client.ts';
import { containerNamed, fieldValue, resourceValue, type PodAddresses } from '../containers/downward.ts';
import type { Contents, ObjectReader } from '../containers/object-reader.ts';
import type { VolumeFile } from '../ports.ts';

export interface FileSourceInput {
  readonly pod: Pod;
  readonly objects: ObjectReader;
  readonly client: Client;
  readonly node: Node | undefined;
  readonly addresses: () => PodAddresses;
}

type Files = () => Promise<readonly VolumeFile[]>;

const defaultMode = 0o644;

/** The files of a volume that the API fills; undefined for one of another sort. Rejects where an object or a key is missing. */
export async function filesOf(volume: Volume, input: FileSourceInput): Promise<Files | undefined> {
  const { secret, configMap, downwardAPI, projected } = volume;
  if (secret) {
    const { secretName = '', items, optional, defaultMode: mode } = secret;
    return checked(() => secretFiles(secretName, items, optional, mode, input));
  }
  if (configMap)
    return checked(() => configMapFiles(configMap.name ?? '', configMap.items, configMap.optional, configMap.defaultMode, input));
  if (downwardAPI) return async () => (downwardAPI.items ?? []).map((item) => downwardFile(item, downwardAPI.defaultMode, input));
  if (!projected) return undefined;
  const parts: Files[] = [];
  for (const source of projected.sources ?? []) parts.push(await projectedFiles(source, projected.defaultMode, input));
  return async () => (await Promise.all(parts.map((part) => part()))).flat();
}

async function projectedFiles(source: VolumeProjection, mode: number | undefined, input: FileSourceInput): Promise<Files> {
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  if (secret) return checked(() => secretFiles(secret.name ?? '', secret.items, secret.optional, mode, input));
  if (configMap) return checked(() => configMapFiles(configMap.name ?? '', configMap.items, configMap.optional, mode, input));
  if (downwardAPI) return async () => (downwardAPI.items ?? []).map((item) => downwardFile(item, mode, input));
  if (serviceAccountToken) return async () => [await tokenFile(serviceAccountToken, input)];
  throw new Error('cluster trust bundles and pod certificates are not projected');
}

/** It can be read now, and is read again by whoever asks later: objects change. */
async function checked(read: Files): Promise<Files> {
  await read();
  return read;
}

type Items = readonly KeyToPath[] | undefined;

async function secretFiles(name: string, items: Items, optional = false, mode: number | undefined, { pod, objects }: FileSourceInput) {
  const contents = await objects.secret(pod.metadata.namespace ?? '', name);
  if (!contents && !optional) throw new Error(`secret "${name}" not found`);
  return select(contents, items, optional, mode, (key) => `references non-existent secret key: ${key}`);
}

async function configMapFiles(name: string, items: Items, optional = false, mode: number | undefined, { pod, objects }: FileSourceInput) {
  const contents = await objects.configMap(pod.metadata.namespace ?? '', name);
  if (!contents && !optional) throw new Error(`configmap "${name}" not found`);
  return select(contents, items, optional, mode, (key) => `configmap references non-existent config key: ${key}`);
}

/** All keys under their own names, or those that are named. */
function select(
  contents: Contents = new Map(),
  items: Items,
  optional: boolean,
  mode: number | undefined,
  missing: (key: string) => string,
): VolumeFile[] {
  if (!items || items.length === 0) return Array.from(contents, ([path, content]) => ({ path, content, mode: mode ?? defaultMode }));
  return items.flatMap(({ key, path, mode: own }) => {
    const content = contents.get(key);
    if (!content && !optional) throw new Error(missing(key));
    return content ? [{ path, content, mode: own ?? mode ?? defaultMode }] : [];
  });
}

function downwardFile(
  { path, fieldRef, resourceFieldRef, mode: own }: DownwardAPIVolumeFile,
  mode: number | undefined,
  input: FileSourceInput,
): VolumeFile {
  const { pod, node, addresses } = input;
  const value = fieldRef
    ? fieldValue(pod, fieldRef.fieldPath, addresses())
    : resourceFieldRef
      ? resourceValue(resourceFieldRef, containerNamed(pod, resourceFieldRef.containerName ?? ''), node)
      : '';
  return { path, content: utf8(value), mode: own ?? mode ?? defaultMode };
}

interface TokenRequest extends KubeObject {
  readonly spec: { readonly audiences: readonly string[]; readonly expirationSeconds: number; readonly boundObjectRef: object };
  readonly status?: { readonly token: string };
}

/** A token of the pod's service account, bound to the pod. */
async function tokenFile(
  { audience, expirationSeconds = 3600, path }: ServiceAccountTokenProjection,
  { pod, client }: FileSourceInput,
): Promise<VolumeFile> {
  const { name = '', namespace = '', uid } = pod.metadata;
  const account = { group: '', version: 'v1', resource: 'serviceaccounts', subresource: 'token', namespace };
  const request: TokenRequest = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: {},
    spec: {
      audiences: audience ? [audience] : [],
      expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  };
  const answer = await client.createSub<TokenRequest>({ ...account, name: pod.spec.serviceAccountName ?? 'default' }, request);
  return { path, content: utf8(answer.status?.token ?? ''), mode: 0o600 };
}
