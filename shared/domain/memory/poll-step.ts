import type { EpochMs } from '../offset.ts';

const minute = 60_000;

/** Steps that are kept to know how often this cluster is polled. */
const stepsKept = 9;

/** A first step longer than this is no way to poll: somebody looked once, and again another day. */
const longestFirstMs = 360 * minute;

/** The way from one poll to the next. */
export interface PollStep {
  readonly at: EpochMs;
  /** Time since the last poll, as far as we were watching: a longer absence counts as one usual step and no more. */
  readonly watchedMs: number;
  /** The rest of that time, in which anything may have happened. */
  readonly unwatchedMs: number;
  /** Polls were missed for so long that nothing may be learnt from, or concluded over, the time between. */
  readonly isGap: boolean;
  /** How far apart polls usually are; 0 at the first. */
  readonly usualMs: number;
  /** The latest steps, oldest first. */
  readonly steps: readonly number[];
}

/** The step to a poll at `at`, from the poll before it and the steps before that; `null` for none. */
export function stepTo(
  at: EpochMs,
  previous: { readonly at: EpochMs; readonly steps: readonly number[] } | null,
): PollStep {
  if (previous === null) return { at, watchedMs: 0, unwatchedMs: 0, isGap: false, usualMs: 0, steps: [] };
  const elapsedMs = Math.max(0, at - previous.at);
  const isFirst = previous.steps.length === 0;
  const steps = [...previous.steps, isFirst ? Math.min(elapsedMs, longestFirstMs) : elapsedMs].slice(
    -stepsKept,
  );
  const usualMs = usualStepMs(steps);
  // Two missed polls of a minute are nothing; two minutes without any are none either where polls are seconds apart.
  const longestMs = isFirst ? longestFirstMs : Math.max(2 * minute, 3 * usualMs);
  const isGap = elapsedMs > longestMs;
  const watchedMs = isGap ? usualMs : elapsedMs;
  return { at, watchedMs, unwatchedMs: elapsedMs - watchedMs, isGap, usualMs, steps };
}

/** How far apart polls usually are: the median; 0 for none. */
export function usualStepMs(steps: readonly number[]): number {
  return steps.toSorted((a, b) => a - b)[Math.floor((steps.length - 1) / 2)] ?? 0;
}
