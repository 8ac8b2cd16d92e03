import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { KubeObject, ManagedFieldsEntry } from '../meta.ts';
import type { Field, Schema } from '../schema.ts';
import { schemaOf } from '../schemas.ts';
import { maxUpdateManagers } from './cap-managers.ts';
import { withoutTimestampNoise } from './timestamps.ts';
import { trackUpdate, withManagedFields } from './track-update.ts';

const configMap = schemaOf('io.k8s.api.core.v1.ConfigMap');
const startMs = Date.parse('2026-01-01T00:00:00Z');

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
const map = (data: Record<string, string>, metadata: object = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', uid: 'u', ...metadata },
  data,
});

/** Carries the live managedFields along, as a client does that reads and then writes. */
function updated(live: ConfigMap | undefined, next: ConfigMap, manager: string, second = 0): ConfigMap {
  const carried = live ? withManagedFields(next, live.metadata.managedFields) : next;
  return trackUpdate({ live, next: carried, schema: configMap, manager, apiVersion: 'v1', nowMs: startMs + second * 1000 });
}

const fieldsOf = (object: KubeObject) =>
  Object.fromEntries((object.metadata.managedFields ?? []).map((entry) => [entry.manager ?? '', entry.fieldsV1]));

test('a creation by kubectl owns what it always owns', () => {
  const template = {
    metadata: { labels: { app: 'nginx' } },
    spec: {
      containers: [
        {
          name: 'nginx',
          image: 'nginx',
          imagePullPolicy: 'Always',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    },
  };
  const next = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'nginx',
      namespace: 'default',
      uid: 'u',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { app: 'nginx' },
    },
    spec: {
      progressDeadlineSeconds: 600,
      replicas: 1,
      revisionHistoryLimit: 10,
      selector: { matchLabels: { app: 'nginx' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template,
    },
    status: {},
  };
  const { metadata } = trackUpdate({
    live: undefined,
    next,
    schema: schemaOf('io.k8s.api.apps.v1.Deployment'),
    manager: 'kubectl-create',
    apiVersion: 'apps/v1',
    nowMs: startMs,
    ignoredFields: [['status']],
  });
  assert.deepEqual((metadata as KubeObject['metadata']).managedFields, [
    {
      manager: 'kubectl-create',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: '2026-01-01T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': {
          'f:progressDeadlineSeconds': {},
          'f:replicas': {},
          'f:revisionHistoryLimit': {},
          'f:selector': {},
          'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} }, 'f:type': {} },
          'f:template': {
            'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
            'f:spec': {
              'f:containers': {
                'k:{"name":"nginx"}': {
                  '.': {},
                  'f:image': {},
                  'f:imagePullPolicy': {},
                  'f:name': {},
                  'f:resources': {},
                  'f:terminationMessagePath': {},
                  'f:terminationMessagePolicy': {},
                },
              },
              'f:dnsPolicy': {},
              'f:restartPolicy': {},
              'f:schedulerName': {},
              'f:securityContext': {},
              'f:terminationGracePeriodSeconds': {},
            },
          },
        },
      },
    },
  ]);
});

test('ports are told apart by their protocol, which is TCP when it is not said', () => {
  const next = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', finalizers: ['a/b'] },
    spec: { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }], clusterIPs: ['1'] },
  };
  const { metadata } = trackUpdate({
    live: undefined,
    next,
    schema: schemaOf('io.k8s.api.core.v1.Service'),
    manager: 'm',
    apiVersion: 'v1',
    nowMs: startMs,
  });
  assert.equal(
    JSON.stringify((metadata as KubeObject['metadata']).managedFields![0]!.fieldsV1),
    JSON.stringify({
      'f:metadata': { 'f:finalizers': { '.': {}, 'v:"a/b"': {} } },
      'f:spec': {
        'f:clusterIPs': {},
        'f:ports': {
          '.': {},
          'k:{"port":53,"protocol":"TCP"}': { '.': {}, 'f:port': {} },
          'k:{"port":53,"protocol":"UDP"}': { '.': {}, 'f:port': {}, 'f:protocol': {} },
        },
      },
    }),
  );
});

test('whoever changes a field owns it, and the former owner loses it', () => {
  const first = updated(undefined, map({ a: '1', b: '1' }), 'one');
  const second = updated(first, map({ a: '2', b: '1', c: '1' }), 'two', 5);
  assert.deepEqual(fieldsOf(second), {
    one: { 'f:data': { '.': {}, 'f:b': {} } },
    two: { 'f:data': { 'f:a': {}, 'f:c': {} } },
  });
  assert.deepEqual(
    second.metadata.managedFields!.map(({ time }) => time),
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:05Z'],
  );
});

test('what is removed is nobody’s, and a manager with nothing left goes', () => {
  const first = updated(undefined, map({ a: '1' }), 'one');
  const second = updated(first, { ...map({}), data: undefined }, 'two', 5);
  assert.equal(second.metadata.managedFields, undefined);
});

test('an update that changes nothing leaves the entries as they are, times and all', () => {
  const first = updated(undefined, map({ a: '1' }), 'one');
  const second = updated(first, map({ a: '1' }), 'two', 5);
  assert.deepEqual(second.metadata.managedFields, first.metadata.managedFields);
});

