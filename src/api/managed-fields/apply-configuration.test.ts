import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ApiError } from '../errors.ts';
import type { KubeObject } from '../meta.ts';
import { schemaOf } from '../schemas.ts';
import { applyConfiguration, type Apply } from './apply-configuration.ts';
import { lastAppliedAnnotation } from './last-applied.ts';
import { withoutTimestampNoise } from './timestamps.ts';
import { trackUpdate } from './track-update.ts';

const deployment = schemaOf('io.k8s.api.apps.v1.Deployment');
const configMap = schemaOf('io.k8s.api.core.v1.ConfigMap');
const startMs = Date.parse('2026-01-01T00:00:00Z');

interface Deployment extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly [name: string]: unknown };
}
interface ConfigMap extends KubeObject {
  readonly data?: Record<string, string> | null;
}

const deploymentOf = (spec: object, metadata: object = {}): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', ...metadata },
  spec: { ...spec },
});
const configMapOf = (data: Record<string, string> | undefined, metadata: object = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', ...metadata },
  ...(data && Object.keys(data).length > 0 && { data }),
});

const apply = (live: KubeObject | undefined, applied: KubeObject, manager: string, options: Partial<Apply> = {}) =>
  applyConfiguration({
    live,
    applied,
    schema: applied.kind === 'Deployment' ? deployment : configMap,
    manager,
    force: false,
    apiVersion: applied.apiVersion!,
    kind: applied.kind!,
    nowMs: startMs,
    ...options,
  });

const update = (live: KubeObject | undefined, next: KubeObject, manager: string, subresource = ''): KubeObject =>
  trackUpdate({
    live,
    next,
    schema: next.kind === 'Deployment' ? deployment : configMap,
    manager,
    apiVersion: next.apiVersion!,
    subresource,
    nowMs: startMs,
  });

const owners = (object: KubeObject) =>
  (object.metadata.managedFields ?? []).map(({ manager, operation, fieldsV1 }) => `${manager} ${operation} ${JSON.stringify(fieldsV1)}`);

/** As the server stores what apply answers: without nulls and, as Go's omitempty has it, without an empty `data`. */
function stored(object: KubeObject): ConfigMap & Deployment {
  const isNothing = (name: string, value: unknown) => value === null || (name === 'data' && Object.keys(value as object).length === 0);
  return JSON.parse(JSON.stringify(object, (name, value: unknown) => (isNothing(name, value) ? undefined : value))) as ConfigMap &
    Deployment;
}

function refusal(act: () => unknown): ApiError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof ApiError);
    return error;
  }
  return assert.fail('nothing was refused');
}

test('an apply creates, and owns what it says', () => {
  const object = apply(undefined, configMapOf({ a: '1' }, { labels: { x: 'y' } }), 'one');
  assert.deepEqual(object, {
    ...configMapOf({ a: '1' }),
    metadata: {
      name: 'c',
      labels: { x: 'y' },
      managedFields: [
        {
          manager: 'one',
          operation: 'Apply',
          apiVersion: 'v1',
          time: '2026-01-01T00:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': { 'f:a': {} }, 'f:metadata': { 'f:labels': { 'f:x': {} } } },
        },
      ],
    },
  });
});

test('another value for a field that an update owns is a conflict', () => {
  const live = update(undefined, deploymentOf({ replicas: 1 }, { uid: 'u' }), 'kubectl-client-side-apply');
  const error = refusal(() => apply(live, deploymentOf({ replicas: 3 }), 'one'));
  assert.deepEqual(
    [error.code, error.reason, error.message],
    [409, 'Conflict', 'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas'],
  );
  assert.deepEqual(error.details, {
    causes: [
      { reason: 'FieldManagerConflict', message: 'conflict with "kubectl-client-side-apply" using apps/v1', field: '.spec.replicas' },
    ],
  });
});

test('several conflicts are listed by manager', () => {
  const container = (image: string) => ({
    replicas: 1,
    template: { spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 80 }] }] } },
  });
  let live = apply(undefined, deploymentOf(container('a')), 'two');
  live = update(live, { ...live, metadata: { ...live.metadata, uid: 'u', labels: { x: 'y' } } }, 'edit', 'scale');
  const wanted = { ...container('b'), replicas: 2 };
  assert.equal(
    refusal(() => apply(live, deploymentOf(wanted, { labels: { x: 'z' } }), 'one')).message,
    [
      'Apply failed with 3 conflicts: conflicts with "edit" with subresource "scale" using apps/v1:',
      '- .metadata.labels.x',
      'conflicts with "two":',
      '- .spec.replicas',
      '- .spec.template.spec.containers[name="web"].image',
    ].join('\n'),
  );
});

