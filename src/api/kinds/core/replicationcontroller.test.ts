import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReplicationController as ReplicationControllerType } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { fieldErrorText } from '../../field-error.ts';
import { PodTemplate } from './podtemplate.ts';
import { ReplicationController } from './replicationcontroller.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };

function controller(spec: object, metadata: object = {}): ReplicationControllerType {
  const draft = structuredClone({ metadata: { name: 'web', ...metadata }, spec }) as Draft<ReplicationControllerType>;
  ReplicationController.strategy.defaults!(draft);
  return draft;
}
const problems = (spec: object) => ReplicationController.strategy.validate!(controller(spec)).map(fieldErrorText);

test("the template's labels become selector and labels, where none are said", () => {
  const { spec, metadata } = controller({ template });
  assert.deepEqual([spec.selector, metadata.labels, spec.replicas], [{ app: 'web' }, { app: 'web' }, 1]);
  assert.equal(spec.template?.spec?.restartPolicy, 'Always');
  const said = controller({ template, selector: { a: 'b' }, replicas: 0 }, { labels: { c: 'd' } });
  assert.deepEqual([said.spec.selector, said.metadata.labels, said.spec.replicas], [{ a: 'b' }, { c: 'd' }, 0]);
});

test('the selector matches the template', () => {
  assert.deepEqual(problems({ template }), []);
  assert.deepEqual(problems({ template, selector: { app: 'other' } }), [
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ]);
});

test('what is missing or cannot be', () => {
  assert.deepEqual(problems({ replicas: -1 }), [
    'spec.selector: Required value',
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    'spec.template: Required value',
  ]);
  const once = { ...template, spec: { ...template.spec, restartPolicy: 'Never', activeDeadlineSeconds: 5 } };
  assert.deepEqual(problems({ template: once }), [
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported',
  ]);
});

test('a disk is shared only for reading', () => {
  const disk = { ...template, spec: { ...template.spec, volumes: [{ name: 'd', gcePersistentDisk: { pdName: 'p' } }] } };
  assert.deepEqual(problems({ template: disk }), []);
  assert.deepEqual(problems({ template: disk, replicas: 2 }), [
    'spec.template.spec.volumes[0].gcePersistentDisk.readOnly: Invalid value: false: must be true for replicated pods > 1; GCE PD can only be mounted on multiple machines if it is read-only',
  ]);
});

test('status counts stay below each other', () => {
  const status = { replicas: 2, readyReplicas: 1, availableReplicas: 3 };
  const next = { ...controller({ template }), status };
  assert.deepEqual(ReplicationController.strategy.validateStatusUpdate!(next, next).map(fieldErrorText), [
    'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas',
  ]);
});

test('kubectl shows replication controllers and pod templates', () => {
  const cells = ReplicationController.columns
    .filter(({ name }) => name !== 'Age')
    .map((column) => column.cell(controller({ template }), 0));
  assert.deepEqual(cells, ['web', 1, 0, 0, 'web', 'nginx', 'app=web']);
  const podTemplate = { metadata: { name: 't' }, template } as Parameters<(typeof PodTemplate.columns)[number]['cell']>[0];
  assert.deepEqual(
    PodTemplate.columns.map((column) => column.cell(podTemplate, 0)),
    ['t', 'web', 'nginx', 'app=web'],
  );
  assert.deepEqual(
    PodTemplate.columns.map(({ name }) => name),
    ['Name', 'Containers', 'Images', 'Pod Labels'],
  );
});

test('a pod template is checked as any other', () => {
  const bare = { metadata: { name: 't' } } as Draft<Parameters<NonNullable<typeof PodTemplate.strategy.validate>>[0]>;
  PodTemplate.strategy.defaults!(bare);
  assert.deepEqual(PodTemplate.strategy.validate!(bare).map(fieldErrorText), ['template.spec.containers: Required value']);
});
