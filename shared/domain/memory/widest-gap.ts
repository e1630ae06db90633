import type { EpochMs } from '../offset.ts';

const hour = 3_600_000;

/** A half day. Three of these are kept, so that what is remembered reaches back 24 to 36 hours. */
export const gapSpanMs = 12 * hour;

/**
 * The widest of some durations over the last day or so. It forgets only as new ones come in: a partition that is used
 * once a week keeps what it showed last week.
 */
export interface WidestGap {
  /** Which half day `widestMs[0]` belongs to. */
  readonly span: number;
  /** Of this half day, the one before, and the one before that. */
  readonly widestMs: readonly [number, number, number];
}

export const noGap: WidestGap = { span: 0, widestMs: [0, 0, 0] };

/** The widest of all. */
export function widestOf({ widestMs }: WidestGap): number {
  return Math.max(widestMs[0], widestMs[1], widestMs[2]);
}

/** With one more duration, shown at `at`. */
export function withGap(gap: WidestGap, ms: number, at: EpochMs): WidestGap {
  const span = Math.floor(at / gapSpanMs);
  const { widestMs } = gap;
  const a = widestMs[0];
  switch (span - gap.span) {
    case 0:
      return ms <= a ? gap : { span, widestMs: [ms, widestMs[1], widestMs[2]] };
    case 1:
      return { span, widestMs: [ms, a, widestMs[1]] };
    case 2:
      return { span, widestMs: [ms, 0, a] };
    default:
      return { span, widestMs: [ms, 0, 0] };
  }
}
