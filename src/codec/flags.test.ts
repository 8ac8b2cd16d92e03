import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlagError, flagUsages, parseFlags } from './flags.ts';

const specs = {
  output: { type: 'string', shorthand: 'o', usage: 'Output `format`.' },
  watch: { type: 'bool', shorthand: 'w', usage: 'Watch.' },
  stdin: { type: 'bool', shorthand: 'i', usage: 'Stdin.' },
  tty: { type: 'bool', shorthand: 't', usage: 'TTY.' },
  workers: { type: 'int', usage: 'Workers.', default: 1 },
  label: { type: 'strings', shorthand: 'l', usage: 'Labels.' },
  'dry-run': { type: 'string', usage: 'Dry run.', default: 'none', alone: 'unchanged' },
} as const;

test('values come attached, behind an equals sign, or as the next word', () => {
  for (const line of [['-o', 'json'], ['-ojson'], ['-o=json'], ['--output', 'json'], ['--output=json']])
    assert.equal(parseFlags(specs, line).flags.output, 'json', line.join(' '));
});

test('short bools may be joined, and the last of them may take a value', () => {
  const { flags } = parseFlags(specs, ['-itojson']);
  assert.deepEqual([flags.stdin, flags.tty, flags.output], [true, true, 'json']);
});

test('a bool takes a value only behind an equals sign', () => {
  const { flags, args } = parseFlags(specs, ['--watch', 'false', '--stdin=false']);
  assert.deepEqual([flags.watch, flags.stdin, args], [true, false, ['false']]);
});

test('a flag with a value of its own never takes the next word', () => {
  const { flags, args } = parseFlags(specs, ['--dry-run', 'server']);
  assert.deepEqual([flags['dry-run'], args], ['unchanged', ['server']]);
});

test('what follows -- is arguments, and where it stood is told', () => {
  const { args, argsBeforeDash } = parseFlags(specs, ['exec', 'pod', '--', 'ls', '-l']);
  assert.deepEqual([args, argsBeforeDash], [['exec', 'pod', 'ls', '-l'], 2]);
});

test('a list flag gathers commas and repetitions', () => {
  assert.deepEqual(parseFlags(specs, ['-l', 'a,b', '--label=c']).flags.label, ['a', 'b', 'c']);
});

test('bad flags get the sentences of pflag', () => {
  const cases: [string[], string][] = [
    [['--nope'], 'unknown flag: --nope'],
    [['-x'], "unknown shorthand flag: 'x' in -x"],
    [['--output'], 'flag needs an argument: --output'],
    [['-o'], "flag needs an argument: 'o' in -o"],
    [['--workers=two'], 'invalid argument "two" for "--workers" flag: strconv.ParseInt: parsing "two": invalid syntax'],
    [['--watch=perhaps'], 'invalid argument "perhaps" for "-w, --watch" flag: strconv.ParseBool: parsing "perhaps": invalid syntax'],
    [['--toString'], 'unknown flag: --toString'],
  ];
  for (const [line, message] of cases) assert.throws(() => parseFlags(specs, line), new FlagError(message));
});

test('usages show shorthand, value name and default', () => {
  const usages = flagUsages(specs);
  assert.ok(
    usages.some((line) => /^ {2}-o, --output format\s+Output format\.$/.test(line)),
    usages.join('\n'),
  );
  assert.ok(usages.some((line) => /--workers int\s+Workers\. \(default 1\)$/.test(line)));
});

test('durations, fractions and numbers of 32 bits are read as Go reads them', () => {
  const typed = {
    period: { type: 'duration', usage: 'Period.' },
    rate: { type: 'float', usage: 'Rate.' },
    size: { type: 'int32', usage: 'Size.' },
  } as const;
  assert.deepEqual(parseFlags(typed, ['--period=1m30s', '--rate=.5', '--size=-3']).flags, { period: 90_000, rate: 0.5, size: -3 });
  const refused = (word: string, sentence: string) => assert.throws(() => parseFlags(typed, [word]), new FlagError(sentence), word);
  refused('--period=5', 'invalid argument "5" for "--period" flag: time: missing unit in duration "5"');
  refused('--rate=fast', 'invalid argument "fast" for "--rate" flag: strconv.ParseFloat: parsing "fast": invalid syntax');
  refused(
    '--size=3000000000',
    'invalid argument "3000000000" for "--size" flag: strconv.ParseInt: parsing "3000000000": value out of range',
  );
});
