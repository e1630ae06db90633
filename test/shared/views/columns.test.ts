import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { type Column, cut, layOut } from '../../../shared/views/columns.ts';
import { wrap } from '../../../shared/views/wrap.ts';

const name: Column = { title: 'NAME', align: 'left', atLeast: 6 };
const count: Column = { title: 'N', align: 'right' };
const owner: Column = { title: 'OWNER', align: 'left', atLeast: 4, expendable: 1 };
const host: Column = { title: 'HOST', align: 'left', expendable: 2 };

describe('columns', () => {
  test('words to the left, numbers to the right, no blanks at the end of a line', () => {
    const rows = [
      ['a', '1200', 'x'],
      ['longer', '7', ''],
    ];
    expect(layOut([name, count, owner], rows, 80)).toEqual([
      'NAME       N  OWNER',
      'a       1200  x',
      'longer     7',
    ]);
  });

  test('count cells of the screen, not characters', () => {
    const rows = ['配送', '🦜', 'e\u0301', 'abcd'].map((cell) => [cell, '1']);
    expect(layOut([name, count], rows, 80).map((line) => stringWidth(line))).toEqual([7, 7, 7, 7, 7]);
  });

  test('a column that is empty in every row is left out', () => {
    expect(layOut([name, owner, count], [['a', '', '1']], 80)).toEqual(['NAME  N', 'a     1']);
  });

  test('the widest that may be cut is cut in its middle, and no more than needed', () => {
    expect(layOut([name, count], [['abcdefghijkl', '1234567']], 18)).toEqual([
      'NAME             N',
      'abcd…ijkl  1234567',
    ]);
  });

  test('on a narrow terminal expendable columns go before anything is cut too short', () => {
    const rows = [['abcdef', '1234567', 'owned', 'there']];
    const titles = (width: number) => layOut([name, count, owner, host], rows, width)[0]?.split(/ +/);
    expect(titles(29)).toEqual(['NAME', 'N', 'OWNER', 'HOST']);
    expect(titles(24)).toEqual(['NAME', 'N', 'OWNER']);
    expect(titles(20)).toEqual(['NAME', 'N']);
  });

  test('what fits in no way is cut at the line, rather than broken', () => {
    for (const line of layOut([count], [['1'.repeat(100)]], 30))
      expect(stringWidth(line)).toBeLessThanOrEqual(30);
  });

  test('a hundred thousand rows are no problem', () => {
    expect(
      layOut(
        [name],
        Array.from({ length: 200_000 }, () => ['a']),
        80,
      ),
    ).toHaveLength(200_001);
  });
});

describe('cut', () => {
  test.each([
    ['payments-settlement', 19, 'payments-settlement'],
    ['payments-settlement', 18, 'payments-…ttlement'],
    ['payments-settlement', 5, 'pa…nt'],
    ['配送配送配送', 7, '配…送'],
    ['abc', 1, '…'],
  ])('%s to %d cells', (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
  });

  test('never splits what is one character to the eye', () => {
    expect(cut('🇩🇪🇫🇷🇯🇵e\u0301', 5)).toBe('🇩🇪…e\u0301');
  });
});

describe('wrap', () => {
  test.each([
    ['one line', 20, ['one line']],
    ['the quick brown fox jumps', 20, ['the quick brown fox', 'jumps']],
    ['', 20, ['']],
    [`a ${'x'.repeat(45)} b`, 20, ['a', 'x'.repeat(20), 'x'.repeat(20), 'xxxxx b']],
    ['配'.repeat(15), 20, ['配'.repeat(10), '配'.repeat(5)]],
    ['narrower than can be read', 5, ['narrower than can be', 'read']],
  ])('%j to %d cells', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});

test('whatever the cells, no line is too wide and every column starts where its title does', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', '配', '🦜', 'e\u0301', '-'),
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell), { minLength: 1 }),
      fc.integer({ min: 30, max: 100 }),
      (rows, width) => {
        const columns: Column[] = [name, { ...count, title: '|', align: 'left', atLeast: 1 }];
        // A mark that no cell holds shows where the second column starts.
        const [titles = '', ...lines] = layOut(
          columns,
          rows.map(([first, second]) => [first, `|${second}`]),
          width,
        );
        const start = stringWidth(titles.slice(0, titles.indexOf('|')));
        for (const line of lines) {
          expect(stringWidth(line)).toBeLessThanOrEqual(width);
          expect(stringWidth(line.slice(0, line.indexOf('|')))).toBe(start);
        }
      },
    ),
  );
});