test('force takes over, and the former owner loses the field', () => {
  const live = apply(undefined, configMapOf({ a: '1', b: '1' }), 'two');
  const forced = apply(live, configMapOf({ a: '2' }), 'one', { force: true }) as ConfigMap;
  assert.deepEqual(forced.data, { a: '2', b: '1' });
  assert.deepEqual(owners(forced), ['one Apply {"f:data":{"f:a":{}}}', 'two Apply {"f:data":{"f:b":{}}}']);
});

test('the same value is shared, without conflict', () => {
  const live = apply(undefined, configMapOf({ a: '1' }), 'two');
  const shared = apply(live, configMapOf({ a: '1' }), 'one');
  assert.deepEqual(owners(shared).sort(), ['one Apply {"f:data":{"f:a":{}}}', 'two Apply {"f:data":{"f:a":{}}}']);
  assert.deepEqual(shared.metadata.managedFields!.find(({ manager }) => manager === 'one')!.time, undefined);
});

test('what the manager no longer says goes, unless somebody else owns it', () => {
  let live = apply(undefined, configMapOf({ a: '1', b: '1', c: '1' }), 'one');
  live = apply(live, configMapOf({ b: '1' }), 'two');
  live = update(
    live,
    { ...live, metadata: { ...live.metadata, uid: 'u' }, data: { ...(live as ConfigMap).data, c: '2' } } as KubeObject,
    'three',
  );
  const next = stored(apply(live, configMapOf(undefined), 'one'));
  assert.deepEqual(next.data, { b: '1', c: '2' });
});

test('a list element goes as a whole when nobody else has part of it', () => {
  const spec = (...names: string[]) => ({ template: { spec: { containers: names.map((name) => ({ name, image: 'x' })) } } });
  let live = apply(undefined, deploymentOf(spec('a', 'b', 'c')), 'one');
  live = apply(live, deploymentOf({ template: { spec: { containers: [{ name: 'b', command: ['run'] }] } } }), 'two');
  const next = stored(apply(live, deploymentOf(spec('a')), 'one'));
  assert.deepEqual(next.spec, {
    template: {
      spec: {
        containers: [
          { name: 'a', image: 'x' },
          { name: 'b', command: ['run'] },
        ],
      },
    },
  });
});

test('the last label to go takes the labels with it', () => {
  const live = apply(undefined, configMapOf({ a: '1' }, { labels: { x: 'y' } }), 'one');
  const next = stored(apply(live, configMapOf({ a: '1' }), 'one'));
  assert.equal('labels' in next.metadata, false);
});

test('elements keep the live order, and follow the config’s where that says otherwise', () => {
  const containers = (...names: string[]) => deploymentOf({ template: { spec: { containers: names.map((name) => ({ name })) } } });
  const order = (object: KubeObject) =>
    (object as unknown as { spec: { template: { spec: { containers: { name: string }[] } } } }).spec.template.spec.containers
      .map(({ name }) => name)
      .join('');
  const live = apply(undefined, containers('a', 'b', 'c', 'd'), 'one');
  assert.equal(order(apply(live, containers('c', 'a'), 'two')), 'bcda');
  assert.equal(order(apply(live, containers('b', 'x', 'd'), 'two')), 'abcxd');
  assert.equal(order(apply(live, containers('x'), 'two')), 'abcdx');
});

test('an apply that changes nothing changes nothing, time included', () => {
  const live = apply(undefined, configMapOf({ a: '1' }), 'one');
  assert.deepEqual(apply(live, configMapOf({ a: '1' }), 'one', { nowMs: startMs + 60_000 }), live);
});

test('what nobody tracked belongs to before-first-apply', () => {
  const live = configMapOf({ a: '1', b: '1' }, { uid: 'u' });
  assert.equal(
    refusal(() => apply(live, configMapOf({ a: '2' }), 'one')).message,
    'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
  );
  assert.deepEqual(owners(apply(live, configMapOf({ a: '1' }), 'one')), [
    'one Apply {"f:data":{"f:a":{}}}',
    'before-first-apply Update {"f:data":{".":{},"f:a":{},"f:b":{}}}',
  ]);
});

test('kubectl takes over what client-side apply wrote, and keeps its annotation up to date', () => {
  const lastApplied = JSON.stringify(configMapOf({ a: '1' }));
  const annotations = { [lastAppliedAnnotation]: lastApplied };
  const live = update(undefined, configMapOf({ a: '1', b: '1' }, { uid: 'u', annotations }), 'kubectl-client-side-apply');
  const taken = apply(live, configMapOf({ a: '2' }), 'kubectl') as ConfigMap;
  assert.deepEqual(taken.data, { a: '2', b: '1' });
  assert.equal(
    taken.metadata.annotations![lastAppliedAnnotation],
    '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"c"}}\n',
  );
  assert.equal(
    refusal(() => apply(live, configMapOf({ b: '2' }), 'kubectl')).message,
    'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.b',
  );
  assert.equal(refusal(() => apply(live, configMapOf({ a: '2' }), 'other')).code, 409);
});

