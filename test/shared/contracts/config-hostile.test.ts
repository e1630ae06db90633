import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatConfigFaults } from '../../../shared/contracts/config/config-fault.ts';
import { nearestName } from '../../../shared/contracts/config/nearest-name.ts';
import { limits } from '../../../shared/contracts/config/yaml-document.ts';
import { parseConfig } from '../../../shared/contracts/config.ts';

const example = readFileSync(new URL('lagwarden.yaml', import.meta.url), 'utf8');

/** Whatever the text: a config, or faults that stand in the text, in order, safe to print. */
function expectSane(text: string): void {
  const result = parseConfig(text, 'f');
  if (result.ok) return;
  expect(result.faults.length).toBeGreaterThan(0);
  const lines = text.split('\n');
  let before = 0;
  for (const fault of result.faults) {
    expect(fault.message).not.toBe('');
    expect(fault.line).toBeGreaterThanOrEqual(Math.max(1, before));
    expect(fault.line).toBeLessThanOrEqual(lines.length);
    expect(fault.column).toBeGreaterThanOrEqual(1);
    expect(fault.column).toBeLessThanOrEqual((lines[fault.line - 1] ?? '').length + 1);
    before = fault.line;
  }
  expect(formatConfigFaults(result.faults).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
}

describe('no text makes it throw, hang or print what steers a terminal', () => {
  test('garbage', () => {
    const yamlish = fc.string({
      unit: fc.constantFrom(...Array.from('abz01:,-?*&!|>%@`"\'#{}[]~<=\\ \t\n\r\0\u202e😀\ud83d')),
      maxLength: 60,
    });
    fc.assert(fc.property(fc.oneof(yamlish, fc.string({ unit: 'binary' })), expectSane), { numRuns: 2_000 });
  });

  test('the example with a piece cut out, repeated or replaced', () => {
    const piece = fc.record({
      at: fc.nat(example.length),
      length: fc.nat(40),
      by: fc.oneof(
        fc.constantFrom(
          '',
          '\n',
          ' ',
          '*',
          '&x ',
          '*x',
          '!x ',
          '{',
          ']',
          '"',
          ': ',
          '- ',
          '~',
          '__proto__: 1',
          '1e999',
          '\u001b[2J',
        ),
        fc.string({ unit: 'binary', maxLength: 5 }),
      ),
    });
    const mutated = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => {
      return pieces.reduce(
        (text, { at, length, by }) => text.slice(0, at) + by + text.slice(at + length),
        example,
      );
    });
    fc.assert(fc.property(mutated, expectSane), { numRuns: 500 });
  });

  test('any JSON value in the place of any section', () => {
    const section = fc.constantFrom(
      'clusters',
      'poll',
      'groups',
      'policies',
      'channels',
      'alarmTopic',
      'mutes',
      'budget',
      'reset',
      'autoReset',
    );
    const key = fc.constantFrom(
      'name',
      'auth',
      'kind',
      'match',
      'groups',
      'notify',
      'timeToLoss',
      'to',
      '__proto__',
    );
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.constantFrom(null, '', 'none', '5m', 0, -1, true),
        fc.string({ unit: 'binary', maxLength: 5 }),
      ),
      list: fc.array(tie('tree'), { maxLength: 3 }),
      map: fc.dictionary(fc.oneof(key, fc.string({ maxLength: 3 })), tie('tree'), { maxKeys: 3 }),
      tree: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('map')),
    }));
    fc.assert(
      fc.property(fc.dictionary(section, tree), (file) => expectSane(JSON.stringify(file))),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['open brackets', '['],
    ['list items', '- '],
    ['explicit keys', '? '],
    ['quotes', '"'],
    ['aliases', '*a '],
    ['anchors', 'k: &a *a\n'],
    ['values', 'a,'],
    ['unknown keys', ''],
    ['directives', '%\n'],
  ])('as many %s as fit', (_, piece) => {
    const keys = Array.from({ length: limits.characters / 12 }, (__, n) => `policie${n}: 1\n`).join('');
    const text = (piece === '' ? keys : piece.repeat(limits.characters / piece.length)).slice(
      0,
      limits.characters,
    );
    const start = performance.now();
    expect(parseConfig(text, 'f').ok).toBe(false);
    expect(performance.now() - start).toBeLessThan(8_000);
  });
});

describe('nearestName', () => {
  const known = ['patience', 'maxLag', 'maxTimeLag', 'owner'];
  test.each([
    ['patience', 'patience'],
    ['patiense', 'patience'],
    ['patence', 'patience'],
    ['paitence', 'patience'],
    ['PATIENCE', 'patience'],
    ['max_lag', 'maxLag'],
    ['maxTimeLage', 'maxTimeLag'],
    ['onwer', 'owner'],
    ['xyz', undefined],
    ['', undefined],
    ['p'.repeat(100_000), undefined],
  ])('%s is %s', (misspelt, meant) => {
    expect(nearestName(misspelt, known)).toBe(meant);
  });

  test('of two that are near it is the nearer, in whatever order', () => {
    expect(nearestName('abcdef', ['abcdxx', 'abcdex'])).toBe('abcdex');
    expect(nearestName('abcdef', ['abcdex', 'abcdxx'])).toBe('abcdex');
  });

  test('finds every name that has one letter wrong', () => {
    const misspelt = fc.record({
      name: fc.constantFrom(...known),
      at: fc.nat(),
      letter: fc.constantFrom('q', '', '9'),
    });
    fc.assert(
      fc.property(misspelt, ({ name, at, letter }) => {
        const place = at % name.length;
        expect(nearestName(name.slice(0, place) + letter + name.slice(place + 1), known)).toBe(name);
      }),
    );
  });
});
