import assert from 'node:assert/strict';
import { test } from 'node:test';
import { superfluous } from './history.ts';
import { currentAnnotations, nextRevision, revisionOf, sizeAnnotations } from './revision.ts';
import { deploymentOf, replicaSetOf } from './trial-objects.ts';

const key = (name: string) => `deployment.kubernetes.io/${name}`;
const annotated = (annotations: Record<string, string>) => ({ ...deploymentOf(4), metadata: { ...deploymentOf(4).metadata, annotations } });

test('a new revision is one more than the highest old one', () => {
  assert.equal(nextRevision([]), 1n);
  assert.equal(nextRevision([replicaSetOf('a', 0, { revision: 7 }), replicaSetOf('b', 0, { revision: 3 }), replicaSetOf('c', 0)]), 8n);
  const huge = { ...replicaSetOf('d', 0), metadata: { name: 'd', annotations: { [key('revision')]: '3546343826724305832' } } };
  assert.equal(nextRevision([huge]), 3546343826724305833n);
  assert.equal(revisionOf({ metadata: { annotations: { [key('revision')]: 'x' } } }), undefined);
});

test('a replica set gets the annotations of the deployment, but not those that are the deployment’s own business', () => {
  const own = ['revision', 'revision-history', 'desired-replicas', 'max-replicas'].map((name) => [key(name), '99']);
  const deployment = annotated({
    'kubernetes.io/change-cause': 'why',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    'deprecated.deployment.rollback.to': '1',
    ...Object.fromEntries(own),
  });
  assert.deepEqual(currentAnnotations(deployment, { kept: 'x' }, 1n), {
    kept: 'x',
    'kubernetes.io/change-cause': 'why',
    [key('revision')]: '1',
  });
});

test('a replica set that comes back remembers its revisions', () => {
  const once = currentAnnotations(deploymentOf(4), { [key('revision')]: '1' }, 3n);
  assert.deepEqual(once, { [key('revision')]: '3', [key('revision-history')]: '1' });
  const twice = currentAnnotations(deploymentOf(4), once, 5n);
  assert.deepEqual(twice, { [key('revision')]: '5', [key('revision-history')]: '1,3' });
});

test('a revision is not lowered, and one that is no number stays with all the rest', () => {
  const high = { [key('revision')]: '9' };
  assert.deepEqual(currentAnnotations(deploymentOf(4), high, 3n), high);
  const odd = { [key('revision')]: 'x' };
  assert.deepEqual(currentAnnotations(annotated({ a: 'b' }), odd, 3n), odd);
});

test('a long history loses its oldest revisions', () => {
  const history = Array.from({ length: 500 }, (_, i) => 1000 + i).join(',');
  const next = currentAnnotations(deploymentOf(4), { [key('revision')]: '1500', [key('revision-history')]: history }, 1501n);
  const kept = next[key('revision-history')]!;
  assert.ok(kept.length <= 2000 && kept.endsWith(',1499,1500'), kept);
});

test('the size is told with and without surge', () => {
  assert.deepEqual(sizeAnnotations(deploymentOf(10)), { [key('desired-replicas')]: '10', [key('max-replicas')]: '13' });
});

test('of the history the lowest revisions go, those without pods alone', () => {
  const old = [
    replicaSetOf('a', 0, { revision: 5 }),
    replicaSetOf('b', 0, { revision: 2 }),
    replicaSetOf('c', 1, { revision: 1 }),
    replicaSetOf('d', 0, { revision: 3, unobserved: true }),
    replicaSetOf('e', 0, { revision: 4, actual: 1 }),
  ];
  const names = (limit: number) => superfluous(deploymentOf(4, { revisionHistoryLimit: limit }), old).map(({ metadata }) => metadata.name);
  assert.deepEqual(names(5), []);
  assert.deepEqual(names(2), ['b']);
  assert.deepEqual(names(0), ['b', 'a']);
  assert.deepEqual(names(2 ** 31 - 1), []);
});