test('one manager has an entry for each subresource', () => {
  const pod = schemaOf('io.k8s.api.core.v1.Pod');
  const spec = { nodeName: 'n' };
  const base: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', uid: 'u' } };
  const first = trackUpdate({ live: undefined, next: { ...base, spec }, schema: pod, manager: 'k', apiVersion: 'v1', nowMs: startMs });
  const next = { ...first, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  const second = trackUpdate({ live: first, next, schema: pod, manager: 'k', apiVersion: 'v1', subresource: 'status', nowMs: startMs });
  assert.deepEqual(
    second.metadata.managedFields!.map(({ subresource, fieldsV1 }) => [subresource, fieldsV1]),
    [
      [undefined, { 'f:spec': { 'f:nodeName': {} } }],
      [
        'status',
        {
          'f:status': {
            'f:conditions': { '.': {}, 'k:{"type":"Ready"}': { '.': {}, 'f:status': {}, 'f:type': {} } },
            'f:phase': {},
          },
        },
      ],
    ],
  );
});

test('a client that sends no managedFields, or bad ones, does not lose them; `[]` and `[{}]` do', () => {
  const first = updated(undefined, map({ a: '1' }), 'one');
  const send = (managedFields: ManagedFieldsEntry[] | undefined, subresource = '') =>
    trackUpdate({
      live: first,
      next: map({ a: '1' }, managedFields && { managedFields }),
      schema: configMap,
      manager: 'two',
      apiVersion: 'v1',
      subresource,
      nowMs: startMs,
    }).metadata.managedFields;
  assert.deepEqual(send(undefined), first.metadata.managedFields);
  assert.deepEqual(send([{ manager: 'x', operation: 'Update', apiVersion: 'v1' }]), first.metadata.managedFields);
  assert.deepEqual(
    send([{ manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { data: {} } }]),
    first.metadata.managedFields,
  );
  assert.equal(send([]), undefined);
  assert.equal(send([{}]), undefined);
  assert.deepEqual(send([{}], 'status'), first.metadata.managedFields);
  const own: ManagedFieldsEntry = {
    manager: 'x',
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': { 'f:a': {} } },
  };
  assert.deepEqual(send([own]), [own]);
});

test('objects whose managedFields were reset are not tracked', () => {
  const second = updated(map({ a: '1' }), map({ a: '2' }), 'two');
  assert.equal(second.metadata.managedFields, undefined);
});

test('the oldest updates become ancient changes when there are too many', () => {
  let object = updated(undefined, map({ k0: 'x' }), 'm0');
  for (let n = 1; n <= maxUpdateManagers + 1; n++) object = updated(object, map({ ...object.data, [`k${n}`]: 'x' }), `m${n}`, n);
  const entries = object.metadata.managedFields!;
  assert.equal(entries.length, maxUpdateManagers);
  assert.deepEqual(entries[0], {
    manager: 'ancient-changes',
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-01-01T00:00:02Z',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': { '.': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {} } },
  });
});

test('no manager is `unknown`', () => {
  assert.deepEqual(Object.keys(fieldsOf(updated(undefined, map({ a: '1' }), ''))), ['unknown']);
});

test('withoutTimestampNoise() takes times back when nothing else changed', () => {
  const old = updated(undefined, map({ a: '1' }), 'one');
  const entry = { ...old.metadata.managedFields![0]!, time: '2026-02-02T00:00:00Z' };
  const later = withManagedFields(old, [entry]);
  assert.deepEqual(withoutTimestampNoise(later, old), old);
  const changed = { ...later, data: { a: '2' } };
  assert.equal(withoutTimestampNoise(changed, old), changed);
});

test('property: every entry of a map is owned exactly once, whoever wrote it', () => {
  const data = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('one', 'two', 'three'), data), { minLength: 1, maxLength: 6 }), (writes) => {
      let live: ConfigMap | undefined;
      let seconds = 0;
      for (const [manager, content] of writes) {
        const before = live;
        live = updated(live, map(content, { labels: { app: 'x' } }), manager, seconds++);
        const owned = (live.metadata.managedFields ?? []).flatMap(({ fieldsV1 }) =>
          Object.keys((fieldsV1 as { 'f:data'?: object })['f:data'] ?? {}).filter((name) => name !== '.'),
        );
        assert.deepEqual(
          owned.sort(),
          Object.keys(content)
            .map((name) => `f:${name}`)
            .sort(),
        );
        for (const [name, value] of Object.entries(content)) {
          if (before?.data?.[name] === value) continue;
          const mine = fieldsOf(live)[manager] as { 'f:data': object };
          assert.ok(`f:${name}` in mine['f:data']);
        }
      }
    }),
  );
});

test('an object with an element that nobody can own is written, and owners stay who they are', () => {
  const fields = new Map<string, Field>([['k', { schema: { type: 'string' }, required: false }]]);
  const rows: Schema = { type: 'list', listType: 'map', mapKeys: ['k'], items: { type: 'object', fields } };
  const schema: Schema = { type: 'object', fields: new Map([['rows', { schema: rows, required: false }]]) };
  const next = { apiVersion: 'v1', kind: 'X', metadata: { name: 'a' }, rows: [{}] };
  const tracked = trackUpdate({ live: undefined, next, schema, manager: 'm', apiVersion: 'v1', nowMs: 0 });
  assert.deepEqual(tracked, next);
});
