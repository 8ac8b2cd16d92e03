import type { ApiResult, User } from '../../api/call.ts';
import { ApiError, badRequest, notFound, serviceUnavailable } from '../../api/errors.ts';
import type { Endpoints as EndpointsType, Pod as PodType, Service as ServiceType } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { Endpoints } from '../../api/kinds/core/endpoints.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { podContainers } from '../../api/kinds/core/pod-containers.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Service } from '../../api/kinds/core/service.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { NodeConnector, NodeRequest } from '../ports.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { admissionRequest, type Admission } from './admission.ts';
import { checkLogOptions, valueOf, type Query } from './pod-log-options.ts';
import { parseProxyTarget, type ProxyTarget } from './proxy-target.ts';
import type { RequestTo, ResourceRequest } from './request.ts';

export interface ConnectDeps {
  readonly admission: Admission;
  readonly storageOf: (kind: Kind) => ResourceStorage;
  /** Reaches containers; without one there are none. */
  readonly connector?: NodeConnector;
}

/** GET `pods/…/log`. A pod without a node has no log yet: an empty answer, as upstream's. */
export async function readLog(request: RequestTo<'get'>, deps: ConnectDeps): Promise<ApiResult> {
  const { call, context, name, namespace } = request;
  const query = call.options?.query ?? new Map();
  checkLogOptions(name, query);
  const pod = await find<PodType>(Pod, namespace, name, deps);
  const container = containerOf(pod, valueOf(query, 'container'));
  const { nodeName } = pod.spec;
  if (!nodeName) return { type: 'bytes', code: 204, contentType: 'text/plain', body: new Uint8Array(0) };
  await find(Node, undefined, nodeName, deps);
  return serve(deps, {
    resource: 'pods',
    subresource: 'log',
    object: pod,
    path: '',
    method: 'GET',
    query: withContainer(query, container),
    ...callerOf(call, context.user),
  });
}

/** Opens a stream to a container, or passes a request on to a pod, a service or a node. */
export async function connect(request: RequestTo<'connect'>, deps: ConnectDeps): Promise<ApiResult> {
  const { subresource = '' } = request.call.resource;
  const methods = subresource === 'proxy' ? proxyMethods : streamMethods;
  if (!methods.has(request.call.method))
    throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  const admitted = admissionRequest(request, { operation: 'CONNECT', dryRun: false });
  await deps.admission.mutate(admitted);
  await deps.admission.validate(admitted);
  return subresource === 'proxy' ? proxy(request, deps) : stream(request, subresource, deps);
}

