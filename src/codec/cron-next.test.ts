import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextFireMs } from './cron-next.ts';
import { parseCron } from './cron.ts';

/** The next times in order, each after the one before. */
function fires(schedule: string, after: string, count: number, zone?: string): (string | undefined)[] {
  const times: (string | undefined)[] = [];
  let ms: number | undefined = Date.parse(after);
  while (times.length < count && ms !== undefined) {
    ms = nextFireMs(parseCron(schedule), ms, zone);
    times.push(ms === undefined ? undefined : new Date(ms).toISOString().replace(':00.000Z', 'Z'));
  }
  return times;
}

test('a time fires after itself, not at itself', () => {
  assert.deepEqual(fires('*/15 * * * *', '2026-01-01T00:15:00Z', 2), ['2026-01-01T00:30Z', '2026-01-01T00:45Z']);
  assert.deepEqual(fires('* * * * *', '2026-01-01T00:15:59.999Z', 1), ['2026-01-01T00:16Z']);
});

test('months, days and hours are found across years', () => {
  assert.deepEqual(fires('30 6 29 2 *', '2026-01-01T00:00:00Z', 1), ['2028-02-29T06:30Z']);
  assert.deepEqual(fires('0 0 1 1 *', '2026-01-01T00:00:00Z', 1), ['2027-01-01T00:00Z']);
  assert.deepEqual(fires('0 0 30 2 *', '2026-01-01T00:00:00Z', 1), [undefined]);
});

test('a day of the week and a day of the month: either suffices, unless one is left open', () => {
  assert.deepEqual(fires('0 0 13 * 5', '2026-02-01T00:00:00Z', 3), ['2026-02-06T00:00Z', '2026-02-13T00:00Z', '2026-02-20T00:00Z']);
  assert.deepEqual(fires('0 0 * * 1', '2026-02-01T00:00:00Z', 2), ['2026-02-02T00:00Z', '2026-02-09T00:00Z']);
});

test('every so often counts from whole seconds', () => {
  assert.equal(nextFireMs(parseCron('@every 90s'), Date.parse('2026-01-01T00:00:00.700Z')), Date.parse('2026-01-01T00:01:30Z'));
});

test('a time that is left out when the clock is put forward does not fire that day', () => {
  assert.deepEqual(fires('30 2 * * *', '2026-03-07T00:00:00Z', 3, 'America/New_York'), [
    '2026-03-07T07:30Z',
    '2026-03-09T06:30Z',
    '2026-03-10T06:30Z',
  ]);
  assert.deepEqual(fires('0 * * * *', '2026-03-08T05:30:00Z', 3, 'America/New_York'), [
    '2026-03-08T06:00Z',
    '2026-03-08T07:00Z',
    '2026-03-08T08:00Z',
  ]);
});

test('a time that comes twice when the clock is put back fires twice', () => {
  assert.deepEqual(fires('30 1 * * *', '2026-11-01T00:00:00Z', 3, 'America/New_York'), [
    '2026-11-01T05:30Z',
    '2026-11-01T06:30Z',
    '2026-11-02T06:30Z',
  ]);
});

test('a day may begin at one, and offsets may be of half hours', () => {
  assert.deepEqual(fires('0 3 * * *', '2026-09-05T12:00:00Z', 2, 'America/Santiago'), ['2026-09-06T06:00Z', '2026-09-07T06:00Z']);
  assert.deepEqual(fires('0 0 * * *', '2026-01-01T00:00:00Z', 1, 'Asia/Kolkata'), ['2026-01-01T18:30Z']);
});

test("the schedule's own time zone goes before the given one", () => {
  assert.deepEqual(fires('TZ=Asia/Tokyo 0 9 * * *', '2026-01-01T00:00:00Z', 1, 'America/New_York'), ['2026-01-02T00:00Z']);
});
