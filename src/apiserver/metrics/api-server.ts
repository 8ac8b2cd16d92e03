import { groupResourceText, type GroupResource } from '../../api/meta.ts';
import { Counter, Gauge, Histogram, MetricRegistry, Sampled } from './registry.ts';

/** One call that has been answered. */
export interface RequestMeasured {
  /** As upstream counts it: `GET`, `LIST`, `WATCH`, `POST`, `PUT`, `PATCH`, `DELETE`, `DELETECOLLECTION`, `APPLY`, `CONNECT`. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** For what is no resource, the path. */
  readonly subresource: string;
  readonly scope: 'resource' | 'namespace' | 'cluster' | '';
  readonly code: number;
  readonly seconds: number;
  readonly dryRun?: boolean;
  /** Absent for streams and where nobody has counted. */
  readonly responseBytes?: number;
}

/** What the handler chain and the storage tell; everything is cheap. */
export interface ApiServerMetrics {
  onRequest(request: RequestMeasured): void;
  inflight(kind: 'mutating' | 'readOnly', delta: number): void;
  /** Watches and streams, from their start to their end. */
  longRunning(request: Omit<RequestMeasured, 'code' | 'seconds'>, delta: number): void;
  watchEvents(kind: { readonly group: string; readonly version: string; readonly plural: string }, count: number): void;
  /** A request to the store: `get`, `list`, `create`, `update`, `delete`, `listWithCount` … */
  onStoreRequest(operation: string, resource: string, seconds: number): void;
  text(): string;
}

export interface ApiServerMetricsOptions {
  /** How many objects of each resource are stored; asked for whenever metrics are read. */
  readonly storedObjects?: () => Iterable<GroupResource & { readonly count: number }>;
  /** What the process is doing, where somebody can tell: an edge fills it. */
  readonly processFigures?: () => ProcessFigures;
}

export interface ProcessFigures {
  readonly cpuSeconds: number;
  readonly residentMemoryBytes: number;
  readonly startTimeSeconds: number;
}

const requestLabels = ['verb', 'dry_run', 'group', 'version', 'resource', 'subresource', 'scope', 'component', 'code'];
const durationLabels = requestLabels.slice(0, -1);
const component = 'apiserver';
const durationBuckets = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
const storeBuckets = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
/** Powers of ten from a kilobyte on. */
const sizeBuckets = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

export function apiServerMetrics({ storedObjects, processFigures }: ApiServerMetricsOptions = {}): ApiServerMetrics {
  const registry = new MetricRegistry();
  const requests = requestMetrics(registry);
  const inflight = registry.add(
    new Gauge({
      name: 'apiserver_current_inflight_requests',
      help: 'Requests being served, by kind.',
      labels: ['request_kind'],
      stability: 'STABLE',
    }),
  );
  inflight.set(0, 'mutating');
  inflight.set(0, 'readOnly');
  const store = registry.add(
    new Histogram(
      {
        name: 'etcd_request_duration_seconds',
        help: 'How long the store took, in seconds, by operation and resource.',
        labels: ['operation', 'type'],
      },
      storeBuckets,
    ),
  );
  if (storedObjects) addStoredObjects(registry, storedObjects);
  if (processFigures) addProcess(registry, processFigures);
  return {
    ...requests,
    inflight: (kind, delta) => inflight.add(delta, kind),
    onStoreRequest: (operation, resource, seconds) => store.observe(seconds, operation, resource),
    text: () => registry.text(),
  };
}

function requestMetrics(registry: MetricRegistry): Pick<ApiServerMetrics, 'onRequest' | 'longRunning' | 'watchEvents'> {
  const total = registry.add(
    new Counter({
      name: 'apiserver_request_total',
      help: 'Requests answered, by what they asked for and the HTTP status of the answer.',
      labels: requestLabels,
      stability: 'STABLE',
    }),
  );
  const duration = registry.add(
    new Histogram(
      {
        name: 'apiserver_request_duration_seconds',
        help: 'How long answers took, in seconds, streams and watches apart.',
        labels: durationLabels,
        stability: 'STABLE',
      },
      durationBuckets,
    ),
  );
  const sizes = registry.add(
    new Histogram(
      {
        name: 'apiserver_response_sizes',
        help: 'How large answers were, in bytes.',
        labels: ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'],
        stability: 'STABLE',
      },
      sizeBuckets,
    ),
  );
  const longRunning = registry.add(
    new Gauge({
      name: 'apiserver_longrunning_requests',
      help: 'Watches and streams that are open.',
      labels: ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'],
      stability: 'STABLE',
    }),
  );
  const watchEvents = registry.add(
    new Counter({
      name: 'apiserver_watch_events_total',
      help: 'Events handed to watchers.',
      labels: ['group', 'version', 'resource'],
    }),
  );
  return {
    onRequest({ verb, group, version, resource, subresource, scope, code, seconds, dryRun, responseBytes }) {
      const dry = dryRun ? 'All' : '';
      total.add(1, verb, dry, group, version, resource, subresource, scope, component, String(code));
      // How long a watch lasts says nothing of how fast the server is.
      if (verb !== 'WATCH' && verb !== 'CONNECT') {
        duration.observe(seconds, verb, dry, group, version, resource, subresource, scope, component);
      }
      if (responseBytes !== undefined) sizes.observe(responseBytes, verb, group, version, resource, subresource, scope, component);
    },
    longRunning: ({ verb, group, version, resource, subresource, scope }, delta) =>
      longRunning.add(delta, verb, group, version, resource, subresource, scope, component),
    watchEvents: ({ group, version, plural }, count) => watchEvents.add(count, group, version, plural),
  };
}

function addStoredObjects(registry: MetricRegistry, storedObjects: NonNullable<ApiServerMetricsOptions['storedObjects']>): void {
  registry.add(
    new Sampled(
      {
        name: 'apiserver_resource_objects',
        help: 'Objects stored, by group and resource.',
        labels: ['group', 'resource'],
      },
      function* () {
        for (const { group, resource, count } of storedObjects()) yield [[group, resource], count];
      },
    ),
  );
  registry.add(
    new Sampled(
      {
        name: 'apiserver_storage_objects',
        help: 'Objects stored, by resource.',
        labels: ['resource'],
        stability: 'STABLE',
      },
      function* () {
        for (const stored of storedObjects()) yield [[groupResourceText(stored)], stored.count];
      },
    ),
  );
}

function addProcess(registry: MetricRegistry, figures: () => ProcessFigures): void {
  const add = (name: string, type: 'counter' | 'gauge', help: string, read: (now: ProcessFigures) => number) =>
    registry.add(new Sampled({ name, help }, () => [[[], read(figures())]], type));
  add('process_cpu_seconds_total', 'counter', 'CPU time that the process has used, in seconds.', ({ cpuSeconds }) => cpuSeconds);
  add(
    'process_resident_memory_bytes',
    'gauge',
    'Memory that the process holds, in bytes.',
    ({ residentMemoryBytes }) => residentMemoryBytes,
  );
  add(
    'process_start_time_seconds',
    'gauge',
    'When the process started, in seconds since 1970.',
    ({ startTimeSeconds }) => startTimeSeconds,
  );
}
