import type { HistoryTable } from './history.ts';

/** The widest gap between two steps of progress that one partition has shown of late; 0 for none. */
export function ownGapMs(history: HistoryTable, row: number): number {
  return Math.max(
    history.gapMs[row] as number,
    history.gapBeforeMs[row] as number,
    history.gapBeforeThatMs[row] as number,
  );
}

/** How long the reader holds every record back before it processes it; `null` where it has shown nothing of late. */
export function heldBackMs(history: HistoryTable, row: number): number | null {
  const held = (history.heldMs[row] as number) || (history.heldBeforeMs[row] as number);
  const before = (history.heldBeforeMs[row] as number) || held;
  return held === 0 ? null : Math.min(held, before) - 1;
}

/** How long a window of lag is: as the policy says, and no less than three of the reader's own cycles. */
export function windowMs(history: HistoryTable, row: number, growthWindowMs: number): number {
  return Math.max(growthWindowMs, 3 * ownGapMs(history, row));
}