test('fields that the request cannot change are not owned by it', () => {
  const applied = { ...deploymentOf({ replicas: 1 }), status: { replicas: 3 } };
  assert.deepEqual(owners(apply(undefined, applied, 'one', { ignoredFields: [['status']] })), ['one Apply {"f:spec":{"f:replicas":{}}}']);
});

test('what is not of the type is refused in structured-merge-diff’s words', () => {
  const where = 'failed to create typed patch object (/d; apps/v1, Kind=Deployment): ';
  const cases: [object, string][] = [
    [{ nope: 1 }, '.spec.nope: field not declared in schema'],
    [{ replicas: 'x' }, '.spec.replicas: expected numeric (int or float), got string'],
    [{ paused: 'yes' }, '.spec.paused: expected boolean, got &{yes}'],
    [{ selector: [] }, '.spec.selector: expected map, got &{[]}'],
    [{ template: { spec: { nodeName: 1 } } }, '.spec.template.spec.nodeName: expected string, got &value.valueUnstructured{Value:1}'],
    [
      { template: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } },
      '.spec.template.spec.containers: duplicate entries for key [name="a"]',
    ],
    [
      { replicas: 'x', paused: 1 },
      'errors:\n  .spec.replicas: expected numeric (int or float), got string\n  .spec.paused: expected boolean, got &{1}',
    ],
  ];
  for (const [spec, message] of cases) {
    const error = refusal(() => apply(undefined, deploymentOf(spec), 'one'));
    assert.deepEqual([error.code, error.message], [500, where + message]);
  }
});

test('a configuration may come without metadata', () => {
  const bare = { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } } as unknown as KubeObject;
  assert.deepEqual(owners(apply(undefined, bare, 'kubectl')), ['kubectl Apply {"f:data":{"f:a":{}}}']);
});

test('kinds, versions and managedFields of the configuration are checked', () => {
  const other = { ...configMapOf({}), kind: 'Secret' };
  assert.equal(refusal(() => apply(undefined, other, 'one', { kind: 'ConfigMap' })).message, 'invalid object type: /v1, Kind=Secret');
  assert.equal(
    refusal(() => apply(undefined, configMapOf({}), 'one', { apiVersion: 'v2' })).message,
    'invalid object type: /v1, Kind=ConfigMap',
  );
  assert.equal(
    refusal(() => apply(undefined, configMapOf({}, { managedFields: [] }), 'one')).message,
    'metadata.managedFields must be nil',
  );
  const broken = configMapOf({}, { uid: 'u', managedFields: [{ manager: 'x' }] });
  assert.equal(
    refusal(() => apply(broken, configMapOf({}), 'one')).message,
    'failed to decode managed fields: operation must be `Apply` or `Update`',
  );
});

const content = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { noNullPrototype: true });

test('property: apply is idempotent, holds what it was told, and every applier owns what it said', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('one', 'two'), content), { minLength: 1, maxLength: 6 }), (applies) => {
      let live: ConfigMap | undefined;
      for (const [manager, data] of applies) {
        const once = stored(apply(live, configMapOf(data), manager, { force: true }));
        for (const [name, value] of Object.entries(data)) assert.equal(once.data?.[name], value);
        const again = stored(apply(once, configMapOf(data), manager, { force: true, nowMs: startMs + 9000 }));
        assert.deepEqual(withoutTimestampNoise(again, once), once);
        const said = Object.keys(data).map((name) => `f:${name}`);
        const entry = (once.metadata.managedFields ?? []).find((one) => one.manager === manager);
        const owned = Object.keys((entry?.fieldsV1 as { 'f:data'?: object } | undefined)?.['f:data'] ?? {}).filter((name) => name !== '.');
        assert.deepEqual(owned.sort(), said.sort());
        live = once;
      }
      // What is there is owned by somebody, and what is owned is there.
      const all = new Set(
        (live?.metadata.managedFields ?? []).flatMap(({ fieldsV1 }) => Object.keys((fieldsV1 as { 'f:data'?: object })['f:data'] ?? {})),
      );
      all.delete('.');
      assert.deepEqual(
        [...all].sort(),
        Object.keys(live?.data ?? {})
          .map((name) => `f:${name}`)
          .sort(),
      );
    }),
    { numRuns: 200 },
  );
});
