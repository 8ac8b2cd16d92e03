import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex, utf8 } from '../bytes.ts';
import * as der from './der.ts';
import { DerError, DerReader, integerValue, oidText, readDer, setBits, stringValue, timeValue } from './der-reader.ts';

test('lengths are the shortest, on both sides of their bounds', () => {
  for (const [length, head] of [
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65536, '0483010000'],
  ] as const) {
    const whole = der.octetString(new Uint8Array(length));
    assert.equal(toHex(whole).slice(0, head.length), head);
    assert.equal(readDer(whole).content.length, length);
  }
  assert.throws(() => readDer(Uint8Array.from([4, 0x81, 1, 0])), /not the shortest/);
  assert.throws(() => readDer(Uint8Array.from([4, 0x80, 0, 0])), DerError);
});

test('integers keep their sign bit clear and read back', () => {
  for (const [value, hex] of [
    [0n, '020100'],
    [127n, '02017f'],
    [128n, '02020080'],
    [2n ** 63n - 1n, '02087fffffffffffffff'],
  ] as const) {
    assert.equal(toHex(der.integer(value)), hex);
    assert.equal(integerValue(readDer(der.integer(value)).content), value);
  }
  assert.equal(integerValue(Uint8Array.of(0xff)), -1n);
});

test('object identifiers are written and read, large arcs included', () => {
  for (const dotted of ['1.2.840.113549.1.1.11', '2.5.29.15', '2.16.840.1.113730.4.1', '2.999.3']) {
    assert.equal(oidText(readDer(der.oid(dotted)).content), dotted);
  }
  assert.equal(toHex(der.oid('1.2.840.113549')), '06062a864886f70d');
  assert.throws(() => oidText(Uint8Array.of(0x2a, 0x86)), /ends too soon/);
});

test('named bits drop trailing zeros', () => {
  assert.equal(toHex(der.namedBits([0, 2])), '030205a0');
  assert.equal(toHex(der.namedBits([])), '030100');
  assert.deepEqual(setBits(readDer(der.namedBits([0, 2, 5, 8]))), [0, 2, 5, 8]);
});

test('sets are in the order of their encodings', () => {
  assert.equal(toHex(der.setOf([der.integer(3n), der.integer(1n)])), '3106020101020103');
});

test('strings choose PrintableString where it suffices', () => {
  assert.equal(der.directoryString('system:nodes')[0], der.tags.printableString);
  assert.equal(der.directoryString('a_b')[0], der.tags.utf8String);
  assert.equal(stringValue({ tag: der.tags.bmpString, content: Uint8Array.of(0, 0x41, 0, 0xe4), whole: new Uint8Array() }), 'Aä');
});

test('times that do not exist, or stand in another form, are refused', () => {
  assert.equal(timeValue(readDer(der.time(Date.UTC(2049, 11, 31, 23, 59, 59)))), Date.UTC(2049, 11, 31, 23, 59, 59));
  assert.equal(der.time(Date.UTC(2050, 0, 1))[0], der.tags.generalizedTime);
  const utc = (text: string) => timeValue({ tag: der.tags.utcTime, content: utf8(text), whole: new Uint8Array() });
  assert.equal(utc('500101000000Z'), Date.UTC(1950, 0, 1));
  for (const text of ['2601010000Z', '260101000000+0100', '261301000000Z', '20260101000000Z']) assert.throws(() => utc(text), DerError);
});

test('a reader refuses what runs past its frame and what is left over', () => {
  assert.throws(() => new DerReader(Uint8Array.of(0x30, 5, 1)).sequence(), DerError);
  assert.throws(() => readDer(Uint8Array.of(5, 0, 5, 0)), /trailing data/);
});
