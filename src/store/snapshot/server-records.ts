import { text } from '../../codec/bytes.ts';
import { ProtobufReader } from '../../codec/protobuf/reader.ts';
import type { LeaseId } from '../store.ts';
import { keyOfBytes } from './byte-order.ts';
import { readRevision } from './key-record.ts';

/** What etcd keeps beside the keys. Absent is what the file does not say: older versions write less. */
export interface ServerRecords {
  consistentIndex?: bigint;
  term?: bigint;
  /** `{"voters":[…],…}`. */
  confState?: string;
  /** 0 where nothing was ever compacted. A scheduled compaction later than the finished one was not done yet. */
  scheduledCompactRevision: number;
  finishedCompactRevision: number;
  /** `3.6.0`; written from 3.6 on. */
  storageVersion?: string;
  clusterVersion?: string;
  downgrade?: string;
  leases: LeaseRecord[];
  alarms: AlarmRecord[];
  auth: { enabled: boolean; revision: bigint; users: UserRecord[]; roles: RoleRecord[] };
  members: MemberRecord[];
  /** Ids in hexadecimal. */
  removedMembers: string[];
}

export interface LeaseRecord {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  /** What was left when a checkpoint was made; 0 where none was. */
  readonly remainingSeconds: number;
}

export interface AlarmRecord {
  readonly memberId: bigint;
  readonly alarm: string;
}

export interface UserRecord {
  readonly name: string;
  readonly roles: readonly string[];
  readonly noPassword: boolean;
}

export interface RoleRecord {
  readonly name: string;
  readonly permissions: readonly { readonly type: string; readonly key: string; readonly rangeEnd: string }[];
}

export interface MemberRecord {
  /** In hexadecimal. */
  readonly id: string;
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
  readonly isLearner: boolean;
}

export const noServerRecords = (): ServerRecords => ({
  scheduledCompactRevision: 0,
  finishedCompactRevision: 0,
  leases: [],
  alarms: [],
  auth: { enabled: false, revision: 0n, users: [], roles: [] },
  members: [],
  removedMembers: [],
});

/** Takes in one pair of any bucket but `key`. What nobody knows is passed over. Throws RangeError, ProtobufError or SyntaxError for what cannot be. */
export function takeServerRecord(into: ServerRecords, bucket: string, key: Uint8Array, value: Uint8Array): void {
  switch (bucket) {
    case 'meta':
      return takeMeta(into, keyOfBytes(key), value);
    case 'lease':
      into.leases.push(leaseOf(value));
      return;
    case 'alarm':
      into.alarms.push(alarmOf(key));
      return;
    case 'auth':
      if (keyOfBytes(key) === 'authEnabled') into.auth.enabled = value[0] === 1;
      else if (keyOfBytes(key) === 'authRevision') into.auth.revision = bigEndian(value);
      return;
    case 'authUsers':
      into.auth.users.push(userOf(value));
      return;
    case 'authRoles':
      into.auth.roles.push(roleOf(value));
      return;
    case 'cluster':
      if (keyOfBytes(key) === 'clusterVersion') into.clusterVersion = text(value);
      else if (keyOfBytes(key) === 'downgrade') into.downgrade = text(value);
      return;
    case 'members':
      into.members.push(memberOf(text(key), value));
      return;
    case 'members_removed':
      into.removedMembers.push(text(key));
  }
}

function takeMeta(into: ServerRecords, key: string, value: Uint8Array): void {
  if (key === 'consistent_index') into.consistentIndex = bigEndian(value);
  else if (key === 'term') into.term = bigEndian(value);
  else if (key === 'confState') into.confState = text(value);
  else if (key === 'storageVersion') into.storageVersion = text(value);
  else if (key === 'scheduledCompactRev') into.scheduledCompactRevision = readRevision(value).main;
  else if (key === 'finishedCompactRev') into.finishedCompactRevision = readRevision(value).main;
}

function bigEndian(value: Uint8Array): bigint {
  if (value.length !== 8) throw new RangeError(`a number of ${value.length} bytes`);
  return new DataView(value.buffer, value.byteOffset).getBigUint64(0);
}

