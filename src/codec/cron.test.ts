import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCron } from './cron.ts';
import { parseGoDuration } from './go-duration.ts';
import { isTimeZone } from './time-zone.ts';

function fields(text: string) {
  const schedule = parseCron(text);
  assert.ok('minutes' in schedule);
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = schedule;
  return [minutes, hours, daysOfMonth, months, daysOfWeek].map(({ values, any }) => (any ? '*' : [...values].join(',')));
}

const good: readonly (readonly [text: string, fields: readonly string[]])[] = [
  ['* * * * *', ['*', '*', '*', '*', '*']],
  ['*/15 3 1-5 jan,JUL mon-fri', ['0,15,30,45', '3', '1,2,3,4,5', '1,7', '1,2,3,4,5']],
  ['5/20 ? */1 * 0', ['5,25,45', '*', '*', '*', '0']],
  ['  0   0  1 1  * ', ['0', '0', '1', '1', '*']],
  ['@weekly', ['0', '0', '*', '*', '0']],
  ['TZ=Asia/Seoul 30 6 * * *', ['30', '6', '*', '*', '*']],
];
for (const [text, expected] of good) test(`parseCron(${JSON.stringify(text)})`, () => assert.deepEqual(fields(text), expected));

test('parseCron() takes @every with a duration of whole seconds', () => {
  assert.deepEqual(parseCron('@every 1h30m'), { everyMs: 5_400_000 });
  assert.deepEqual(parseCron('@every 10ms'), { everyMs: 1000 });
});

const bad: readonly (readonly [text: string, message: string])[] = [
  ['', 'empty spec string'],
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['error', 'expected exactly 5 fields, found 1: [error]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['* * * * 5-2', 'beginning of range (5) beyond end of range (2): 5-2'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
  ['@reboot', 'unrecognized descriptor: @reboot'],
  ['@every 5', 'failed to parse duration @every 5: time: missing unit in duration "5"'],
  ['@every 5y', 'failed to parse duration @every 5y: time: unknown unit "y" in duration "5y"'],
  ['TZ=Nowhere/Land * * * * *', 'provided bad location Nowhere/Land: unknown time zone Nowhere/Land'],
  ['TZ=UTC', 'invalid schedule format: runtime error: slice bounds out of range [:-1]'],
];
for (const [text, message] of bad)
  test(`parseCron(${JSON.stringify(text)}) is refused`, () => assert.throws(() => parseCron(text), { name: 'CronError', message }));

test('parseGoDuration() adds units up', () => {
  assert.equal(parseGoDuration('1h15m30.5s'), 4_530_500);
  assert.equal(parseGoDuration('-1.5s'), -1500);
  assert.equal(parseGoDuration('0'), 0);
  assert.throws(() => parseGoDuration('x'), { message: 'time: invalid duration "x"' });
  assert.throws(() => parseGoDuration(''), { message: 'time: invalid duration ""' });
});

test('isTimeZone() minds the case and takes no offsets', () => {
  assert.deepEqual(['Europe/Berlin', 'Asia/Calcutta', 'UTC', 'Etc/GMT+5', 'europe/berlin', '+01', 'Nowhere'].map(isTimeZone), [
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
