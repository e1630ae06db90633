import { expect, test } from 'vitest';
import type { PartitionFinding } from '../../../shared/domain/finding.ts';
import type { TimeLag } from '../../../shared/domain/time-lag.ts';
import { ageText, groupAge } from '../../../shared/views/age.ts';

const minute = 60_000;
const exact: TimeLag = {
  ms: 90 * minute,
  atLeastMs: 90 * minute,
  atMostMs: 90 * minute,
  method: 'timestamps',
};
const guessed: TimeLag = { ms: 10 * minute, atLeastMs: 5 * minute, atMostMs: 15 * minute, method: 'ends' };
const old: TimeLag = { ms: null, atLeastMs: 200 * minute, atMostMs: null, method: 'ends' };
const none: TimeLag = { ms: 0, atLeastMs: 0, atMostMs: 0, method: 'nothing-waits' };

test.each([
  [null, ''],
  [none, ''],
  [exact, '1 h 30 min'],
  [guessed, '≈ 10 min'],
  [old, '> 3 h 20 min'],
  // Known to have waited for no time at all: that says nothing.
  [{ ...old, atLeastMs: 0 }, ''],
])('%j', (timeLag, text) => {
  expect(ageText(timeLag)).toBe(text);
});

test("a group's is that of its oldest partition, be only a bound known of it", () => {
  const group = (...lags: (TimeLag | null)[]) => ({
    partitions: lags.map((timeLag) => ({ timeLag }) as PartitionFinding),
  });
  expect(groupAge(group(none, guessed, null))).toBe('≈ 10 min');
  expect(groupAge(group(exact, old, guessed))).toBe('> 3 h 20 min');
  expect(groupAge(group())).toBe('');
});
