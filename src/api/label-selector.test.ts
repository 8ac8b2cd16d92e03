import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  formatLabelSelector,
  labelSelectorText,
  matchesLabels,
  parseLabelSelector,
  selectorOf,
  selectorOfLabels,
} from './label-selector.ts';

const matchesText = (text: string, labels: Record<string, string>) => matchesLabels(parseLabelSelector(text), labels);

test('parseLabelSelector() reads every operator and sorts by key', () => {
  assert.deepEqual(parseLabelSelector('z in (c,b), !d, e!=f, g>1, h<2 ,a, x==y, n notin (q)'), [
    { key: 'a', operator: 'exists', values: [] },
    { key: 'd', operator: '!', values: [] },
    { key: 'e', operator: '!=', values: ['f'] },
    { key: 'g', operator: 'gt', values: ['1'] },
    { key: 'h', operator: 'lt', values: ['2'] },
    { key: 'n', operator: 'notin', values: ['q'] },
    { key: 'x', operator: '==', values: ['y'] },
    { key: 'z', operator: 'in', values: ['b', 'c'] },
  ]);
});

test('canonical text is what apimachinery prints', () => {
  const cases: [string, string][] = [
    ['', ''],
    ['\n', ''],
    ['x=a,y=b,z=c', 'x=a,y=b,z=c'],
    [' x in (b , a,) ', 'x in (,a,b)'],
    ['x in ()', 'x in ()'],
    ['x notin (,)', 'x notin ()'],
    ['x in (a,,b)', 'x in (,a,b)'],
    ['x=', 'x='],
    ['x= ,z= ', 'x=,z='],
    ['!x', '!x'],
    ['x>1', 'x>1'],
    ['in in (in,notin)', 'in in (in,notin)'],
    ['notin', 'notin'],
    ['y=notin,x=in', 'x=in,y=notin'],
    ['b=1,a', 'a,b=1'],
  ];
  for (const [text, canonical] of cases) assert.equal(labelSelectorText(parseLabelSelector(text)), canonical, text);
});

