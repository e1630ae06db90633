/** No offset: what a column of offsets holds where there is none. */
export const none = -1n;

/** One bit each in the column `flags`. */
export const flag = {
  /** The latest poll did not read it. */
  unread: 1,
  /** Its commit lay beyond the end at the latest reading … */
  beyondEnd: 2,
  /** … and at the one before as well. */
  beyondEndTwice: 4,
  /** The topic was made anew, and `mark` is what was committed on the old log. */
  onOldLog: 8,
  /** It has never been seen with a commit, and `mark` is where the log ended when it was first seen. */
  neverCommitted: 16,
  /** Records waited at the latest reading. */
  waits: 32,
  /** It came to rest one offset below an end that did not move any more. */
  restsAtOne: 64,
  /** Its silence outlasted the patience: it must not teach that such silence is usual. */
  overdue: 128,
} as const;

/**
 * What is kept of every group-partition, one column a fact, one row a group-partition: an object for each would cost
 * more than reading them. Times and durations in milliseconds, 0 for never; offsets −1 for none.
 */
export class HistoryTable {
  readonly size: number;
  readonly flags: Uint8Array;
  /** Which making of the topic it belongs to, modulo 256. */
  readonly generation: Uint8Array;
  readonly committed: BigInt64Array;
  readonly firstSeenAt: Float64Array;
  readonly progressAt: Float64Array;
  /** For how long records waited and the commit did not move, as far as we watched. */
  readonly silentMs: Float64Array;
  readonly unreadMs: Float64Array;
  /** Lag at the latest step of progress, at least: what a reader that commits rarely leaves behind. */
  readonly restLag: BigInt64Array;
  /** The same at the step before that. */
  readonly restLagBefore: BigInt64Array;
  /**
   * Lag at rest in two windows, the one that is over and the present one: when it began, the first and the least lag in
   * it, and where the commit stood when it began. Of a reader that commits rarely only the least says anything.
   */
  readonly olderAt: Float64Array;
  readonly olderFirstLag: BigInt64Array;
  readonly olderLeastLag: BigInt64Array;
  readonly olderCommitted: BigInt64Array;
  readonly newerAt: Float64Array;
  readonly newerFirstLag: BigInt64Array;
  readonly newerLeastLag: BigInt64Array;
  readonly newerCommitted: BigInt64Array;
  /**
   * The least age that a record had when it was processed, in this half day and the one before, plus one: a reader that
   * holds every record back is not late. 0 where none was seen.
   */
  readonly heldMs: Float64Array;
  readonly heldBeforeMs: Float64Array;
  readonly heldSpan: Uint16Array;
  /** How many gaps taught it patience, as far as 255. */
  readonly gapCount: Uint8Array;
  /** The widest gaps between two steps of progress, by half days. */
  readonly gapSpan: Uint16Array;
  readonly gapMs: Float64Array;
  readonly gapBeforeMs: Float64Array;
  readonly gapBeforeThatMs: Float64Array;
  /** Gaps of the last day that outlasted the patience, and the widest of them. */
  readonly overdueSpan: Uint16Array;
  readonly overdueCount: Uint8Array;
  readonly overdueMs: Float64Array;
  /** What the timestamps told of the record at the commit, for as long as it does not move; 0 for nothing. */
  readonly datedFrom: Float64Array;
  readonly datedTo: Float64Array;
  /** See `flag.onOldLog` and `flag.neverCommitted`. */
  readonly mark: BigInt64Array;
  readonly rewoundFrom: BigInt64Array;
  readonly rewoundTo: BigInt64Array;
  readonly rewoundAt: Float64Array;
  readonly lost: BigInt64Array;
  /** The latest loss: when it was seen, where it began; and up to where losses are counted. */
  readonly lostAt: Float64Array;
  readonly lostFrom: BigInt64Array;
  readonly lostTo: BigInt64Array;

