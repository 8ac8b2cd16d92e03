import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '../../codec/bytes.ts';
import { ProtobufWriter } from '../../codec/protobuf/writer.ts';
import { revisionKey } from './key-record.ts';
import { noServerRecords, takeServerRecord, type ServerRecords } from './server-records.ts';

const none = new Uint8Array();
const eight = (value: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, value >> 8, value & 255);

function taken(...pairs: readonly (readonly [bucket: string, key: Uint8Array | string, value: Uint8Array | string])[]): ServerRecords {
  const bytes = (value: Uint8Array | string) => (typeof value === 'string' ? utf8(value) : value);
  const records = noServerRecords();
  for (const [bucket, key, value] of pairs) takeServerRecord(records, bucket, bytes(key), bytes(value));
  return records;
}

test('what etcd 3.6 says of itself', () => {
  const { consistentIndex, term, confState, storageVersion, clusterVersion, scheduledCompactRevision, finishedCompactRevision } = taken(
    ['meta', 'consistent_index', eight(1234)],
    ['meta', 'term', eight(3)],
    ['meta', 'confState', '{"voters":[1]}'],
    ['meta', 'storageVersion', '3.6.0'],
    ['meta', 'scheduledCompactRev', revisionKey({ main: 900, sub: 0 })],
    ['meta', 'finishedCompactRev', revisionKey({ main: 800, sub: 0 })],
    ['meta', 'somethingLater', 'x'],
    ['cluster', 'clusterVersion', '3.6.0'],
  );
  assert.deepEqual(
    { consistentIndex, term, confState, storageVersion, clusterVersion, scheduledCompactRevision, finishedCompactRevision },
    {
      consistentIndex: 1234n,
      term: 3n,
      confState: '{"voters":[1]}',
      storageVersion: '3.6.0',
      clusterVersion: '3.6.0',
      scheduledCompactRevision: 900,
      finishedCompactRevision: 800,
    },
  );
});

test('alarms, whose members have ids of 64 bits', () => {
  const alarm = (type: number) => new ProtobufWriter().int(1, 0x8e9e05c52164694dn).int(2, type).finish();
  assert.deepEqual(taken(['alarm', alarm(1), none], ['alarm', alarm(2), none], ['alarm', alarm(9), none]).alarms, [
    { memberId: 0x8e9e05c52164694dn, alarm: 'NOSPACE' },
    { memberId: 0x8e9e05c52164694dn, alarm: 'CORRUPT' },
    { memberId: 0x8e9e05c52164694dn, alarm: '9' },
  ]);
});

test('users and roles, without their passwords', () => {
  const user = new ProtobufWriter().string(1, 'root').string(2, '$2a$10$secret').string(3, 'root').string(3, 'reader').finish();
  const role = new ProtobufWriter()
    .string(1, 'writer')
    .message(2, (permission) => permission.int(1, 2).string(2, '/a').string(3, '/b'))
    .finish();
  const { auth } = taken(
    ['auth', 'authEnabled', Uint8Array.of(1)],
    ['auth', 'authRevision', eight(5)],
    ['authUsers', 'root', user],
    ['authRoles', 'writer', role],
  );
  assert.deepEqual(auth, {
    enabled: true,
    revision: 5n,
    users: [{ name: 'root', roles: ['root', 'reader'], noPassword: false }],
    roles: [{ name: 'writer', permissions: [{ type: 'READWRITE', key: '/a', rangeEnd: '/b' }] }],
  });
});

test('members, learners among them', () => {
  const member = { id: 1, peerURLs: ['https://a:2380'], name: 'a', clientURLs: ['https://a:2379'], isLearner: true };
  const { members, removedMembers } = taken(
    ['members', '8e9e05c52164694d', JSON.stringify(member)],
    ['members', 'b', '{}'],
    ['members_removed', 'c', 'removed'],
  );
  assert.deepEqual(members, [
    { id: '8e9e05c52164694d', name: 'a', peerURLs: ['https://a:2380'], clientURLs: ['https://a:2379'], isLearner: true },
    { id: 'b', name: '', peerURLs: [], clientURLs: [], isLearner: false },
  ]);
  assert.deepEqual(removedMembers, ['c']);
});

test('what cannot be is not taken for something', () => {
  assert.throws(() => taken(['meta', 'term', 'x']), RangeError);
  assert.throws(() => taken(['members', 'a', '{']), SyntaxError);
  assert.throws(() => taken(['lease', eight(1), new ProtobufWriter().string(1, 'x').finish()]), RangeError);
});
