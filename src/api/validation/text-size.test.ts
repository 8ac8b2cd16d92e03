import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Length } from './text-size.ts';

for (const text of ['', 'abc', 'é', '漢字', '😀', 'a😀é', '\ud800', '\ud800é']) {
  test(`utf8Length(${JSON.stringify(text)}) is what an encoder writes`, () => {
    assert.equal(utf8Length(text), new TextEncoder().encode(text).length);
  });
}