/** WebSockets begin with a GET. */
const streamMethods: ReadonlySet<string> = new Set(['GET', 'POST']);
const proxyMethods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** exec, attach and portforward. */
async function stream(request: RequestTo<'connect'>, subresource: string, deps: ConnectDeps): Promise<ApiResult> {
  const { call, context, name, namespace } = request;
  const pod = await find<PodType>(Pod, namespace, name, deps);
  const query = subresource === 'portforward' ? call.query : withContainer(call.query, containerOf(pod, valueOf(call.query, 'container')));
  const { nodeName } = pod.spec;
  if (!nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  await find(Node, undefined, nodeName, deps);
  if (!call.upgrade) throw badRequest('Upgrade request required');
  return serve(deps, {
    resource: 'pods',
    subresource,
    object: pod,
    path: '',
    method: call.method,
    query,
    upgrade: call.upgrade,
    ...callerOf(call, context.user),
  });
}

async function proxy(request: RequestTo<'connect'>, deps: ConnectDeps): Promise<ApiResult> {
  const { call, context, kind, name, namespace } = request;
  const target = parseProxyTarget(name);
  if (!target) throw badRequest(`invalid ${kind.singular} request ${JSON.stringify(name)}`);
  const { object, port } = await locate({ kind, namespace }, target, deps);
  const query = new Map(call.query);
  query.delete('path');
  return serve(deps, {
    resource: kind.plural as NodeRequest['resource'],
    subresource: 'proxy',
    object,
    path: valueOf(call.query, 'path'),
    ...(target.scheme !== '' && { scheme: target.scheme }),
    ...(port !== '' && { port }),
    method: call.method,
    query,
    ...(call.upgrade !== undefined && { upgrade: call.upgrade }),
    ...callerOf(call, context.user),
  });
}

interface Located {
  readonly object: KubeObject;
  readonly port: string;
}

async function locate(
  { kind, namespace }: Pick<ResourceRequest, 'kind' | 'namespace'>,
  { name, port }: ProxyTarget,
  deps: ConnectDeps,
): Promise<Located> {
  if (kind.plural === 'nodes') return { object: await find(Node, undefined, name, deps), port };
  if (kind.plural === 'services') {
    const service = await find<ServiceType>(Service, namespace, name, deps);
    const { subsets = [] } = await find<EndpointsType>(Endpoints, namespace, name, deps);
    return { object: service, port: endpointPort(service, subsets, port) };
  }
  const pod = await find<PodType>(Pod, namespace, name, deps);
  return { object: pod, port: port === '' ? firstPort(pod) : port };
}

const firstPort = ({ spec }: PodType): string =>
  String(spec.containers.find(({ ports }) => ports?.length)?.ports?.[0]?.containerPort ?? '');

/** The number behind which a service's endpoints listen. Throws 503 where nobody does. */
function endpointPort({ metadata, spec }: ServiceType, subsets: NonNullable<EndpointsType['subsets']>, port: string): string {
  const service = JSON.stringify(metadata.name ?? '');
  let portName = port;
  if (/^\d+$/.test(port)) {
    const found = spec?.ports?.find((one) => String(one.port) === port);
    if (!found) throw serviceUnavailable(`no service port ${Number(port)} found for service ${service}`);
    portName = found.name ?? '';
  }
  for (const { addresses = [], ports = [] } of subsets) {
    const found = addresses.length > 0 && ports.find(({ name = '' }) => name === portName);
    if (found) return String(found.port);
  }
  throw serviceUnavailable(`no endpoints available for service ${service}`);
}

async function find<O extends KubeObject>(kind: Kind, namespace: string | undefined, name: string, { storageOf }: ConnectDeps): Promise<O> {
  const storage = storageOf(kind);
  const found = await storage.get(storage.keyOf(namespace, name));
  if (!found) throw notFound({ group: kind.group, resource: kind.plural }, name);
  return found.as(kind).object as O;
}

/** The container that is meant. Throws 400 where there is none of that name, or where one of several must be named. */
export function containerOf({ metadata, spec }: PodType, wanted: string): string {
  const names = podContainers(spec, 'spec').map(({ container }) => container.name);
  const pod = metadata.name ?? '';
  if (wanted !== '') {
    if (!names.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${pod}`);
    return wanted;
  }
  const [only, ...others] = spec.containers;
  if (!only) throw badRequest(`a container name must be specified for pod ${pod}`);
  if (others.length > 0) throw badRequest(`a container name must be specified for pod ${pod}, choose one of: [${names.join(' ')}]`);
  return only.name;
}

const withContainer = (query: Query, container: string): Query => new Map([...query, ['container', [container]]]);

const callerOf = ({ signal }: { readonly signal?: AbortSignal }, user: User) => ({ user, ...(signal && { signal }) });

async function serve({ connector }: ConnectDeps, request: NodeRequest): Promise<ApiResult> {
  if (connector) return connector.serve(request);
  throw serviceUnavailable(whyNobodyServes(request));
}

/** There is no retry to hope for, so no `Retry-After` goes with it. */
function whyNobodyServes({ resource, subresource, object }: NodeRequest): string {
  const name = object.metadata.name ?? '';
  if (resource === 'nodes') return `node ${name} is simulated and has no kubelet to pass requests on to`;
  if (resource === 'services') return `service ${name} has only simulated endpoints, which run no container to pass requests on to`;
  return `pod ${name} is simulated and runs no container ${purposes[subresource] ?? ''}`.trimEnd();
}

const purposes: Readonly<Record<string, string>> = {
  log: 'that could have written a log',
  exec: 'to execute a command in',
  attach: 'to attach to',
  portforward: 'to forward a port to',
  proxy: 'to pass requests on to',
};
