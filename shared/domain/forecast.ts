import { type HistoryTable, none } from './memory/history.ts';
import type { LogMemory } from './memory/log-memory.ts';
import { ownGapMs, windowMs } from './memory/window.ts';
import type { EpochMs } from './offset.ts';
import type { Reading } from './reading.ts';
import type { TopicConfig } from './snapshot.ts';
import { type KeptLog, producedAt, type TimeLag } from './time-lag.ts';

/** How lag at rest has changed of late. */
export interface Pace {
  readonly overMs: number;
  /** By how much lag grew; negative where it shrank. */
  readonly grownBy: bigint;
  /** What is left when the reader has committed. */
  readonly restLag: bigint;
  /** How long a cycle of a batch is; 0 for a reader that commits all the time. */
  readonly cycleMs: number;
}

/**
 * The pace; `null` where too little was seen. Of a reader that commits now and then lag goes up and down all day: only
 * what it leaves when it has committed is compared, with the least of that in the window before.
 */
export function paceOf(history: HistoryTable, row: number, growthWindowMs: number): Pace | null {
  const newerAt = history.newerAt[row] as number;
  const restAt = history.progressAt[row] as number;
  if (newerAt === 0 || restAt < newerAt) return null;
  const restLag = history.restLag[row] as bigint;
  const first = history.newerFirstLag[row] as bigint;
  const olderAt = history.olderAt[row] as number;
  const sinceMs = restAt - newerAt;
  // Silence for a whole window: whatever shrank before, it does so no more.
  const rests = (history.silentMs[row] as number) >= windowMs(history, row, growthWindowMs);
  if (restLag < first && sinceMs >= growthWindowMs / 2) {
    return rests ? null : { overMs: sinceMs, grownBy: restLag - first, restLag, cycleMs: 0 };
  }
  if (olderAt === 0) return null;
  const before = history.olderFirstLag[row] as bigint;
  const overMs = restAt - olderAt;
  if (restLag < before) return rests ? null : { overMs, grownBy: restLag - before, restLag, cycleMs: 0 };
  const least = history.olderLeastLag[row] as bigint;
  const gapMs = ownGapMs(history, row);
  if (gapMs > growthWindowMs) {
    // A batch: only what is left at its best moments says anything, once the window holds a whole cycle.
    const settled = history.newerLeastLag[row] as bigint;
    return sinceMs >= 2 * gapMs
      ? { overMs, grownBy: settled - least, restLag: settled, cycleMs: gapMs }
      : null;
  }
  const leavesLess = restLag < (history.restLagBefore[row] as bigint);
  const isWorkingOff = leavesLess && 4 * gapMs > growthWindowMs && history.silentMs[row] === 0;
  return isWorkingOff ? null : { overMs, grownBy: restLag - least, restLag, cycleMs: 0 };
}

/** How long until nothing waits, at the pace of late, in ms: 0 where nothing does, `null` where lag does not shrink. */
export function drainMs({ lag }: Reading, pace: Pace | null): number | null {
  if (lag === 0n) return 0;
  if (typeof lag !== 'bigint' || lag < 0n || pace === null || pace.grownBy >= 0n) return null;
  return (Number(lag) / -Number(pace.grownBy)) * pace.overMs;
}

export interface LossForecastInput {
  readonly reading: Reading;
  readonly history: HistoryTable;
  readonly row: number;
  readonly log: KeptLog;
  readonly config: TopicConfig | null;
  readonly timeLag: TimeLag | null;
  /** The group does not move here at all, as far as patience can tell; otherwise it moves, and falls behind. */
  readonly standsStill: boolean;
  readonly now: EpochMs;
}

/**
 * How long until records are deleted before the group has read them, in ms: a lower bound, made for worrying early.
 * Not asked of a reader that keeps up: of that, nothing but the traffic could be read off what is looked at here.
 * `null` where that is not in sight: nothing waits, the group keeps ahead of the start, or too little is known.
 *
 * Kafka deletes whole segments, a segment once its newest record is older than retention.ms, or once those after it make
 * up retention.bytes. So a record lives at least until its own age reaches retention.ms; and the start, seen to move in
 * jumps, does not pass the commit before as many jumps as lie between.
 */
export function lossMs(input: LossForecastInput): number | null {
  const { reading } = input;
  if (typeof reading.lag !== 'bigint' || reading.lag <= 0n) return null;
  if (reading.start === null || reading.committed === null || reading.committed < reading.start) return null;
  const byTime = untilTooOld(input);
  const byStart = untilOvertaken(input);
  if (byTime === null && byStart === null) return null;
  const soonest = Math.min(byTime ?? Number.POSITIVE_INFINITY, byStart ?? Number.POSITIVE_INFINITY);
  const share = shareLost(input);
  return share === null ? null : soonest / share;
}

/**
 * Of each hour that passes, the part by which the group comes nearer to loss: 1 where it stands still, less where it
 * moves through the log at some pace, `null` where it keeps up with the clock.
 */
function shareLost({
  standsStill,
  reading,
  history,
  row,
  log,
  timeLag,
  now,
}: LossForecastInput): number | null {
  if (standsStill) return 1;
  const since = history.olderAt[row] as number;
  const then = producedAt(log, history.olderCommitted[row] as bigint, now);
  const latest =
    timeLag?.method === 'ends' && timeLag.ms !== null
      ? now - timeLag.ms
      : producedAt(log, reading.committed as bigint, now);
  if (then === null || latest === null) return null;
  const share = 1 - (latest - then) / (now - since);
  return share > leastShareLost ? Math.min(1, share) : null;
}

/** A reader that loses less than this much of each hour keeps up, as far as such readings can tell. */
const leastShareLost = 0.1;

function untilTooOld({ config, timeLag }: LossForecastInput): number | null {
  if (config === null || typeof config.retentionMs !== 'number' || config.compacted === true) return null;
  const oldestMs = timeLag?.atMostMs ?? null;
  return oldestMs === null ? null : Math.max(0, config.retentionMs - oldestMs);
}

/** Jumps that are looked at: older ones lie between polls so far apart that several look like one. */
const jumpsToJudge = 5;

/** The start moves in jumps, a segment each: the widest of late, as often as the narrowest pause between them allows. */
function untilOvertaken({ reading, log: { logs, slot }, now }: LossForecastInput): number | null {
  // Most starts rest, and there are many of them: the oldest row tells.
  if (slot === undefined || logs.series[0]?.starts[slot] === reading.start) return null;
  const jumps = startJumps(logs, slot).slice(-jumpsToJudge);
  const latest = jumps.at(-1);
  if (latest === undefined || jumps.length < 2) return null;
  let widest = 0n;
  for (const { by } of jumps) if (by > widest) widest = by;
  const pauses = jumps.slice(1).map(({ at }, i) => at - (jumps[i] as StartJump).at);
  const everyMs = Math.min(...pauses);
  const distance = (reading.committed as bigint) - (reading.start as bigint);
  return Number(distance / widest) * everyMs + Math.max(0, everyMs - (now - latest.after));
}

interface StartJump {
  /** The poll before the one that saw it: it may have come right then. */
  readonly after: EpochMs;
  readonly at: EpochMs;
  readonly by: bigint;
}

/** Oldest first, each at the poll that saw it. */
function startJumps({ series }: LogMemory, slot: number): StartJump[] {
  const jumps: StartJump[] = [];
  let before = none;
  let after: EpochMs = 0;
  for (const { at, starts } of series) {
    const start = starts[slot] ?? none;
    if (start === none) continue;
    if (before !== none && start > before) jumps.push({ after, at, by: start - before });
    before = start;
    after = at;
  }
  return jumps;
}
