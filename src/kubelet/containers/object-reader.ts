import { isNotFound } from '../../api/errors.ts';
import type { ConfigMap as ConfigMapType, Secret as SecretType } from '../../api/generated/core/v1.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { Secret } from '../../api/kinds/core/secret.ts';
import { fromBase64, utf8 } from '../../codec/bytes.ts';
import type { Client } from '../../client/client.ts';

/** What a ConfigMap or a Secret holds, by key. */
export type Contents = ReadonlyMap<string, Uint8Array>;

/** Reads the objects that pods refer to, when they are needed. undefined for one that is not there. */
export class ObjectReader {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async configMap(namespace: string, name: string): Promise<Contents | undefined> {
    const found = await orNothing(this.#client.get<ConfigMapType>(ConfigMap, { namespace, name }));
    if (!found) return undefined;
    const { data = {}, binaryData = {} } = found;
    return new Map([
      ...Object.entries(data).map(([key, text]) => [key, utf8(text)] as const),
      ...Object.entries(binaryData).map(([key, encoded]) => [key, fromBase64(encoded)] as const),
    ]);
  }

  async secret(namespace: string, name: string): Promise<Contents | undefined> {
    const found = await orNothing(this.#client.get<SecretType>(Secret, { namespace, name }));
    return found && new Map(Object.entries(found.data ?? {}).map(([key, encoded]) => [key, fromBase64(encoded)] as const));
  }
}

export async function orNothing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
