import type { EpochMs } from '../offset.ts';
import type { Snapshot } from '../snapshot.ts';
import { none } from './history.ts';
import type { PollStep } from './poll-step.ts';
import { noGap, type WidestGap, widestOf, withGap } from './widest-gap.ts';

const minute = 60_000;
const hour = 60 * minute;

/** How far back the series reaches: what is older is dropped, one row of it apart. */
const seriesReachesMs = 25 * hour;

/**
 * Rows stand apart by this part of their age at most: seven in the first minutes, some sixty over a day. An age read off
 * the series is known to that part of itself; where more is asked, records are dated.
 */
const rowSpacing = 0.15;

/** Transactions that a broker lets run at most, where nobody changed it: transaction.max.timeout.ms. */
export const longestTransactionMs = 15 * minute;

/** So many times the widest step of the last stable offset is still innocent. */
export const stableGapFactor = 3;

/** A topic that no group speaks of any more is forgotten after this long: later than what groups did on it. */
const topicKeptMs = 48 * hour;

/** Stable is read before the end: a few seconds' worth of records between them are a race and no transaction. */
const raceMs = 5_000;

/** What is kept of a topic. */
export interface TopicLog {
  readonly id: string | null;
  /** The id before, if it was made anew while we watched. */
  readonly oldId: string | null;
  /** Counts how often it was made anew. */
  readonly generation: number;
  /** Its last stable offset was once seen held back below the end: it is written in transactions. */
  readonly transactional: boolean;
  /** Row of each partition in the columns. */
  readonly slots: ReadonlyMap<number, number>;
  readonly lastSeenAt: EpochMs;
}

/** One poll of all logs: offsets by slot, −1 where not read. A row may be shorter than a later one. */
export interface SeriesRow {
  readonly at: EpochMs;
  readonly ends: BigInt64Array;
  readonly starts: BigInt64Array;
}

/** What is kept of one partition's log beside the series. */
export interface LogTrack {
  readonly end: bigint;
  /** For how many polls running the end has not moved. */
  readonly flatPolls: number;
  readonly flatMs: number;
  readonly stable: bigint;
  /** For how long stable has not moved while it lay below the end. */
  readonly stableStillMs: number;
  /** The widest such time that ended by itself. */
  readonly stableGap: WidestGap;
  /** Offsets added per millisecond, over the last hour or as much of it as is known; 0 where it is not. */
  readonly producedPerMs: number;
}

export interface LogMemory {
  readonly topics: ReadonlyMap<string, TopicLog>;
  /** By slot. */
  readonly tracks: readonly LogTrack[];
  /** Oldest first. */
  readonly series: readonly SeriesRow[];
}

/** The slots of a topic's partitions, by partition number; `undefined` for one that was never seen. */
export type SlotsOfTopic = (topic: string) => readonly (number | undefined)[];

/** Each topic's slots, laid out when they are first asked for: many groups read the same topic. */
export function slotsByTopic({ topics }: LogMemory): SlotsOfTopic {
  const known = new Map<string, (number | undefined)[]>();
  return (topic) => {
    let byNumber = known.get(topic);
    if (byNumber === undefined) {
      byNumber = [];
      for (const [partition, slot] of topics.get(topic)?.slots ?? []) byNumber[partition] = slot;
      known.set(topic, byNumber);
    }
    return byNumber;
  };
}

export const noLogs: LogMemory = { topics: new Map(), tracks: [], series: [] };

/** The logs with one more poll. */
export function rememberLogs(previous: LogMemory, snapshot: Snapshot, step: PollStep): LogMemory {
  const { at } = step;
  // As of the poll before this one: what was not seen because nobody looked is not forgotten.
  const tidy = withoutForgotten(previous, previous.series.at(-1)?.at ?? at);
  const topics = new Map(tidy.topics);
  const tracks = [...tidy.tracks];
  for (const [name, topic] of snapshot.topics) {
    const before = topics.get(name);
    const remade = before !== undefined && before.id !== null && topic.id !== null && before.id !== topic.id;
    const slots = new Map(remade ? [] : before?.slots);
    let transactional = before?.transactional ?? false;
    for (const { partition, end, stable } of topic.partitions.values()) {
      let slot = slots.get(partition);
      if (slot === undefined) {
        slot = tracks.length;
        slots.set(partition, slot);
        tracks.push(newTrack(end, stable));
      } else {
        const track = tracks[slot] as LogTrack;
        transactional ||= isHeldBack(track, end, stable, step);
        tracks[slot] = withReading(track, end, stable, step);
      }
    }
    topics.set(name, {
      id: topic.id ?? before?.id ?? null,
      oldId: remade ? before.id : (before?.oldId ?? null),
      generation: (before?.generation ?? 0) + (remade ? 1 : 0),
      transactional,
      slots,
      lastSeenAt: at,
    });
  }
  const series = thinned([...tidy.series, rowOf(snapshot, topics, tracks.length)], at);
  return { topics, tracks: withProduction(tracks, series), series };
}

function newTrack(end: bigint | null, stable: bigint | null): LogTrack {
  return {
    end: end ?? none,
    flatPolls: 0,
    flatMs: 0,
    stable: stable ?? none,
    stableStillMs: 0,
    stableGap: noGap,
    producedPerMs: 0,
  };
}

