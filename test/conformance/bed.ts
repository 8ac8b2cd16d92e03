import assert from 'node:assert/strict';
import { silentLog } from '../../src/base/log.ts';
import { after, before, describe } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiServer, WatchOptions } from '../../src/api/call.ts';
import { ApiError, isConflict, isNotFound } from '../../src/api/errors.ts';
import type { Kind } from '../../src/api/kind.ts';
import { Namespace } from '../../src/api/kinds/core/namespace.ts';
import { ServiceAccount } from '../../src/api/kinds/core/serviceaccount.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { At, Client, Within } from '../../src/client/client.ts';
import { remoteApi } from '../../src/client/remote-api.ts';
import { refOf, typedClient } from '../../src/client/typed-client.ts';
import { startControlPlane, type ControlPlane } from '../../src/cluster/control-plane.ts';
import { defaultNodes, defaultServiceSubnet } from '../../src/cluster/spec.ts';
import { text, utf8 } from '../../src/codec/bytes.ts';
import { httpsClient, type ClientResponse, type HttpsClient } from '../../src/net/https-client.ts';
import { warningTexts } from '../../src/net/warning-header.ts';
import { fastClock } from '../e2e/fast-clock.ts';

/** What one request over HTTPS was answered with. */
export interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly warnings: readonly string[];
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: Fields | undefined;
}

/** JSON to look into: any path may be asked for, and leaves are compared. */
export interface Fields {
  readonly [name: string]: Fields | undefined;
}

/** A leaf that must be text. */
export function textOf(leaf: unknown): string {
  assert.equal(typeof leaf, 'string');
  return leaf as string;
}

export interface RequestParts {
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
  /** Instead of the administrator's certificate, which then is not shown. */
  readonly token?: string;
}

export interface BedOptions {
  /** Nodes beside the first. */
  readonly workers?: number;
  /** How many times faster than the machine's the cluster's time goes; 1 when absent. */
  readonly speed?: number;
  /** Tests go side by side: those that mostly wait. Each has a namespace of its own, and changes nothing else that others look at. */
  readonly concurrency?: boolean;
  readonly runtimeConfig?: Readonly<Record<string, string>>;
}

/** One cluster for a file of tests, reached through its socket alone. */
export class Bed {
  readonly #options: BedOptions;
  #life = new AbortController();
  #plane: ControlPlane | undefined;
  #http: HttpsClient | undefined;
  #stranger: HttpsClient | undefined;
  #api: ApiServer | undefined;
  #client: Client | undefined;
  #namespaces = 0;

