import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiServerMetrics } from './api-server.ts';
import { Counter, Gauge, Histogram, MetricRegistry } from './registry.ts';

describe('metrics', () => {
  test('a counter is written with its labels escaped, one line a combination', () => {
    const counter = new Counter({ name: 'calls_total', help: 'Calls\nmade.', labels: ['path', 'code'] });
    counter.add(1, 'a"b\\c\nd', '200');
    counter.add(2, 'a"b\\c\nd', '200');
    counter.add(1, 'a', '404');
    assert.equal(
      counter.text(),
      '# HELP calls_total [ALPHA] Calls\\nmade.\n# TYPE calls_total counter\n' +
        'calls_total{path="a",code="404"} 1\ncalls_total{path="a\\"b\\\\c\\nd",code="200"} 3\n',
    );
  });

  test('a histogram counts what is at most a bound, and all of it at infinity', () => {
    const histogram = new Histogram({ name: 'seconds', help: 'h', labels: ['verb'] }, [0.1, 1]);
    for (const value of [0.1, 0.5, 7]) histogram.observe(value, 'GET');
    assert.deepEqual(histogram.text().split('\n').slice(2), [
      'seconds_bucket{verb="GET",le="0.1"} 1',
      'seconds_bucket{verb="GET",le="1"} 2',
      'seconds_bucket{verb="GET",le="+Inf"} 3',
      'seconds_sum{verb="GET"} 7.6',
      'seconds_count{verb="GET"} 3',
      '',
    ]);
  });

  test('large numbers have an exponent of two digits', () => {
    const gauge = new Gauge({ name: 'bytes', help: 'h' });
    gauge.set(25_000_000);
    assert.match(gauge.text(), /^bytes 2\.5e\+07$/m);
  });

  test('a metric does not grow without end', () => {
    const counter = new Counter({ name: 'calls_total', help: 'h', labels: ['path'] });
    for (let i = 0; i < 10_100; i++) counter.add(1, `/${i}`);
    counter.add(1, '/0');
    const lines = counter.text().trim().split('\n');
    assert.equal(lines.length, 10_002);
    assert.ok(lines.includes('calls_total{path="/0"} 2'));
  });

  test('a registry takes a name once, a metric its own number of labels', () => {
    const registry = new MetricRegistry();
    const counter = registry.add(new Counter({ name: 'a', help: 'h', labels: ['x'] }));
    assert.throws(() => registry.add(new Gauge({ name: 'a', help: 'h' })), /registered already/);
    assert.throws(() => counter.add(1), /has 1 labels, not 0/);
  });
});

describe('API server metrics', () => {
  const request = {
    verb: 'LIST',
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    subresource: '',
    scope: 'namespace',
    code: 200,
    seconds: 0.01,
  } as const;
  const labels = 'verb="LIST",dry_run="",group="apps",version="v1",resource="deployments",subresource="",scope="namespace"';

  test('count requests and their time under upstream’s names', () => {
    const metrics = apiServerMetrics();
    metrics.onRequest({ ...request, responseBytes: 2000 });
    const text = metrics.text();
    assert.ok(text.includes(`apiserver_request_total{${labels},component="apiserver",code="200"} 1\n`));
    assert.ok(text.includes(`apiserver_request_duration_seconds_bucket{${labels},component="apiserver",le="0.025"} 1\n`));
    assert.match(text, /apiserver_response_sizes_bucket\{.*le="10000"\} 1/);
  });

  test('do not time watches', () => {
    const metrics = apiServerMetrics();
    metrics.onRequest({ ...request, verb: 'WATCH' });
    assert.ok(!metrics.text().includes('apiserver_request_duration_seconds_count'));
  });

  test('show requests in flight, watchers, events and what is stored', () => {
    const metrics = apiServerMetrics({ storedObjects: () => [{ group: 'apps', resource: 'deployments', count: 4 }] });
    metrics.inflight('mutating', 1);
    metrics.longRunning({ ...request, verb: 'WATCH' }, 1);
    metrics.watchEvents({ group: '', version: 'v1', plural: 'pods' }, 3);
    const text = metrics.text();
    assert.ok(text.includes('apiserver_current_inflight_requests{request_kind="mutating"} 1\n'));
    assert.ok(text.includes('apiserver_storage_objects{resource="deployments.apps"} 4\n'));
    assert.ok(text.includes('apiserver_watch_events_total{group="",version="v1",resource="pods"} 3\n'));
    assert.match(text, /apiserver_longrunning_requests\{verb="WATCH".*\} 1/);
  });
});
