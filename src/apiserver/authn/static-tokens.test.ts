import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTokenFile, staticTokens } from './static-tokens.ts';

test('a token file is CSV: token, user, uid and groups, quoted where they hold commas', () => {
  const users = parseTokenFile('tokens.csv', 'a,jane,1,"dev,ops"\r\n\nb,john,\n,nobody,3\nc,"say ""hi""",2,one\n');
  assert.deepEqual(Object.fromEntries(users), {
    a: { name: 'jane', uid: '1', groups: ['dev', 'ops'] },
    b: { name: 'john', groups: [] },
    c: { name: 'say "hi"', uid: '2', groups: ['one'] },
  });
  assert.deepEqual(staticTokens(users).authenticate('b', []), { user: { name: 'john', groups: [] } });
  assert.equal(staticTokens(users).authenticate('d', []), undefined);
});

test('a record with too few columns, or with a stray quote, is refused', () => {
  assert.throws(() => parseTokenFile('t', 'a,b\n'), {
    message: "token file 't' must have at least 3 columns (token, user name, user uid), found 2",
  });
  assert.throws(() => parseTokenFile('t', 'a,b,c\nd,"e"x,f\n'), /record on line 2/);
});
