import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim } from '../generated/core/v1.ts';
import { matchingVolume, mismatch } from './matching.ts';

const volume = (name: string, storage: string, spec: Partial<PersistentVolume['spec']> = {}, labels = {}): PersistentVolume => ({
  metadata: { name, labels },
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp/x' }, ...spec },
  status: {},
});
const claim = (storage: string, spec: Partial<PersistentVolumeClaim['spec']> = {}): PersistentVolumeClaim => ({
  metadata: { namespace: 'ns', name: 'c', uid: 'u' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
  status: {},
});
const find = (wanted: PersistentVolumeClaim, ...volumes: PersistentVolume[]) => matchingVolume(wanted, volumes)?.metadata.name;
const reservedFor = (name: string, uid?: string) => ({ claimRef: { namespace: 'ns', name, ...(uid && { uid }) } });

describe('matchingVolume()', () => {
  test('is the smallest that is large enough, of equals the first by name', () => {
    assert.equal(find(claim('5Gi'), volume('large', '10Gi'), volume('small', '1Gi'), volume('b', '6Gi'), volume('a', '6Gi')), 'a');
    assert.equal(find(claim('50Gi'), volume('large', '10Gi')), undefined);
  });

  test('offers every access mode asked for, and few beyond them', () => {
    const both = volume('both', '1Gi', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] });
    assert.equal(find(claim('1Gi'), both, volume('one', '9Gi')), 'one');
    assert.equal(find(claim('1Gi', { accessModes: ['ReadOnlyMany'] }), both, volume('one', '9Gi')), 'both');
    assert.equal(find(claim('1Gi', { accessModes: ['ReadWriteMany'] }), both), undefined);
  });

  test('has the class, the mode and the labels asked for', () => {
    assert.equal(
      find(claim('1Gi', { storageClassName: 'fast' }), volume('slow', '1Gi'), volume('fast', '9Gi', { storageClassName: 'fast' })),
      'fast',
    );
    assert.equal(find(claim('1Gi', { volumeMode: 'Block' }), volume('files', '1Gi')), undefined);
    assert.equal(
      find(claim('1Gi', { selector: { matchLabels: { a: 'b' } } }), volume('x', '1Gi'), volume('y', '2Gi', {}, { a: 'b' })),
      'y',
    );
  });

  test('is the one that is reserved for the claim, and none that is for another', () => {
    assert.equal(find(claim('1Gi'), volume('small', '1Gi'), volume('mine', '9Gi', reservedFor('c'))), 'mine');
    assert.equal(
      find(claim('1Gi'), volume('other', '1Gi', reservedFor('d')), volume('older', '1Gi', reservedFor('c', 'before'))),
      undefined,
    );
    assert.equal(find(claim('10Gi'), volume('mine', '9Gi', reservedFor('c')), volume('large', '20Gi')), 'large');
  });

  test('with reservedOnly leaves the free ones to the scheduler', () => {
    const options = { reservedOnly: true };
    assert.equal(matchingVolume(claim('1Gi'), [volume('free', '1Gi')], options), undefined);
    assert.equal(matchingVolume(claim('1Gi'), [volume('mine', '1Gi', reservedFor('c'))], options)?.metadata.name, 'mine');
  });
});

test('mismatch() says what is wrong with a volume that was named', () => {
  assert.equal(mismatch(claim('1Gi'), volume('v', '1Gi')), undefined);
  assert.equal(mismatch(claim('2Gi'), volume('v', '1Gi')), 'requested PV is too small');
  assert.equal(mismatch(claim('1Gi', { storageClassName: 'x' }), volume('v', '1Gi')), 'storageClassName does not match');
  assert.equal(mismatch(claim('1Gi', { volumeMode: 'Block' }), volume('v', '1Gi')), 'incompatible volumeMode');
  assert.equal(mismatch(claim('1Gi', { accessModes: ['ReadWriteMany'] }), volume('v', '1Gi')), 'incompatible accessMode');
});