  constructor(options: BedOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { workers = 0, speed = 1, runtimeConfig = {} } = this.#options;
    this.#life = new AbortController();
    this.#plane = await startControlPlane({
      spec: {
        name: 'conformance',
        apiAddress: '127.0.0.1',
        apiPort: 0,
        nodes: defaultNodes('conformance', workers),
        dataFolder: '',
        runtimeConfig,
        serviceSubnet: defaultServiceSubnet,
      },
      inMemory: true,
      freeze: true,
      log: silentLog,
      ...(speed !== 1 && { clock: fastClock(speed) }),
      signal: this.#life.signal,
    });
    const { server, kubeconfig } = this.#plane;
    const { caPem, ...identity } = accessOf(kubeconfig);
    this.#http = httpsClient({ server, caPem, ...identity });
    this.#stranger = httpsClient({ server, caPem });
    this.#api = remoteApi(this.#http);
    this.#client = typedClient({ api: this.#api, credentials: { by: 'nothing' }, userAgent: 'conformance/1' });
  }

  async stop(): Promise<void> {
    this.#http?.[Symbol.dispose]();
    this.#stranger?.[Symbol.dispose]();
    this.#life.abort();
    await this.#plane?.[Symbol.asyncDispose]();
  }

  /** Forgets all history up to now, as happens every few minutes. */
  async compact(): Promise<void> {
    const { store } = this.#plane!;
    await store.compact(store.revision);
  }

  get client(): Client {
    return this.#client!;
  }

  /** The typed client of whoever holds a token. */
  clientWith(token: string): Client {
    return typedClient({ api: remoteApi(this.#stranger!), credentials: { by: 'token', token } });
  }

  /** A new namespace, ready for pods. */
  async namespace(labels?: Readonly<Record<string, string>>): Promise<string> {
    const name = `ns-${++this.#namespaces}`;
    await this.client.create(Namespace, { metadata: { name, labels }, spec: {}, status: {} });
    await until(() => this.client.get(ServiceAccount, { namespace: name, name: 'default' }).catch(unlessMissing));
    return name;
  }

  /** A request as it is, whatever it is answered with. */
  async request(
    method: string,
    path: string,
    { accept = 'application/json', contentType, body, token }: RequestParts = {},
  ): Promise<Answer> {
    const http = token === undefined ? this.#http! : this.#stranger!;
    const bytes = body === undefined ? undefined : utf8(typeof body === 'string' ? body : JSON.stringify(body));
    const headers = {
      accept,
      ...(bytes && { 'content-type': contentType ?? 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    return answer(await http.send({ method, path, headers, body: bytes }));
  }

  /** The JSON at a path. */
  async json(path: string, parts?: RequestParts): Promise<Fields> {
    const { code, json, text } = await this.request('GET', path, parts);
    assert.equal(code, 200, `${path}: ${text}`);
    return json!;
  }

  /** Reads, changes and writes, again when somebody was quicker, as everyone must beside controllers. */
  async change<O extends KubeObject>(kind: Kind<O>, at: At, edit: (object: O) => O, subresource?: string): Promise<O> {
    for (let tries = 1; ; tries++) {
      const next = edit(await this.client.get(kind, at));
      const written = subresource ? this.client.updateSub<O>({ ...refOf(kind, at), subresource }, next) : this.client.update(kind, next);
      try {
        return await written;
      } catch (error) {
        if (!isConflict(error) || tries === 20) throw error;
      }
    }
  }

  watch<O extends KubeObject>(kind: Kind<O>, within: Within, options: WatchOptions): Watched<O> {
    return new Watched(this.client, kind, within, options);
  }
}

async function answer(response: ClientResponse): Promise<Answer> {
  const body = text(await response.bytes());
  const contentType = response.header('content-type') ?? '';
  const isJson = /^application\/([^;]*\+)?json/.test(contentType);
  return {
    code: response.status,
    contentType,
    warnings: warningTexts(response.headers('warning')),
    text: body,
    json: isJson ? (JSON.parse(body) as Fields) : undefined,
  };
}

function accessOf({ clusters, users }: ControlPlane['kubeconfig']) {
  const field = (entry: unknown, name: string) => Buffer.from((entry as Record<string, string>)[name]!, 'base64').toString();
  return {
    caPem: field(clusters![0]!.cluster, 'certificate-authority-data'),
    certificatePem: field(users![0]!.user, 'client-certificate-data'),
    keyPem: field(users![0]!.user, 'client-key-data'),
  };
}

export interface WatchedEvent<O> {
  readonly type: string;
  readonly object: O;
}

/** A watch, read event by event. */
export class Watched<O extends KubeObject> {
  readonly #ready: WatchedEvent<O>[] = [];
  readonly #cancel: () => void;
  #wake: () => void = () => {};
  #over: { readonly error?: ApiError } | undefined;

  constructor(client: Client, kind: Kind<O>, within: Within, options: WatchOptions) {
    const watch = client.watch(kind, within, options, {
      event: (type, object) => {
        this.#ready.push({ type, object });
        this.#wake();
      },
      end: (error) => {
        this.#over = { error };
        this.#wake();
      },
    });
    this.#cancel = () => watch.cancel();
  }

  /** The next event; rejects with the error that ended the watch, or after five seconds. */
  async next(): Promise<WatchedEvent<O>> {
    const deadline = Date.now() + 5000;
    while (this.#ready.length === 0) {
      if (this.#over) throw this.#over.error ?? new Error('the watch ended');
      if (Date.now() > deadline) throw new Error('no event came');
      const woken = Promise.withResolvers<void>();
      this.#wake = woken.resolve;
      await Promise.race([woken.promise, delay(deadline - Date.now() + 1)]);
    }
    return this.#ready.shift()!;
  }

  /** The first event that fits; those before it are dropped. */
  async find(fits: (event: WatchedEvent<O>) => boolean): Promise<WatchedEvent<O>> {
    for (;;) {
      const event = await this.next();
      if (fits(event)) return event;
    }
  }

  /** What has come and was not read yet. */
  get unread(): readonly WatchedEvent<O>[] {
    return this.#ready;
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }
}

/** The cluster of all files that want nothing particular of theirs: starting one for each would be most of the work. */
const common = new Bed({});
/** Declared and not over yet. */
let usersOfCommon = 0;
let commonIsUp: Promise<void> | undefined;

async function stopCommon(): Promise<void> {
  if (commonIsUp) await common.stop();
  commonIsUp = undefined;
}
// For runs that leave out whole files: the last user of all may not be among those that run.
after(stopCommon);

/** Declares tests with a cluster for them all, each named as in Kubernetes' conformance suite. */
export function conformance(topic: string, declare: (bed: Bed) => void, options: BedOptions = {}): void {
  const { concurrency = false, ...cluster } = options;
  describe(`conformance: ${topic}`, { concurrency }, () => {
    if (Object.keys(cluster).length > 0) {
      const bed = new Bed(cluster);
      before(() => bed.start());
      after(() => bed.stop());
      declare(bed);
      return;
    }
    usersOfCommon++;
    before(() => (commonIsUp ??= common.start()));
    after(async () => {
      if (--usersOfCommon === 0) await stopCommon();
    });
    declare(common);
  });
}

/** Looks again and again, for ten seconds when nothing else is said, until there is something. */
export async function until<T>(look: () => Promise<T | undefined | false>, limitMs = 10_000): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`it never came to be: ${String(look)}`);
    await delay(10);
  }
}

/** For `catch`: what is not found is undefined. */
export function unlessMissing(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
}

/** The error that a call is refused with, which must have this code and fit the words. */
export async function refused(call: Promise<unknown>, code: number, words: RegExp | string = ''): Promise<ApiError> {
  const error = await call.then(
    (result) => assert.fail(`not refused: ${JSON.stringify(result)}`),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ApiError, String(error));
  assert.equal(error.code, code, error.message);
  if (typeof words === 'string') assert.ok(error.message.includes(words), `${error.message}\nlacks ${words}`);
  else assert.match(error.message, words);
  return error;
}
