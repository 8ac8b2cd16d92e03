import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podInfoOf } from '../pod-info.ts';
import { testPod } from '../plugins/test-objects.ts';
import { Nominator } from './nominator.ts';

const nominatedTo = (nominatedNodeName?: string) => podInfoOf({ ...testPod('p'), status: nominatedNodeName ? { nominatedNodeName } : {} });
const on = (nominator: Nominator, ...nodes: string[]) => nodes.map((node) => nominator.on(node).map(({ key }) => key));

test('a nomination is read from the status, replaced by the next and taken back by an empty one', () => {
  const nominator = new Nominator();
  nominator.put(nominatedTo('n'));
  assert.deepEqual(on(nominator, 'n', 'm'), [['default/p'], []]);
  nominator.put(nominatedTo('n'), 'm');
  assert.deepEqual(on(nominator, 'n', 'm'), [[], ['default/p']]);
  nominator.put(nominatedTo('n'), '');
  assert.equal(nominator.size, 0);
});

test('our own nomination outlives an update that does not know of it yet', () => {
  const nominator = new Nominator();
  nominator.put(nominatedTo(), 'n');
  nominator.update(nominatedTo().pod, nominatedTo());
  assert.deepEqual(on(nominator, 'n'), [['default/p']]);
});

test('an update that takes the nomination from the status ends it', () => {
  const nominator = new Nominator();
  nominator.put(nominatedTo('n'));
  nominator.update(nominatedTo('n').pod, nominatedTo());
  assert.equal(nominator.size, 0);
});
