import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { noGap, type WidestGap, widestOf, withGap } from '../../../../shared/domain/memory/widest-gap.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 2, 1);

/** Gaps by the hours at which they were shown. */
const shown = (...gaps: readonly (readonly [atHour: number, ms: number])[]): WidestGap =>
  gaps.reduce((gap, [atHour, ms]) => withGap(gap, ms, start + atHour * hour), noGap);

test.each([
  ['none', shown(), 0],
  ['the widest of a half day', shown([0, 5], [1, 9], [2, 3]), 9],
  ['of this half day and the one before', shown([0, 9], [13, 5]), 9],
  ['after a half day without any', shown([0, 9], [25, 5]), 9],
  ['of three half days', shown([0, 9], [13, 5], [25, 2]), 9],
  ['not of the fourth', shown([0, 9], [13, 5], [25, 2], [37, 1]), 5],
  ['nothing before a day and a half without any', shown([0, 9], [37, 1]), 1],
  ['kept for a week where nothing new comes', shown([0, 9]), 9],
  ['begun anew by a clock that went back', shown([25, 9], [0, 1]), 1],
])('%s', (_, gap, widest) => {
  expect(widestOf(gap)).toBe(widest);
});

test('a narrower gap leaves the very same object', () => {
  const gap = shown([0, 9]);
  expect(withGap(gap, 9, start + hour)).toBe(gap);
});

test('it is never less than the widest of the last day, nor more than that of a day and a half', () => {
  const gaps = fc.array(fc.tuple(fc.nat(20 * hour), fc.integer({ min: 1, max: 1_000 })), { minLength: 1 });
  fc.assert(
    fc.property(gaps, (steps) => {
      let at = start;
      let gap = noGap;
      const all: { at: number; ms: number }[] = [];
      for (const [later, ms] of steps) {
        at += later;
        gap = withGap(gap, ms, at);
        all.push({ at, ms });
      }
      const within = (ms: number) => Math.max(...all.filter((one) => one.at > at - ms).map((one) => one.ms));
      expect(widestOf(gap)).toBeGreaterThanOrEqual(within(24 * hour));
      expect(widestOf(gap)).toBeLessThanOrEqual(within(36 * hour));
    }),
  );
});
