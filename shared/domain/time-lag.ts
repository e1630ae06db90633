import { none } from './memory/history.ts';
import type { LogMemory, SeriesRow } from './memory/log-memory.ts';
import type { EpochMs } from './offset.ts';
import type { Reading } from './reading.ts';
import type { DatedOffset } from './snapshot.ts';

/** How old the oldest waiting record is: how far behind the group is in time. Milliseconds. */
export interface TimeLag {
  /** The best guess between the two bounds; `null` where only the lower one is known. */
  readonly ms: number | null;
  readonly atLeastMs: number;
  /** `null`: no upper bound is known. */
  readonly atMostMs: number | null;
  /**
   * `nothing-waits`; `ends`: when the log's end passed the commit, as our own polls saw it; `timestamps`: the record's
   * own timestamp, which is its producer's clock unless the topic uses LogAppendTime.
   */
  readonly method: 'nothing-waits' | 'ends' | 'timestamps';
}

const caughtUp: TimeLag = { ms: 0, atLeastMs: 0, atMostMs: 0, method: 'nothing-waits' };

/** Bounds that stand closer together than this, or than this part of the age, are as good as one instant. */
const exactWithinMs = 2_000;
const exactWithinPart = 0.02;

/** A timestamp further ahead of our clock than this is no clock's error but somebody's invention. */
const clockAheadMs = 60_000;

/** Whether the age may be given as exact. */
export function isExact({ ms, atLeastMs, atMostMs }: TimeLag): boolean {
  return (
    ms !== null && atMostMs !== null && atMostMs - atLeastMs <= Math.max(exactWithinMs, exactWithinPart * ms)
  );
}

/** One partition's log in the memory of all; `undefined`: it was never seen. */
export interface KeptLog {
  readonly logs: LogMemory;
  readonly slot: number | undefined;
}

/**
 * The time lag of one reading; `null` where nothing is known: no commit, nothing read, or no poll that reaches back.
 *
 * @param dated what the record's own timestamp told, where it was asked for
 */
export function timeLagOf(
  { lag, committed }: Reading,
  { logs, slot }: KeptLog,
  now: EpochMs,
  dated: Pick<DatedOffset, 'notBefore' | 'notAfter'> | null,
): TimeLag | null {
  if (typeof lag !== 'bigint' || committed === null || lag < 0n) return null;
  if (lag === 0n) return caughtUp;
  const seen = ageByEnds(logs, slot, committed, now);
  if (dated === null) return seen;
  if (dated.notBefore > now + clockAheadMs) return seen;
  // A producer's clock may be a little ahead; no record waits since a time to come.
  const stamped = between(now - dated.notAfter, now - dated.notBefore, null, 'timestamps');
  // Stamped later than we saw it in the log: that clock is not to be believed.
  if (seen !== null && Math.max(0, now - dated.notBefore) < seen.atLeastMs) return seen;
  if (seen === null || seen.atMostMs === null || !isExact(seen)) return stamped;
  return isExact(stamped) ? stamped : seen;
}

/** The polls between which the log's end passed the commit: the record came after the one and before the other. */
export function ageByEnds(
  { series }: LogMemory,
  slot: number | undefined,
  committed: bigint,
  now: EpochMs,
): TimeLag | null {
  if (slot === undefined) return null;
  let after: SeriesRow | null = null;
  for (let i = series.length - 1; i >= 0; i--) {
    const row = series[i] as SeriesRow;
    // Beyond its end, and at none, there is nothing to compare: asked apart, a comparison of offsets makes no object.
    if (slot >= row.ends.length || row.ends[slot] === none) continue;
    if ((row.ends[slot] as bigint) <= committed) {
      if (after === null) return null;
      // Where it lies between two polls is guessed as if records had come at an even pace.
      const end = row.ends[slot] as bigint;
      const part = Number(committed - end) / Number((after.ends[slot] as bigint) - end);
      return between(now - after.at, now - row.at, now - (row.at + part * (after.at - row.at)), 'ends');
    }
    after = row;
  }
  return after === null
    ? null
    : { ms: null, atLeastMs: Math.max(0, now - after.at), atMostMs: null, method: 'ends' };
}

function between(
  youngestMs: number,
  oldestMs: number,
  guessMs: number | null,
  method: TimeLag['method'],
): TimeLag {
  const atLeastMs = Math.max(0, youngestMs);
  const atMostMs = Math.max(0, oldestMs);
  return { ms: Math.max(0, guessMs ?? (atLeastMs + atMostMs) / 2), atLeastMs, atMostMs, method };
}

/** When the record at this offset was produced, as our own polls saw the end pass it; `null` where they do not reach back. */
export function producedAt({ logs, slot }: KeptLog, offset: bigint, now: EpochMs): EpochMs | null {
  const seen = ageByEnds(logs, slot, offset, now);
  return seen === null || seen.ms === null ? null : now - seen.ms;
}
