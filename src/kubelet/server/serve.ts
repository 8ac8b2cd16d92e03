import type { ApiResult } from '../../api/call.ts';
import { ApiError, badRequest, notFound, serviceUnavailable } from '../../api/errors.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import type { KubeObject } from '../../api/meta.ts';
import { utf8 } from '../../codec/bytes.ts';
import { CriError } from '../../runtime/cri.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import type { StatsSummary } from '../ports.ts';
import { logContainerId } from './log-container.ts';
import { isTrue, logOptions } from './log-options.ts';
import { followLog, readLog } from './read-log.ts';
import { statsSummary } from './stats-summary.ts';

/** What the API server passes on to a kubelet: its NodeRequest, as far as a kubelet reads it. */
export interface KubeletRequest {
  readonly resource: string;
  /** `log`, `exec`, `attach`, `portforward`, `proxy`. */
  readonly subresource: string;
  readonly object: KubeObject;
  /** For proxy to the node: the path of the kubelet's own API. */
  readonly path: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly signal?: AbortSignal;
}

export interface KubeletServerOptions {
  readonly parts: KubeletParts;
  readonly startedAtMs: number;
  readonly pods: () => readonly Pod[];
  readonly podOf: (podUid: string) => Pod | undefined;
}

/** The kubelet's own API: logs, stats, its pods, its health. Source: pkg/kubelet/server. */
export class KubeletServer {
  readonly #options: KubeletServerOptions;

  constructor(options: KubeletServerOptions) {
    this.#options = options;
  }

  async serve(request: KubeletRequest): Promise<ApiResult> {
    const { resource, subresource, path } = request;
    if (resource === 'pods' && subresource === 'log') return this.#log(request);
    if (resource === 'nodes') return this.#own(path);
    throw serviceUnavailable(
      `the container runtime of node ${this.#options.parts.nodeName} offers no ${streams[subresource] ?? subresource}`,
    );
  }

  async stats(): Promise<StatsSummary> {
    const { parts, startedAtMs, podOf } = this.#options;
    const stats = await parts.runtime.listContainerStats();
    const usage = await parts.machine.usage?.();
    const withStatus = (uid: string): Pod | undefined => {
      const pod = podOf(uid);
      return pod && { ...pod, status: parts.statuses.get(uid) ?? pod.status };
    };
    return statsSummary({
      nodeName: parts.nodeName,
      startedAtMs,
      nowMs: parts.env.clock.now(),
      stats,
      podOf: withStatus,
      ...(usage && { usage }),
    });
  }

  async #own(path: string): Promise<ApiResult> {
    switch (path.replace(/\/+$/, '') || '/') {
      case '/healthz':
        return { type: 'bytes', code: 200, contentType: 'text/plain; charset=utf-8', body: utf8('ok') };
      case '/pods':
      case '/runningpods':
        return json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: this.#options.pods() });
      case '/stats/summary':
        return json(await this.stats());
      default:
        throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
    }
  }

  async #log({ object, query, signal }: KubeletRequest): Promise<ApiResult> {
    const { parts, podOf } = this.#options;
    const { files, env, runtime, statuses } = parts;
    const { uid = '', name = '' } = object.metadata;
    const pod = podOf(uid);
    if (!pod) throw notFound({ group: '', resource: 'pods' }, name);
    const container = query.get('container')?.[0] ?? pod.spec.containers[0]?.name ?? '';
    const id = logContainerId(pod, statuses.get(uid) ?? pod.status ?? {}, container, isTrue(query.get('previous')?.[0]));
    const path = await this.#logPath(id, container);
    const input = {
      files,
      env,
      path,
      options: logOptions(query, env.clock.now()),
      isRunning: async () => (await runtime.containerStatus(id).catch(() => undefined))?.state === 'Running',
      ...(signal && { signal }),
    };
    const body = input.options.follow ? followLog(input) : await readLog(input);
    return { type: 'bytes', code: 200, contentType: 'text/plain', body };
  }

  async #logPath(id: string, container: string): Promise<string> {
    const { runtime, runtimeName } = this.#options.parts;
    try {
      return (await runtime.containerStatus(id)).logPath;
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      throw badRequest(`unable to retrieve container logs for ${runtimeName}://${id}: container "${container}": ${error.message}`);
    }
  }
}

const streams: Readonly<Record<string, string>> = {
  exec: 'streams to execute commands in a container',
  attach: 'streams to attach to a container',
  portforward: 'streams to forward ports',
  proxy: 'way to pass requests on to a pod',
};

const json = (value: unknown): ApiResult => ({
  type: 'bytes',
  code: 200,
  contentType: 'application/json',
  body: utf8(JSON.stringify(value)),
});