test("errors are apimachinery's sentences", () => {
  const labelName =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  const cases: [string, string][] = [
    ['x=a||y=b', `unable to parse requirement: values[0][x]: Invalid value: "a||y": ${labelValueProblem}`],
    ['x==a==b', "found '==', expected: ',' or 'end of string'"],
    ['x=a,', "found '', expected: identifier after ','"],
    [',x', "found ',', expected: !, identifier, or 'end of string'"],
    ['!x=a', "found '=', expected: ',' or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['x<', "unable to parse requirement: values[0]: Invalid value: \"\": for 'Gt', 'Lt' operators, the value must be an integer"],
    ['x>a', "unable to parse requirement: values[0]: Invalid value: \"a\": for 'Gt', 'Lt' operators, the value must be an integer"],
    ['x y', "unable to parse requirement: found 'y', expected: in, notin, =, ==, !=, gt, lt"],
    ['x in', "unable to parse requirement: found '' expected: '('"],
    ['x in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['x in (a', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['x in (a b)', "unable to parse requirement: found 'b', expected: ',' or ')'"],
    ['x in (,!)', "unable to parse requirement: found '!', expected: ',', or identifier"],
    ['x=(', "unable to parse requirement: found '(', expected: identifier"],
    ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": ${labelName}`],
    ['/a=b', 'unable to parse requirement: <nil>: Invalid value: "/a": prefix part must be non-empty'],
  ];
  for (const [text, message] of cases) assert.throws(() => parseLabelSelector(text), { name: 'ApiError', code: 400, message }, text);
});

const labelValueProblem =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

test('a requirement with several problems tells all of them', () => {
  assert.throws(
    () => selectorOf({ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b c'] }] }),
    (error: Error) =>
      error.message.startsWith('[values: Invalid value: ["b c"]: values set must be empty for exists and does not exist, values[0][a]: '),
  );
});

test('matchesLabels() follows each operator, absent labels included', () => {
  const labels = { a: 'b', n: '5', empty: '' };
  const cases: [string, boolean][] = [
    ['', true],
    ['a=b', true],
    ['a=c', false],
    ['a!=b', false],
    ['missing!=b', true],
    ['missing notin (x)', true],
    ['missing in (x,)', false],
    ['a in (x,b)', true],
    ['a notin (x,b)', false],
    ['empty', true],
    ['empty=', true],
    ['!empty', false],
    ['!missing', true],
    ['n>4', true],
    ['n>5', false],
    ['n<6', true],
    ['a>1', false],
    ['missing<1', false],
    ['a=b,n>9', false],
    ['toString', false],
    ['constructor', false],
  ];
  for (const [text, expected] of cases) assert.equal(matchesText(text, labels), expected, text);
});

test('comparisons are of 64-bit integers', () => {
  assert.equal(matchesText('n>9007199254740992', { n: '9007199254740993' }), true);
  assert.equal(matchesText('n>1', { n: '9223372036854775808' }), false);
  assert.throws(() => parseLabelSelector('n>9223372036854775808'));
});

test('selectorOf() turns an absent selector into nothing and an empty one into everything', () => {
  assert.equal(matchesLabels(selectorOf(undefined), { a: 'b' }), false);
  assert.equal(matchesLabels(selectorOf(undefined), {}), false);
  assert.equal(matchesLabels(selectorOf({}), {}), true);
  assert.equal(labelSelectorText(selectorOf(undefined)), '');
  assert.deepEqual(selectorOf({ matchLabels: { b: '1' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['2', '1'] }] }), [
    { key: 'a', operator: 'in', values: ['2', '1'] },
    { key: 'b', operator: '=', values: ['1'] },
  ]);
  assert.throws(() => selectorOf({ matchExpressions: [{ key: 'a', operator: 'in', values: ['b'] }] }), {
    message: '"in" is not a valid label selector operator',
  });
  assert.throws(() => selectorOf({ matchExpressions: [{ key: 'a', operator: 'In' }] }), {
    message: "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
  });
});

test('formatLabelSelector() is what wide tables show', () => {
  assert.equal(formatLabelSelector(undefined), '<none>');
  assert.equal(formatLabelSelector({}), '<none>');
  assert.equal(formatLabelSelector({ matchLabels: { app: 'web', a: 'b' } }), 'a=b,app=web');
  assert.equal(formatLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Nope' }] }), '<error>');
});

test('selectorOfLabels() asks for each pair', () => {
  assert.equal(labelSelectorText(selectorOfLabels({ b: '2', a: '1' })), 'a=1,b=2');
  assert.deepEqual(selectorOfLabels(undefined), []);
});

test('property: canonical text reads back as itself, and as the same selector', () => {
  const key = fc.constantFrom('a', 'b', 'in', 'notin', 'example.com/x');
  const value = fc.constantFrom('', 'v', 'in', 'w-1', '7');
  const requirement = fc.oneof(
    fc.tuple(key, fc.constantFrom(' in ', ' notin '), fc.array(value, { minLength: 1 })).map(([k, op, vs]) => `${k}${op}(${vs.join(',')})`),
    fc.tuple(key, fc.constantFrom('=', '==', '!='), value).map((parts) => parts.join('')),
    fc.tuple(key, fc.constantFrom('>', '<'), fc.nat()).map((parts) => parts.join('')),
    key,
    key.map((k) => `!${k}`),
  );
  const labels = fc.dictionary(fc.constantFrom('a', 'b', 'in'), value);
  fc.assert(
    fc.property(fc.array(requirement), labels, (terms, labels) => {
      const requirements = parseLabelSelector(terms.join(','));
      const text = labelSelectorText(requirements);
      assert.equal(labelSelectorText(parseLabelSelector(text)), text);
      assert.equal(matchesText(text, labels), matchesLabels(requirements, labels));
    }),
    { numRuns: 300 },
  );
});
