import type { ApiCall, ResourceCall } from '../../api/call.ts';
import type { CallObserver } from '../chain.ts';
import type { ApiServerMetrics, RequestMeasured } from './api-server.ts';

/** Counts calls as they come and go. */
export function observerOf(metrics: ApiServerMetrics): CallObserver {
  return {
    began: (call) => (isLong(call) ? metrics.longRunning(measuredOf(call), 1) : metrics.inflight(laneOf(call), 1)),
    ended(call, code, seconds) {
      if (isLong(call)) metrics.longRunning(measuredOf(call), -1);
      else metrics.inflight(laneOf(call), -1);
      metrics.onRequest({ ...measuredOf(call), code, seconds });
    },
  };
}

type Measured = Omit<RequestMeasured, 'code' | 'seconds'>;

function measuredOf(call: ApiCall): Measured {
  if (!('resource' in call))
    return { verb: call.verb.toUpperCase(), group: '', version: '', resource: '', subresource: call.path, scope: '' };
  const { group, version, resource, subresource = '' } = call.resource;
  return { verb: verbOf(call), group, version, resource, subresource, scope: scopeOf(call), dryRun: isDryRun(call) };
}

function verbOf(call: ResourceCall): string {
  if (call.verb === 'patch' && call.patchType === 'apply') return 'APPLY';
  return verbs[call.verb];
}

const verbs: Readonly<Record<ResourceCall['verb'], string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
  connect: 'CONNECT',
};

function scopeOf({ resource: { name, namespace } }: ResourceCall): RequestMeasured['scope'] {
  return name !== undefined ? 'resource' : namespace !== undefined ? 'namespace' : 'cluster';
}

const isDryRun = (call: ResourceCall): boolean =>
  'options' in call && call.options !== undefined && 'dryRun' in call.options && (call.options.dryRun?.length ?? 0) > 0;

const reading: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'head', 'options']);
const laneOf = (call: ApiCall): 'mutating' | 'readOnly' => (reading.has(call.verb) ? 'readOnly' : 'mutating');
const isLong = (call: ApiCall): boolean => call.verb === 'watch' || call.verb === 'connect';