/** Whether stable lies so far below the end that only a transaction holds it there. */
function isHeldBack(track: LogTrack, end: bigint | null, stable: bigint | null, step: PollStep): boolean {
  if (end === null || stable === null || stable >= end || track.end === none || end < track.end) return false;
  if (stable < track.end) return true;
  return Number(end - stable) * step.watchedMs > Number(end - track.end) * raceMs;
}

function withReading(track: LogTrack, end: bigint | null, stable: bigint | null, step: PollStep): LogTrack {
  const flat = end !== null && end === track.end;
  const held = stable !== null && stable === track.stable && end !== null && stable < end;
  const stepped = stable !== null && stable > track.stable && track.stable < track.end && !step.isGap;
  return {
    ...track,
    end: end ?? track.end,
    flatPolls: end === null ? track.flatPolls : flat ? track.flatPolls + 1 : 0,
    flatMs: end === null ? track.flatMs : flat ? track.flatMs + step.watchedMs : 0,
    stable: stable ?? track.stable,
    stableStillMs: stable === null ? track.stableStillMs : held ? track.stableStillMs + step.watchedMs : 0,
    stableGap: stepped
      ? withStableGap(track.stableGap, track.stableStillMs + step.watchedMs, step.at)
      : track.stableGap,
  };
}

/** A transaction that hung says nothing of how long they usually are; the first that is seen may be any length. */
function withStableGap(gap: WidestGap, ms: number, at: EpochMs): WidestGap {
  const widestMs = widestOf(gap);
  return widestMs > 0 && ms > Math.max(longestTransactionMs, stableGapFactor * widestMs)
    ? gap
    : withGap(gap, ms, at);
}

function rowOf(snapshot: Snapshot, topics: ReadonlyMap<string, TopicLog>, slotCount: number): SeriesRow {
  const ends = new BigInt64Array(slotCount).fill(none);
  const starts = new BigInt64Array(slotCount).fill(none);
  for (const [name, { partitions }] of snapshot.topics) {
    const slots = topics.get(name)?.slots as ReadonlyMap<number, number>;
    for (const { partition, start, end } of partitions.values()) {
      const slot = slots.get(partition) as number;
      if (end !== null) ends[slot] = end;
      if (start !== null) starts[slot] = start;
    }
  }
  return { at: snapshot.at, ends, starts };
}

/** Without the rows that stand closer than their age asks for, and those beyond reach. The ends always stay. */
export function thinned(series: readonly SeriesRow[], now: EpochMs): readonly SeriesRow[] {
  const reach = now - seriesReachesMs;
  const kept: SeriesRow[] = [];
  for (const [i, row] of series.entries()) {
    const next = series[i + 1];
    if (next === undefined) {
      kept.push(row);
      continue;
    }
    if (next.at <= reach) continue;
    const before = kept.at(-1);
    const crowded = before !== undefined && next.at - before.at <= rowSpacing * (now - next.at);
    if (!crowded) kept.push(row);
  }
  return kept;
}

/** Slots of logs that are gone are given up once they are as many as those in use. */
function withoutForgotten(logs: LogMemory, at: EpochMs): LogMemory {
  const topics = new Map([...logs.topics].filter(([, { lastSeenAt }]) => at - lastSeenAt <= topicKeptMs));
  let used = 0;
  for (const { slots } of topics.values()) used += slots.size;
  if (logs.tracks.length < 2 * used + 16)
    return topics.size === logs.topics.size ? logs : { ...logs, topics };
  const from: number[] = [];
  for (const [name, topic] of topics) {
    const slots = new Map<number, number>();
    for (const [partition, slot] of topic.slots) {
      slots.set(partition, from.length);
      from.push(slot);
    }
    topics.set(name, { ...topic, slots });
  }
  const moved = (column: BigInt64Array) => BigInt64Array.from(from, (slot) => column[slot] ?? none);
  return {
    topics,
    tracks: from.map((slot) => logs.tracks[slot] as LogTrack),
    series: logs.series.map(({ at: when, ends, starts }) => ({
      at: when,
      ends: moved(ends),
      starts: moved(starts),
    })),
  };
}

/** Every track with the pace at which its log grows, as the series tells it. */
function withProduction(tracks: readonly LogTrack[], series: readonly SeriesRow[]): LogTrack[] {
  const latest = series.at(-1) as SeriesRow;
  const before = series.slice(0, -1);
  // After a gap in polling the row before it has to do, however old.
  const recent = before.filter((row, i) => latest.at - row.at <= hour || i === before.length - 1);
  return tracks.map((track, slot) => {
    const end = latest.ends[slot] as bigint;
    const first = recent.find(({ ends }) => {
      const known = ends[slot] ?? none;
      return known !== none && known <= end;
    });
    if (first === undefined) return track.producedPerMs === 0 ? track : { ...track, producedPerMs: 0 };
    const producedPerMs = Number(end - (first.ends[slot] as bigint)) / (latest.at - first.at);
    return producedPerMs === track.producedPerMs ? track : { ...track, producedPerMs };
  });
}