  /** @param source a table of the same size whose facts it starts with; otherwise nothing is known of any row */
  constructor(size: number, source?: HistoryTable) {
    this.size = size;
    this.flags = source?.flags.slice() ?? new Uint8Array(size);
    this.generation = source?.generation.slice() ?? new Uint8Array(size);
    this.committed = source?.committed.slice() ?? new BigInt64Array(size).fill(none);
    this.firstSeenAt = source?.firstSeenAt.slice() ?? new Float64Array(size);
    this.progressAt = source?.progressAt.slice() ?? new Float64Array(size);
    this.silentMs = source?.silentMs.slice() ?? new Float64Array(size);
    this.unreadMs = source?.unreadMs.slice() ?? new Float64Array(size);
    this.restLag = source?.restLag.slice() ?? new BigInt64Array(size).fill(none);
    this.restLagBefore = source?.restLagBefore.slice() ?? new BigInt64Array(size).fill(none);
    this.olderAt = source?.olderAt.slice() ?? new Float64Array(size);
    this.olderFirstLag = source?.olderFirstLag.slice() ?? new BigInt64Array(size);
    this.olderLeastLag = source?.olderLeastLag.slice() ?? new BigInt64Array(size);
    this.olderCommitted = source?.olderCommitted.slice() ?? new BigInt64Array(size);
    this.newerAt = source?.newerAt.slice() ?? new Float64Array(size);
    this.newerFirstLag = source?.newerFirstLag.slice() ?? new BigInt64Array(size);
    this.newerLeastLag = source?.newerLeastLag.slice() ?? new BigInt64Array(size);
    this.newerCommitted = source?.newerCommitted.slice() ?? new BigInt64Array(size);
    this.heldMs = source?.heldMs.slice() ?? new Float64Array(size);
    this.heldBeforeMs = source?.heldBeforeMs.slice() ?? new Float64Array(size);
    this.heldSpan = source?.heldSpan.slice() ?? new Uint16Array(size);
    this.gapCount = source?.gapCount.slice() ?? new Uint8Array(size);
    this.gapSpan = source?.gapSpan.slice() ?? new Uint16Array(size);
    this.gapMs = source?.gapMs.slice() ?? new Float64Array(size);
    this.gapBeforeMs = source?.gapBeforeMs.slice() ?? new Float64Array(size);
    this.gapBeforeThatMs = source?.gapBeforeThatMs.slice() ?? new Float64Array(size);
    this.overdueSpan = source?.overdueSpan.slice() ?? new Uint16Array(size);
    this.overdueCount = source?.overdueCount.slice() ?? new Uint8Array(size);
    this.overdueMs = source?.overdueMs.slice() ?? new Float64Array(size);
    this.datedFrom = source?.datedFrom.slice() ?? new Float64Array(size);
    this.datedTo = source?.datedTo.slice() ?? new Float64Array(size);
    this.mark = source?.mark.slice() ?? new BigInt64Array(size).fill(none);
    this.rewoundFrom = source?.rewoundFrom.slice() ?? new BigInt64Array(size).fill(none);
    this.rewoundTo = source?.rewoundTo.slice() ?? new BigInt64Array(size).fill(none);
    this.rewoundAt = source?.rewoundAt.slice() ?? new Float64Array(size);
    this.lost = source?.lost.slice() ?? new BigInt64Array(size);
    this.lostAt = source?.lostAt.slice() ?? new Float64Array(size);
    this.lostFrom = source?.lostFrom.slice() ?? new BigInt64Array(size).fill(none);
    this.lostTo = source?.lostTo.slice() ?? new BigInt64Array(size).fill(none);
  }
}

/** Every column, in the order in which they are stored. */
export const historyColumns = [
  'flags',
  'generation',
  'committed',
  'firstSeenAt',
  'progressAt',
  'silentMs',
  'unreadMs',
  'restLag',
  'restLagBefore',
  'olderAt',
  'olderFirstLag',
  'olderLeastLag',
  'olderCommitted',
  'newerAt',
  'newerFirstLag',
  'newerLeastLag',
  'newerCommitted',
  'heldMs',
  'heldBeforeMs',
  'heldSpan',
  'gapCount',
  'gapSpan',
  'gapMs',
  'gapBeforeMs',
  'gapBeforeThatMs',
  'overdueSpan',
  'overdueCount',
  'overdueMs',
  'datedFrom',
  'datedTo',
  'mark',
  'rewoundFrom',
  'rewoundTo',
  'rewoundAt',
  'lost',
  'lostAt',
  'lostFrom',
  'lostTo',
] as const satisfies readonly (keyof HistoryTable)[];

/** Copies one group-partition's facts from one table to a row of another. */
export function copyRow(from: HistoryTable, source: number, to: HistoryTable, row: number): void {
  to.flags[row] = from.flags[source] as number;
  to.generation[row] = from.generation[source] as number;
  to.committed[row] = from.committed[source] as bigint;
  to.firstSeenAt[row] = from.firstSeenAt[source] as number;
  to.progressAt[row] = from.progressAt[source] as number;
  to.silentMs[row] = from.silentMs[source] as number;
  to.unreadMs[row] = from.unreadMs[source] as number;
  to.restLag[row] = from.restLag[source] as bigint;
  to.restLagBefore[row] = from.restLagBefore[source] as bigint;
  to.olderAt[row] = from.olderAt[source] as number;
  to.olderFirstLag[row] = from.olderFirstLag[source] as bigint;
  to.olderLeastLag[row] = from.olderLeastLag[source] as bigint;
  to.olderCommitted[row] = from.olderCommitted[source] as bigint;
  to.newerAt[row] = from.newerAt[source] as number;
  to.newerFirstLag[row] = from.newerFirstLag[source] as bigint;
  to.newerLeastLag[row] = from.newerLeastLag[source] as bigint;
  to.newerCommitted[row] = from.newerCommitted[source] as bigint;
  to.heldMs[row] = from.heldMs[source] as number;
  to.heldBeforeMs[row] = from.heldBeforeMs[source] as number;
  to.heldSpan[row] = from.heldSpan[source] as number;
  to.gapCount[row] = from.gapCount[source] as number;
  to.gapSpan[row] = from.gapSpan[source] as number;
  to.gapMs[row] = from.gapMs[source] as number;
  to.gapBeforeMs[row] = from.gapBeforeMs[source] as number;
  to.gapBeforeThatMs[row] = from.gapBeforeThatMs[source] as number;
  to.overdueSpan[row] = from.overdueSpan[source] as number;
  to.overdueCount[row] = from.overdueCount[source] as number;
  to.overdueMs[row] = from.overdueMs[source] as number;
  to.datedFrom[row] = from.datedFrom[source] as number;
  to.datedTo[row] = from.datedTo[source] as number;
  to.mark[row] = from.mark[source] as bigint;
  to.rewoundFrom[row] = from.rewoundFrom[source] as bigint;
  to.rewoundTo[row] = from.rewoundTo[source] as bigint;
  to.rewoundAt[row] = from.rewoundAt[source] as number;
  to.lost[row] = from.lost[source] as bigint;
  to.lostAt[row] = from.lostAt[source] as number;
  to.lostFrom[row] = from.lostFrom[source] as bigint;
  to.lostTo[row] = from.lostTo[source] as bigint;
}
