import { type EpochMs, toOffset } from '../domain/offset.ts';
import type { DatedOffset, Snapshot, TopicConfig } from '../domain/snapshot.ts';
import { placeOf, type Suspect } from '../domain/suspects.ts';
import type { UnreadCause } from '../domain/unread.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterReader, RecordFound, RecordsFound, Topology } from '../ports/cluster-reader.ts';
import {
  beginSearch,
  instantsPerRound,
  isOver,
  learn,
  nextInstants,
  type StampedRecord,
  type TimestampSearch,
} from './timestamp-search.ts';

/**
 * Why an offset has no date:
 *
 * - `unread`: its leader did not tell; the detail says why
 * - `no-record`: nothing waits at the offset: it is not below the end, or the end is not known
 * - `no-timestamp`: the record carries none, as those of very old clients
 * - `from-the-future`: it, or one before it, carries a time yet to come, which is not believed
 * - `deleted`: the log began behind it by the time it was asked for
 * - `out-of-time`: the deadline came first
 */
export type UndatedReason =
  | 'unread'
  | 'no-record'
  | 'no-timestamp'
  | 'from-the-future'
  | 'deleted'
  | 'out-of-time';

export interface UndatedOffset extends Pick<Suspect, 'topic' | 'partition' | 'offset'> {
  readonly reason: UndatedReason;
  readonly detail: string;
}

export interface Dating {
  /** With `dated` filled; what it held before is kept. */
  readonly snapshot: Snapshot;
  readonly undated: readonly UndatedOffset[];
  readonly rounds: number;
  /** Requests sent for it, by Kafka's name of the API. */
  readonly requests: ReadonlyMap<string, number>;
}

/** Rounds of requests at most, each of at most `instantsPerRound` requests to each leader. */
const mostRounds = 8;

/**
 * How old the oldest waiting records are, for many offsets at once and without the right to read a record: instants
 * are looked up until one leads to the offset itself, whose timestamp is then exact. Otherwise the narrowest bracket is
 * given, which relies on records being stamped in their order: only `notAfter` holds without that.
 *
 * An offset below the log's start stands for the start, since the first record at or after it is meant. Of a record
 * whose CreateTime is earlier than that of one before it only a bracket can be had, as of one stamped alike; where the
 * broker stamps (LogAppendTime) and nothing is compacted away, the latter is exact as well.
 *
 * On topics with tiered storage an instant of long ago makes the broker fetch an index from remote storage: `earliest`
 * bounds how far back is asked.
 *
 * @param reader has to know the brokers, from a poll before
 * @param snapshot names leaders, starts, ends and configurations
 */
export async function dateSuspects(
  reader: ClusterReader,
  snapshot: Snapshot,
  suspects: readonly Suspect[],
  clock: Clock,
  signal: AbortSignal,
  { earliest = 0 }: { readonly earliest?: EpochMs } = {},
): Promise<Dating> {
  const now = clock.now();
  const cases = distinct(suspects).map((suspect) => toCase(suspect, snapshot, now, earliest));
  const topology = topologyOf(snapshot);
  let rounds = 0;
  while (rounds < mostRounds && !signal.aborted) {
    const asked = instantsByPartition(cases.filter(isOpen), rounds);
    if (asked.size === 0) break;
    rounds += 1;
    const found = await reader.lookUpTimestamps(asked, topology, signal);
    const told = toldByPartition(asked, found);
    for (const one of cases) {
      const ofPartition = told.get(one.suspect.topic)?.get(one.suspect.partition);
      if (ofPartition === undefined || one.search === null || !isOpen(one)) continue;
      one.search = learn(one.search, ofPartition.records);
      one.cause = ofPartition.cause;
    }
  }
  const results = cases.map(toResult);
  const dated = results.flatMap((result) => ('reason' in result ? [] : [result]));
  const isAnew = new Set(dated.map(placeOf));
  return {
    snapshot: {
      ...snapshot,
      dated: [...snapshot.dated.filter((old) => !isAnew.has(placeOf(old))), ...dated],
    },
    undated: results.flatMap((result) => ('reason' in result ? [result] : [])),
    rounds,
    requests: reader.takeRequestCounts(),
  };
}

/** One offset under way. */
interface Case {
  readonly suspect: Suspect;
  readonly config: TopicConfig | null;
  /** `null` where nothing waits. */
  search: TimestampSearch | null;
  /** Why its leader stopped telling. */
  cause: UnreadCause | null;
}

function toCase(suspect: Suspect, { topics }: Snapshot, now: EpochMs, earliest: EpochMs): Case {
  const topic = topics.get(suspect.topic);
  const log = topic?.partitions.get(suspect.partition);
  const start = log?.start ?? null;
  const offset = start !== null && start > suspect.offset ? start : suspect.offset;
  const waits = log !== undefined && log.end !== null && offset < log.end;
  return {
    suspect,
    config: topic?.config ?? null,
    search: waits ? beginSearch(offset, toOffset(log.end), now, Math.max(0, earliest)) : null,
    cause: log?.end == null ? (log?.unread ?? null) : null,
  };
}

