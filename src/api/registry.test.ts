import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineKind, type Kind } from './kind.ts';
import { KindRegistry } from './registry.ts';
import { parseRuntimeConfig } from './runtime-config.ts';

const kindOf = (group: string, version: string, kind: string, more: Partial<Kind> = {}): Kind =>
  defineKind({ group, version, kind, plural: `${kind.toLowerCase()}s`, namespaced: true, schema: () => ({ type: 'object' }), ...more });

const same = <T>(value: T) => value;
const builtIn = [
  kindOf('autoscaling', 'v1', 'Scaler', {
    storage: { group: 'autoscaling', version: 'v2', toStored: same, fromStored: same },
    categories: ['all'],
  }),
  kindOf('autoscaling', 'v2', 'Scaler', { categories: ['all'] }),
  kindOf('batch', 'v1', 'Job', { categories: ['all'] }),
  kindOf('batch', 'v1', 'CronJob'),
  kindOf('batch', 'v1beta1', 'CronJob'),
  kindOf('resource.k8s.io', 'v1alpha3', 'Taint'),
  kindOf('', 'v1', 'Pod', { categories: ['all'] }),
];
const served = (config: string) => new KindRegistry(builtIn, parseRuntimeConfig(config)).kinds.map(nameOf);
const nameOf = (kind: Kind) => `${kind.group}/${kind.version}/${kind.plural}`;

test('groups and versions stand in discovery order, the best version first', () => {
  const registry = new KindRegistry(builtIn, parseRuntimeConfig('api/all=true'));
  assert.deepEqual(
    registry.groupVersions.map(({ group, version }) => `${group}/${version}`),
    ['/v1', 'autoscaling/v2', 'autoscaling/v1', 'batch/v1', 'batch/v1beta1', 'resource.k8s.io/v1alpha3'],
  );
  assert.deepEqual(registry.groups[2], { group: 'batch', versions: ['v1', 'v1beta1'], preferredVersion: 'v1' });
  assert.equal(registry.preferredVersion('autoscaling'), 'v2');
  assert.equal(registry.preferredVersion('nowhere'), undefined);
});

test('only stable versions are served unless asked', () => {
  assert.deepEqual(served(''), ['/v1/pods', 'autoscaling/v2/scalers', 'autoscaling/v1/scalers', 'batch/v1/cronjobs', 'batch/v1/jobs']);
});

test('byResource() and byKind() answer served kinds only', () => {
  const registry = new KindRegistry(builtIn);
  assert.equal(registry.byResource('batch', 'v1', 'jobs')?.kind, 'Job');
  assert.equal(registry.byKind('', 'v1', 'Pod')?.plural, 'pods');
  assert.equal(registry.byResource('batch', 'v1beta1', 'cronjobs'), undefined);
  assert.deepEqual(registry.kindsOf({ group: 'batch', version: 'v1' }).map(nameOf), ['batch/v1/cronjobs', 'batch/v1/jobs']);
  assert.deepEqual(registry.kindsOf({ group: 'batch', version: 'v9' }), []);
});

test('storedAs() finds the stored version even where it is not served', () => {
  const registry = new KindRegistry(builtIn, parseRuntimeConfig('autoscaling/v2=false'));
  const v1 = registry.byResource('autoscaling', 'v1', 'scalers')!;
  assert.equal(registry.byResource('autoscaling', 'v2', 'scalers'), undefined);
  assert.equal(registry.storedAs(v1).version, 'v2');
  assert.equal(registry.storedAs(registry.byResource('', 'v1', 'pods')!).version, 'v1');
});

test('inCategory() names each resource once, in its preferred version', () => {
  assert.deepEqual(new KindRegistry(builtIn).inCategory('all').map(nameOf), ['/v1/pods', 'autoscaling/v2/scalers', 'batch/v1/jobs']);
});

test('withCustom() serves custom kinds after the built-in ones and forgets those it had', () => {
  const widget = { ...kindOf('example.com', 'v1beta1', 'Widget'), servedByDefault: true };
  const first = new KindRegistry(builtIn).withCustom([widget]);
  assert.equal(first.groupVersions.at(-1)?.group, 'example.com');
  assert.equal(first.has(widget), true);
  const second = first.withCustom([kindOf('example.org', 'v1', 'Gadget')]);
  assert.equal(second.byResource('example.com', 'v1beta1', 'widgets'), undefined);
  assert.equal(second.byResource('example.org', 'v1', 'gadgets')?.kind, 'Gadget');
  assert.equal(second.has(widget), false);
});

test('a custom kind that is not served may still be what objects are stored as', () => {
  const old = { ...kindOf('example.com', 'v1alpha1', 'Widget'), servedByDefault: false };
  const registry = new KindRegistry(builtIn, new Map(), [old]);
  assert.equal(registry.byResource('example.com', 'v1alpha1', 'widgets'), undefined);
  assert.equal(registry.has(old), true);
});

test('a custom kind does not take the place of a built-in one', () => {
  const impostor = kindOf('', 'v1', 'Pod');
  const registry = new KindRegistry(builtIn, new Map(), [impostor]);
  assert.notEqual(registry.byResource('', 'v1', 'pods'), impostor);
  assert.equal(registry.has(impostor), false);
});

const configs: readonly (readonly [config: string, beta: boolean, cronJobs: boolean, jobs: boolean])[] = [
  ['api/beta=true', true, true, true],
  ['api/all=false,batch/v1=true', false, true, true],
  ['api/all=true,api/beta=false', false, true, true],
  ['batch/v1/cronjobs=false', false, false, true],
  ['batch/v1=false,batch/v1/cronjobs=true', false, true, false],
  ['batch/v1beta1', true, true, true],
  ['api/beta=true,batch/v1beta1=false', false, true, true],
];
for (const [config, beta, cronJobs, jobs] of configs)
  test(`--runtime-config=${config}`, () => {
    const all = served(config);
    assert.equal(all.includes('batch/v1beta1/cronjobs'), beta);
    assert.equal(all.includes('batch/v1/cronjobs'), cronJobs);
    assert.equal(all.includes('batch/v1/jobs'), jobs);
  });

const refused: readonly (readonly [config: string, message: string])[] = [
  ['api/all=false', 'invalid runtime-config with only api/all=false'],
  ['api/beta=yes', 'invalid value api/beta=yes'],
  ['nope.io/v1=true,zz/v1', 'unknown api groups nope.io/v1,zz/v1'],
  ['batch/v7=true', 'group version batch/v7 that has not been registered'],
  [
    'batch/v1/CronJobs=true',
    'invalid key batch/v1/CronJobs: group/version/resource and resource is always lowercase plural, not "CronJobs"',
  ],
  ['batch/v1=maybe', 'invalid value of batch/v1: maybe, err: strconv.ParseBool: parsing "maybe": invalid syntax'],
];
for (const [config, message] of refused)
  test(`--runtime-config=${config} is refused`, () => assert.throws(() => served(config), { name: 'RuntimeConfigError', message }));