/** Visits the fields of a message that are of the kinds etcd's records have. */
function fieldsOf(message: string, bytes: Uint8Array, visit: (field: number, reader: ProtobufReader) => boolean): void {
  const reader = new ProtobufReader(bytes);
  while (reader.next(message)) if ((reader.wireType !== 0 && reader.wireType !== 2) || !visit(reader.field, reader)) reader.skip();
}

const number = (reader: ProtobufReader): number | bigint => {
  if (reader.wireType !== 0) throw new RangeError(`field ${reader.field} is no number`);
  return reader.int64();
};
const string = (reader: ProtobufReader): string => {
  if (reader.wireType !== 2) throw new RangeError(`field ${reader.field} is no text`);
  return reader.string();
};
const inner = (reader: ProtobufReader): Uint8Array => {
  if (reader.wireType !== 2) throw new RangeError(`field ${reader.field} is no message`);
  return reader.bytes();
};

function leaseOf(value: Uint8Array): LeaseRecord {
  const lease = { id: 0n, ttlSeconds: 0, remainingSeconds: 0 };
  fieldsOf('Lease', value, (field, reader) => {
    if (field === 1) lease.id = BigInt(number(reader));
    else if (field === 2) lease.ttlSeconds = Number(number(reader));
    else if (field === 3) lease.remainingSeconds = Number(number(reader));
    return field <= 3;
  });
  return lease;
}

const alarmNames = ['NONE', 'NOSPACE', 'CORRUPT'];

function alarmOf(key: Uint8Array): AlarmRecord {
  const alarm = { memberId: 0n, alarm: 'NONE' };
  fieldsOf('AlarmMember', key, (field, reader) => {
    if (field === 1) alarm.memberId = BigInt.asUintN(64, BigInt(number(reader)));
    else if (field === 2) alarm.alarm = nameOf(alarmNames, Number(number(reader)));
    return field <= 2;
  });
  return alarm;
}

function userOf(value: Uint8Array): UserRecord {
  const user = { name: '', roles: [] as string[], noPassword: false };
  fieldsOf('User', value, (field, reader) => {
    if (field === 1) user.name = string(reader);
    else if (field === 3) user.roles.push(string(reader));
    else if (field === 4)
      fieldsOf('UserAddOptions', inner(reader), (option, options) => {
        if (option === 1) user.noPassword = number(options) !== 0;
        return option === 1;
      });
    return field === 1 || field === 3 || field === 4;
  });
  return user;
}

const permissionNames = ['READ', 'WRITE', 'READWRITE'];

function roleOf(value: Uint8Array): RoleRecord {
  const role = { name: '', permissions: [] as { type: string; key: string; rangeEnd: string }[] };
  fieldsOf('Role', value, (field, reader) => {
    if (field === 1) role.name = string(reader);
    else if (field === 2) role.permissions.push(permissionOf(inner(reader)));
    return field <= 2;
  });
  return role;
}

function permissionOf(value: Uint8Array): { type: string; key: string; rangeEnd: string } {
  const permission = { type: 'READ', key: '', rangeEnd: '' };
  fieldsOf('Permission', value, (field, reader) => {
    if (field === 1) permission.type = nameOf(permissionNames, Number(number(reader)));
    else if (field === 2) permission.key = string(reader);
    else if (field === 3) permission.rangeEnd = string(reader);
    return field <= 3;
  });
  return permission;
}

const nameOf = (names: readonly string[], value: number): string => names[value] ?? String(value);

function memberOf(id: string, value: Uint8Array): MemberRecord {
  const member = JSON.parse(text(value)) as Readonly<Record<string, unknown>> | null;
  const urls = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : []);
  return {
    id,
    name: typeof member?.['name'] === 'string' ? member['name'] : '',
    peerURLs: urls(member?.['peerURLs']),
    clientURLs: urls(member?.['clientURLs']),
    isLearner: member?.['isLearner'] === true,
  };
}