function isOpen({ search, cause }: Case): boolean {
  return search !== null && cause === null && !isOver(search);
}

function distinct(suspects: readonly Suspect[]): Suspect[] {
  return [...new Map(suspects.map((suspect) => [placeOf(suspect), suspect])).values()];
}

function topologyOf({ topics }: Snapshot): Pick<Topology, 'topics'> {
  return {
    topics: new Map(
      [...topics].map(([name, { id, partitions }]) => [
        name,
        { id, leaders: new Map([...partitions].map(([number, { leader }]) => [number, leader])) },
      ]),
    ),
  };
}

type Instants = Map<string, Map<number, EpochMs[]>>;

/** Offsets of one partition that are heard in a round: more than there are instants, since some wish for the same. */
const casesHeard = 4 * instantsPerRound;

/** Offsets of one partition share its instants: each gets its most promising one before any gets its next. */
function instantsByPartition(open: readonly Case[], round: number): Instants {
  const asked: Instants = new Map();
  for (const [topic, ofTopic] of Map.groupBy(open, ({ suspect }) => suspect.topic)) {
    const byPartition = new Map<number, EpochMs[]>();
    for (const [partition, cases] of Map.groupBy(ofTopic, ({ suspect }) => suspect.partition)) {
      // Where there are more offsets than instants, every round begins with another one.
      const turn = (round * instantsPerRound) % cases.length;
      const wishes = [...cases.slice(turn), ...cases.slice(0, turn)].slice(0, casesHeard).map(wishesOf);
      const ranked = Array.from({ length: instantsPerRound }, (_, rank) =>
        wishes.flatMap((wish) => wish[rank] ?? []),
      );
      byPartition.set(partition, [...new Set(ranked.flat())].slice(0, instantsPerRound));
    }
    asked.set(topic, byPartition);
  }
  return asked;
}

function wishesOf({ search, suspect: { hint } }: Case): EpochMs[] {
  const hints = [hint?.notBefore, hint?.notAfter].filter((at) => at !== undefined);
  return nextInstants(search as TimestampSearch, hints);
}

/** What one round told of a partition. */
interface Told {
  readonly records: ReadonlyMap<EpochMs, StampedRecord | null>;
  readonly cause: UnreadCause | null;
}

function toldByPartition(asked: Instants, found: RecordsFound): Map<string, Map<number, Told>> {
  const told = new Map<string, Map<number, Told>>();
  for (const [topic, partitions] of asked) {
    const ofTopic = new Map<number, Told>();
    for (const [partition, instants] of partitions) {
      ofTopic.set(partition, toTold(instants, found.get(topic)?.get(partition) ?? []));
    }
    told.set(topic, ofTopic);
  }
  return told;
}

function toTold(instants: readonly EpochMs[], answers: readonly RecordFound[]): Told {
  const records = new Map<EpochMs, StampedRecord | null>();
  let cause: UnreadCause | null = null;
  for (const [i, at] of instants.entries()) {
    const record = answers[i];
    if (record === undefined) continue;
    if (record !== null && 'reason' in record) cause = record;
    else records.set(at, record);
  }
  return { records, cause };
}

function toResult({ suspect, config, search, cause }: Case): DatedOffset | UndatedOffset {
  const { topic, partition, offset, hint } = suspect;
  const undated = (reason: UndatedReason, detail: string) => ({ topic, partition, offset, reason, detail });
  if (search === null) {
    if (cause !== null) return undated('unread', cause.detail);
    return undated('no-record', 'no record is known to wait at the offset');
  }
  const { exact, isFromTheFuture, early, late, now } = search;
  if (exact !== null) return { topic, partition, offset, notBefore: exact, notAfter: exact };
  if (isFromTheFuture) {
    return undated('from-the-future', 'it, or a record before it, is stamped with a time yet to come');
  }
  if (early.record === null && late.at > now) {
    if (cause !== null) return undated('unread', cause.detail);
    return undated('out-of-time', 'no instant was looked up in time');
  }
  if (early.record === null && late.at <= 0) {
    if (late.record === null) return undated('no-timestamp', 'no record up to the end carries a timestamp');
    if (config?.compacted === false) {
      return undated('deleted', 'it was deleted before it was asked for, or carries no timestamp');
    }
  }
  // A record before the offset is still there, and nothing is taken out of the middle: so the record itself is there.
  const isThere = early.record !== null && config?.compacted === false;
  const notAfter = Math.min(now, isThere ? late.at - 1 : (late.record?.timestamp ?? late.at - 1));
  if (early.record === null) {
    return { topic, partition, offset, notBefore: Math.min(hint?.notBefore ?? 0, notAfter), notAfter };
  }
  // Equal bounds mean exact: they are only where the order is certain. Else a millisecond says that it is not.
  const isExact = isThere && config.timestampType === 'LogAppendTime';
  const notBefore = early.at === notAfter && !isExact ? early.at - 1 : early.at;
  return { topic, partition, offset, notBefore, notAfter };
}
