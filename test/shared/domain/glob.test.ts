import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob, compileGlobs } from '../../../shared/domain/glob.ts';

describe('compileGlob', () => {
  test.each([
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['payments-*', 'payments-eu', true],
    ['payments-*', 'payments-', true],
    ['payments-*', 'my-payments-eu', false],
    ['*-eu', 'payments-eu', true],
    ['*-eu', 'payments-eu2', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxcyyb', false],
    ['a*bc*c', 'abc', false],
    ['?', 'é', true],
    ['?', '😀', true],
    ['??', '😀', false],
    ['?*', '', false],
    ['*?c', 'bc', true],
    ['a.c', 'abc', false],
    ['[ab]{c}$^|\\', '[ab]{c}$^|\\', true],
    ['Orders', 'orders', false],
    ['a\nb*', 'a\nbc', true],
    ['\ud83d*', '😀', false],
  ])('%j on %j is %j', (pattern, name, meant) => {
    expect(compileGlob(pattern)(name)).toBe(meant);
  });

  test('agrees with the definition, on few characters so that patterns do match', () => {
    const unit = fc.constantFrom('a', 'b', '*', '?', '😀', '\ud83d', '\ude00');
    const pattern = fc.string({ unit, maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '\ud83d', '\ude00', '*'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        expect(compileGlob(glob)(text)).toBe(meantByDefinition(Array.from(glob), Array.from(text)));
      }),
      { numRuns: 5_000 },
    );
  });

  test('any name is meant by itself, by * and by itself with one character as ?', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const pattern = name.replace(/[*?]/gu, 'x');
        expect(compileGlob(pattern)(pattern)).toBe(true);
        expect(compileGlob('*')(name)).toBe(true);
        expect(compileGlob(['?', ...Array.from(pattern).slice(1)].join(''))(pattern)).toBe(true);
      }),
    );
  });

  test.each(['a*', '?*'])('a hostile pattern of many %j is done at once', (piece) => {
    const matches = compileGlob(`${piece.repeat(2_000)}b`);
    const start = performance.now();
    expect(matches('a'.repeat(20_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

test('several patterns mean what any of them means, none means nothing', () => {
  expect(['a1', 'b', 'c'].filter(compileGlobs(['a*', 'b']))).toEqual(['a1', 'b']);
  expect(compileGlobs([])('a')).toBe(false);
});

/** The oracle: exponential, and so short that it is plainly right. */
function meantByDefinition(pattern: readonly string[], name: readonly string[]): boolean {
  const [wanted, ...rest] = pattern;
  if (wanted === undefined) return name.length === 0;
  if (wanted === '*') {
    return meantByDefinition(rest, name) || (name.length > 0 && meantByDefinition(pattern, name.slice(1)));
  }
  return name.length > 0 && (wanted === '?' || wanted === name[0]) && meantByDefinition(rest, name.slice(1));
}
