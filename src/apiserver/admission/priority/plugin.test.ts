import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod as PodType } from '../../../api/generated/core/v1.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { PriorityClass } from '../../../api/kinds/scheduling/priorityclass.ts';
import { admit, readerOf } from '../trial.ts';
import { priorityAdmission } from './plugin.ts';

const priorityClass = (name: string, value: number, more: object = {}) =>
  [PriorityClass, { metadata: { name }, value, preemptionPolicy: 'PreemptLowerPriority', ...more }] as const;
const high = priorityClass('high', 1000, { preemptionPolicy: 'Never' });
const usual = priorityClass('usual', 10, { globalDefault: true });

const create = (spec: object, ...classes: ReturnType<typeof priorityClass>[]) =>
  admit<PodType>(priorityAdmission(readerOf(...classes)), { kind: Pod, object: { metadata: { name: 'web' }, spec } });

describe('Priority', () => {
  test('takes the number and the policy from the class', async () => {
    const { spec } = await create({ priorityClassName: 'high' }, high);
    assert.deepEqual([spec.priority, spec.preemptionPolicy], [1000, 'Never']);
  });

  test('falls back on the default class, the least of several, and on zero', async () => {
    const { spec } = await create({}, high, priorityClass('more', 20, { globalDefault: true }), usual);
    assert.deepEqual([spec.priorityClassName, spec.priority], ['usual', 10]);
    const none = (await create({}, high)).spec;
    assert.deepEqual([none.priorityClassName, none.priority, none.preemptionPolicy], [undefined, 0, 'PreemptLowerPriority']);
  });

  test('refuses a class that is not there, and a number of the pod’s own', async () => {
    await assert.rejects(create({ priorityClassName: 'x' }), {
      code: 403,
      message: 'pods "web" is forbidden: no PriorityClass with name x was found',
    });
    await assert.rejects(create({ priorityClassName: 'high', priority: 5 }, high), {
      message:
        'pods "web" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 1000 from the given PriorityClass name',
    });
  });

  test('keeps what an update leaves out', async () => {
    const updated = await admit<PodType>(priorityAdmission(readerOf()), {
      kind: Pod,
      object: { metadata: { name: 'web' }, spec: {} },
      old: { metadata: { name: 'web' }, spec: { priority: 7 } },
    });
    assert.equal(updated.spec.priority, 7);
  });

  test('lets only one class be the default', async () => {
    const plugin = priorityAdmission(readerOf(usual));
    const object = { metadata: { name: 'other' }, value: 1, globalDefault: true };
    await assert.rejects(
      admit(plugin, { kind: PriorityClass, object }),
      /PriorityClass usual is already marked as default\. Only one default can exist$/,
    );
    await admit(plugin, { kind: PriorityClass, object: usual[1], old: usual[1] });
  });
});
