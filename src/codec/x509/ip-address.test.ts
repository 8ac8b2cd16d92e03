import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipBytes, ipText } from './ip-address.ts';

test('addresses come back in canonical form', () => {
  const pairs = {
    '10.96.0.1': '10.96.0.1',
    '::1': '::1',
    '::': '::',
    'FD00:0:0:1:0:0:0:A': 'fd00:0:0:1::a',
    '1:0:2:0:3:0:4:0': '1:0:2:0:3:0:4:0',
    '::ffff:1.2.3.4': '1.2.3.4',
    '64:ff9b::1.2.3.4': '64:ff9b::102:304',
  };
  for (const [text, canonical] of Object.entries(pairs)) {
    const bytes = ipBytes(text);
    assert.ok(bytes, text);
    assert.equal(ipText(bytes), canonical);
  }
});

test('what is no address has no bytes', () => {
  for (const text of ['', '1.2.3', '1.2.3.256', '01.2.3.4', '1:2', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9', 'g::', '::12345', 'kubernetes']) {
    assert.equal(ipBytes(text), undefined, text);
  }
  assert.equal(ipText(new Uint8Array(5)), undefined);
});
