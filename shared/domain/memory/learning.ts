import type { EpochMs } from '../offset.ts';
import type { HistoryTable } from './history.ts';
import { gapSpanMs } from './widest-gap.ts';
import { windowMs } from './window.ts';

/** So many gaps in a day that each outlasted the patience are no fault but a habit. */
const overdueIsHabit = 3;

/** One more gap between two steps of progress: as `withGap`, in columns. */
export function teachGap(history: HistoryTable, row: number, gapMs: number, at: EpochMs): void {
  const count = history.gapCount[row] as number;
  if (count < 255) history.gapCount[row] = count + 1;
  const span = Math.floor(at / gapSpanMs);
  const spansAgo = span - (history.gapSpan[row] as number);
  if (spansAgo === 0) {
    if (gapMs > (history.gapMs[row] as number)) history.gapMs[row] = gapMs;
    return;
  }
  const [latestMs, beforeMs] = [history.gapMs[row] as number, history.gapBeforeMs[row] as number];
  history.gapSpan[row] = span;
  history.gapMs[row] = gapMs;
  history.gapBeforeMs[row] = spansAgo === 1 ? latestMs : 0;
  history.gapBeforeThatMs[row] = spansAgo === 1 ? beforeMs : spansAgo === 2 ? latestMs : 0;
}

/** What a gap that outlasted the patience teaches: nothing, until it has come three times in a day. Milliseconds. */
export function habitOf(history: HistoryTable, row: number, gapMs: number, at: EpochMs): number {
  const span = Math.floor(at / gapSpanMs);
  const recent = span - (history.overdueSpan[row] as number) <= 1;
  const count = (recent ? (history.overdueCount[row] as number) : 0) + 1;
  const widestMs = Math.max(recent ? (history.overdueMs[row] as number) : 0, gapMs);
  history.overdueSpan[row] = span;
  history.overdueCount[row] = Math.min(count, overdueIsHabit);
  history.overdueMs[row] = widestMs;
  return count >= overdueIsHabit ? widestMs : 0;
}

/** Whether it is worth asking how old records are when they are processed: not once one was young, for that half day. */
export function asksForHold(history: HistoryTable, row: number, at: EpochMs, usualPollMs: number): boolean {
  const span = Math.floor(at / gapSpanMs);
  const spansAgo = span - (history.heldSpan[row] as number);
  if (spansAgo !== 0) {
    history.heldBeforeMs[row] = spansAgo === 1 ? (history.heldMs[row] as number) : 0;
    history.heldMs[row] = 0;
    history.heldSpan[row] = span;
  }
  const known = history.heldMs[row] as number;
  return known === 0 || known > 2 * usualPollMs + 1;
}

/** A record was as old as that when it was processed: the least age of the half day counts. */
export function teachHold(history: HistoryTable, row: number, heldMs: number): void {
  const known = history.heldMs[row] as number;
  if (known === 0 || heldMs + 1 < known) history.heldMs[row] = heldMs + 1;
}

/** One more lag at rest. A window is long enough to hold two of the reader's own cycles. */
export function sampleLag(
  history: HistoryTable,
  row: number,
  { lag, committed, at, growthWindowMs }: LagSample,
): void {
  const newerAt = history.newerAt[row] as number;
  if (newerAt !== 0 && at - newerAt < windowMs(history, row, growthWindowMs)) {
    if (lag < (history.newerLeastLag[row] as bigint)) history.newerLeastLag[row] = lag;
    return;
  }
  history.olderAt[row] = newerAt;
  history.olderFirstLag[row] = history.newerFirstLag[row] as bigint;
  history.olderLeastLag[row] = history.newerLeastLag[row] as bigint;
  history.olderCommitted[row] = history.newerCommitted[row] as bigint;
  history.newerAt[row] = at;
  history.newerFirstLag[row] = lag;
  history.newerLeastLag[row] = lag;
  history.newerCommitted[row] = committed;
}

/** Lag when the reader had committed, and where it did. */
interface LagSample {
  readonly lag: bigint;
  readonly committed: bigint;
  readonly at: EpochMs;
  readonly growthWindowMs: number;
}
