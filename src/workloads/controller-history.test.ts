import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ControllerRevision as ControllerRevisionObject } from '../api/generated/apps/v1.ts';
import type { PodTemplateSpec } from '../api/generated/core/v1.ts';
import { ControllerRevision } from '../api/kinds/apps/controllerrevision.ts';
import { StatefulSet } from '../api/kinds/apps/statefulset.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import {
  createRevision,
  inOrder,
  keepsTemplate,
  newRevision,
  nextRevision,
  revisionHash,
  surplus,
  templateOf,
  type NewRevision,
} from './controller-history.ts';

const template = (image: string): PodTemplateSpec => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image }] },
});
const wanted = (more: Partial<NewRevision> = {}): NewRevision => ({
  owner: { metadata: { name: 'web', namespace: 'default', uid: 'u' } },
  ownerKind: StatefulSet,
  template: template('a'),
  revision: 1,
  hashLabel: 'controller.kubernetes.io/hash',
  collisionCount: 0,
  ...more,
});
const numbered = (...numbers: number[]): ControllerRevisionObject[] =>
  numbers.map((revision) => ({ metadata: { name: `r${revision}` }, revision }));

test('a revision has the labels of its template, a name by its hash, and gives its template back', () => {
  const revision = newRevision(wanted());
  const hash = revisionHash(template('a'), 0);
  assert.equal(revision.metadata.name, `web-${hash}`);
  assert.deepEqual(revision.metadata.labels, { app: 'web', 'controller.kubernetes.io/hash': hash });
  assert.equal(revision.metadata.ownerReferences?.[0]?.kind, 'StatefulSet');
  assert.deepEqual(templateOf(revision), template('a'));
  assert.ok(keepsTemplate(revision, template('a')));
  assert.ok(!keepsTemplate(revision, template('b')));
});

test('a long name of the owner is cut', () => {
  const { metadata } = newRevision(wanted({ owner: { metadata: { name: 'x'.repeat(253) } } }));
  assert.match(metadata.name ?? '', /^x{223}-[a-z0-9]+$/);
});

test('revisions are ordered by number, then age; the next number follows the greatest', () => {
  assert.deepEqual(inOrder(numbered(3, 1, 2)).map(({ revision }) => revision), [1, 2, 3]); // prettier-ignore
  assert.equal(nextRevision(numbered(3, 1)), 4);
  assert.equal(nextRevision([]), 1);
});

test('the oldest beyond the limit are surplus, never those in use', () => {
  const names = (live: string[], limit: number) => surplus(numbered(4, 1, 3, 2), new Set(live), limit).map(({ metadata }) => metadata.name);
  assert.deepEqual(names([], 2), ['r1', 'r2']);
  assert.deepEqual(names(['r1'], 2), ['r2']);
  assert.deepEqual(names(['r1'], 0), ['r2', 'r3', 'r4']);
  assert.deepEqual(names([], -1), []);
});

describe('creating a revision', () => {
  let plane: VirtualControlPlane;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
  });
  afterEach(() => plane[Symbol.dispose]());

  test('one that is there already is taken', async () => {
    const first = await createRevision(plane, wanted());
    const second = await createRevision(plane, wanted({ revision: 2 }));
    assert.equal(second.revision.metadata.uid, first.revision.metadata.uid);
    assert.equal(second.collisionCount, 0);
  });

  test('one of the same name that keeps something else makes it look for another name', async () => {
    const taken = newRevision(wanted());
    await plane.client.create(ControllerRevision, { ...taken, data: { spec: {} } });
    const { revision, collisionCount } = await createRevision(plane, wanted());
    assert.equal(collisionCount, 1);
    assert.equal(revision.metadata.name, `web-${revisionHash(template('a'), 1)}`);
  });
});
