import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { fitScreen } from '../../../shared/views/screen.ts';

const footer = 'Ctrl-C ends';

test('with room for all, all is there', () => {
  expect(fitScreen({ table: 'a\nb\n', happened: ['x', 'y'], footer }, 10, 40)).toEqual([
    'a',
    'b',
    '',
    'x',
    'y',
    '',
    footer,
  ]);
});

test('a long table is cut and what is left out counted; the latest happenings stay', () => {
  const table = Array.from({ length: 50 }, (_, i) => `row ${i}`).join('\n');
  const happened = Array.from({ length: 20 }, (_, i) => `line ${i}`);
  const lines = fitScreen({ table, happened, footer }, 14, 80);
  expect(lines).toHaveLength(14);
  expect(lines.slice(4, 7)).toEqual(['row 4', '… 45 more lines; a taller window or --group shows them', '']);
  expect(lines.slice(7)).toEqual(['line 15', 'line 16', 'line 17', 'line 18', 'line 19', '', footer]);
});

test('a line that is too long keeps its beginning', () => {
  expect(fitScreen({ table: '', happened: [`${'word '.repeat(20)}end`], footer }, 9, 40)[2]).toBe(
    'word word word word word word word …',
  );
});

test('never more lines than rows, nor below the table wider than the screen', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 5 }), { maxLength: 60 }),
      fc.array(fc.string({ maxLength: 200 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 24, max: 200 }),
      (table, happened, rows, width) => {
        const lines = fitScreen({ table: table.join('\n'), happened, footer }, rows, width);
        expect(lines.length).toBeLessThanOrEqual(rows);
        expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(Math.max(width, 60));
      },
    ),
  );
});
