import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noServerRecords } from '../../store/snapshot/server-records.ts';
import { warningsOf } from './warnings.ts';

const sound = { trailer: 'verified', sizeBytes: 1000, database: { warning: undefined } } as const;
const server = () => ({ ...noServerRecords(), consistentIndex: 1n });

test('of a sound file there is nothing to warn of', () => {
  assert.deepEqual(warningsOf(sound, { server: server(), bumpMarkers: 0 }), []);
});

test('what a restore would bring back, and what nobody vouches for, is said first', () => {
  const warnings = warningsOf(
    { trailer: 'absent', sizeBytes: 3 * 1024 ** 3, database: { warning: 'page 0: its checksum is wrong' } },
    {
      server: {
        ...server(),
        alarms: [{ memberId: 1n, alarm: 'NOSPACE' }],
        auth: { enabled: true, revision: 1n, users: [], roles: [] },
        scheduledCompactRevision: 9,
        finishedCompactRevision: 5,
      },
      bumpMarkers: 1,
    },
  );
  const said = [
    /^no checksum/,
    /^one of two meta pages/,
    /^the alarm NOSPACE/,
    /^authentication is on/,
    /^a compaction at revision 9/,
    /bumped/,
    /2 GiB/,
  ];
  assert.equal(warnings.length, said.length);
  for (const [index, sentence] of said.entries()) assert.match(warnings[index]!, sentence);
});
