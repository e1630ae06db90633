import { describe, expect, test } from 'vitest';
import { type PollStep, stepTo, usualStepMs } from '../../../../shared/domain/memory/poll-step.ts';

const second = 1_000;
const minute = 60 * second;
const start = Date.UTC(2026, 2, 1);

/** The last of these steps, each so long after the one before. */
function stepAfter(...elapsed: number[]): PollStep {
  let step = stepTo(start, null);
  for (const ms of elapsed) step = stepTo(step.at + ms, step);
  return step;
}

describe('the way from one poll to the next', () => {
  test('does not lead to the first', () => {
    expect(stepAfter()).toEqual({
      at: start,
      watchedMs: 0,
      unwatchedMs: 0,
      isGap: false,
      usualMs: 0,
      steps: [],
    });
  });

  test.each([
    ['a steady minute', [minute, minute], minute, false],
    ['two missed polls are nothing', [minute, minute, 3 * minute], 3 * minute, false],
    ['more are a gap, and count as one usual step', [minute, minute, 3 * minute + 1], minute, true],
    ['two hours are no more than that', [minute, minute, 120 * minute], minute, true],
    [
      'seconds apart, two minutes without a poll are none',
      [second, second, 120 * second],
      120 * second,
      false,
    ],
    ['seconds apart, longer is a gap', [second, second, 121 * second], second, true],
    ['how often is polled is not known at the second poll', [120 * minute], 120 * minute, false],
    ['four days are no way to poll, even so', [4 * 1440 * minute], 360 * minute, true],
    ['a clock that went back', [minute, -minute], 0, false],
  ])('%s', (_, elapsed, watchedMs, isGap) => {
    const elapsedMs = Math.max(0, elapsed.at(-1) as number);
    expect(stepAfter(...elapsed)).toMatchObject({ watchedMs, unwatchedMs: elapsedMs - watchedMs, isGap });
  });

  test('polls that become rarer are the new custom after a few', () => {
    const rarer = [...Array(9).fill(minute), ...Array(6).fill(10 * minute)];
    expect(stepAfter(...rarer)).toMatchObject({ isGap: false, usualMs: 10 * minute });
    expect(stepAfter(...rarer).steps).toHaveLength(9);
  });
});

test.each([
  ['none', [], 0],
  ['one', [5], 5],
  ['the lower of two', [1, 9], 1],
  ['the middle one, in whatever order', [9, 1, 5], 5],
])('the usual step of %s', (_, steps, usual) => {
  expect(usualStepMs(steps)).toBe(usual);
});
