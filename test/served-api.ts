/** For tests of the wire: a scripted API server behind the real HTTP server on loopback. */
import type { ApiCall, ApiResult, ApiServer, Encodable, ObjectList, WatchFrame } from '../src/api/call.ts';
import type { KubeObject } from '../src/api/meta.ts';
import { utf8 } from '../src/codec/bytes.ts';
import { stringifyJson } from '../src/codec/json.ts';
import type { Log } from '../src/base/log.ts';
import { nodeCrypto } from '../src/machine/real/crypto.ts';
import { realClock } from '../src/machine/real/clock.ts';
import { httpsClient, type HttpsClient } from '../src/net/https-client.ts';
import type { HttpsServerOptions } from '../src/net/https-server.ts';
import { wireHandler } from '../src/wire/handler.ts';
import { caPem, serveOnLoopback } from './loopback.ts';

export interface ServedApi extends AsyncDisposable {
  readonly port: number;
  readonly http: HttpsClient;
  /** The calls that came, in order. */
  readonly calls: ApiCall[];
  /** What was logged as an error. */
  readonly logged: string[];
}

export async function servedApi(api: ApiServer, options: Partial<HttpsServerOptions> = {}): Promise<ServedApi> {
  const calls: ApiCall[] = [];
  const logged: string[] = [];
  const log: Log = { info() {}, verbose() {}, warn() {}, error: (error) => void logged.push(String(error)), named: () => log };
  const recorded: ApiServer = (call) => {
    calls.push(call);
    return api(call);
  };
  const server = await serveOnLoopback(wireHandler({ api: recorded, clock: realClock, crypto: nodeCrypto(), log }), options);
  const http = httpsClient({ server: `https://127.0.0.1:${server.port}`, caPem });
  return {
    port: server.port,
    http,
    calls,
    logged,
    async [Symbol.asyncDispose]() {
      http[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

export const pod = (name: string, more: object = {}): KubeObject => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default', resourceVersion: '7', ...more },
});

export const encodable = (object: KubeObject): Encodable => ({ object, json: () => [utf8(stringifyJson(object))] });

export const objectResult = (object: KubeObject, more: object = {}): ApiResult => ({
  type: 'object',
  code: 200,
  value: encodable(object),
  ...more,
});

export const podList = (...names: string[]): ObjectList => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: { resourceVersion: '9' },
  items: names.map((name) => encodable(pod(name))),
});

export const frame = (type: WatchFrame['type'], object: KubeObject): WatchFrame => ({
  type,
  ...encodable(object),
  line: () => utf8(`${stringifyJson({ type, object })}\n`),
});
