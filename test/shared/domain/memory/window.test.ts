import { expect, test } from 'vitest';
import { HistoryTable } from '../../../../shared/domain/memory/history.ts';
import { teachGap } from '../../../../shared/domain/memory/learning.ts';
import { heldBackMs, ownGapMs, windowMs } from '../../../../shared/domain/memory/window.ts';

const minute = 60_000;

function rowWith(columns: Partial<Record<keyof HistoryTable, number>>): HistoryTable {
  const history = new HistoryTable(1);
  for (const [name, value] of Object.entries(columns)) {
    (history[name as keyof HistoryTable] as Float64Array)[0] = value;
  }
  return history;
}

test('gaps are counted as far as 255', () => {
  const history = new HistoryTable(1);
  for (let i = 0; i < 300; i++) teachGap(history, 0, minute, i);
  expect(history.gapCount[0]).toBe(255);
});

test.each([
  ['none', {}, 0],
  ['of this half day', { gapMs: 3 }, 3],
  ['of the one before', { gapMs: 3, gapBeforeMs: 5 }, 5],
  ['of the one before that', { gapMs: 3, gapBeforeMs: 5, gapBeforeThatMs: 7 }, 7],
])('the widest gap of its own: %s', (_, columns, ms) => {
  expect(ownGapMs(rowWith(columns), 0)).toBe(ms);
});

test.each([
  ['unknown: nothing was seen', {}, null],
  ['not at all: a record was processed at once', { heldMs: 1 }, 0],
  ['as long as this half day shows', { heldMs: 20 * minute + 1 }, 20 * minute],
  ['as long as the one before showed', { heldBeforeMs: 20 * minute + 1 }, 20 * minute],
  ['the shorter of both', { heldMs: 30 * minute + 1, heldBeforeMs: 20 * minute + 1 }, 20 * minute],
])('records are held back: %s', (_, columns, ms) => {
  expect(heldBackMs(rowWith(columns), 0)).toBe(ms);
});

test.each([
  ['as long as the policy says', {}, 10 * minute],
  ['the same for a reader that commits every three minutes', { gapMs: 3 * minute }, 10 * minute],
  ['three cycles of one that commits every four', { gapMs: 4 * minute }, 12 * minute],
])('a window of lag is: %s', (_, columns, ms) => {
  expect(windowMs(rowWith(columns), 0, 10 * minute)).toBe(ms);
});
