import { describe, expect, test } from 'vitest';
import { parseExactly, stringifyExactly } from '../../../shared/contracts/exact-json.ts';
import { largestOffset } from '../../support/random-snapshot.ts';

describe('exact JSON', () => {
  test.each([
    [largestOffset, '9223372036854775807'],
    [-largestOffset - 1n, '-9223372036854775808'],
    [2n ** 53n + 1n, '9007199254740993'],
    [0n, '0'],
    [1.5, '1.5'],
    [null, 'null'],
    ['9', '"9"'],
  ])('%s is written %s', (value, text) => {
    expect(stringifyExactly(value)).toBe(text);
    expect(stringifyExactly({ a: [value] })).toBe(`{"a":[${text}]}`);
  });

  test('keys keep their order, and an absent one is absent', () => {
    expect(stringifyExactly({ b: 1n, a: undefined, c: null })).toBe('{"b":1,"c":null}');
  });

  test('a name that is not well-formed is written as an escape, so that the output is valid UTF-8', () => {
    expect(stringifyExactly('\ud800')).toBe('"\\ud800"');
  });

  test('a line break in a name does not break the line', () => {
    expect(stringifyExactly({ 'a\nb': 'c\r\n\u2028' })).not.toMatch(/[\n\r]/);
  });
});

describe('exact JSON is read', () => {
  test.each([
    ['9223372036854775807', largestOffset],
    ['-9223372036854775808', -largestOffset - 1n],
    ['9007199254740992', 2n ** 53n],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['1.5', 1.5],
    ['1e20', 1e20],
    ['"9223372036854775807"', '9223372036854775807'],
    ['null', null],
  ])('%s as it is', (text, value) => {
    expect(parseExactly(text)).toBe(value);
    expect(parseExactly(`{"a":[${text}],"b":9223372036854775807}`)).toEqual({ a: [value], b: largestOffset });
  });

  test('a key that an object treats specially is a key', () => {
    expect(Object.entries(parseExactly('{"__proto__":1,"b":9223372036854775807}') as object)).toEqual([
      ['__proto__', 1],
      ['b', largestOffset],
    ]);
  });
});
