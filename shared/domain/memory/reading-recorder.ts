import { patienceOf, patienceWithoutMembers } from '../patience.ts';
import type { Policy } from '../policy.ts';
import type { Reading } from '../reading.ts';
import type { DatedOffset, GroupSnapshot } from '../snapshot.ts';
import { ageByEnds } from '../time-lag.ts';
import {
  type GroupLife,
  type LifeSigns,
  type LossRange,
  mayHaveMembers,
  newLife,
  newTopicLife,
  runGoesOnMs,
  type TopicLife,
} from './group-life.ts';
import { flag, type HistoryTable, none } from './history.ts';
import { asksForHold, habitOf, sampleLag, teachGap, teachHold } from './learning.ts';
import type { LogMemory, LogTrack, SlotsOfTopic, TopicLog } from './log-memory.ts';
import { isOnlyMarker, restsKept } from './marker.ts';
import type { PollStep } from './poll-step.ts';
import { withGap } from './widest-gap.ts';

/** What this poll adds to what is known of the group on the topic that is being read. */
type TopicTally = { -readonly [Fact in keyof TopicLife]: TopicLife[Fact] };

/**
 * Writes one poll of one group into the rows of its partitions. The rows hold the polls before; each is brought up to
 * date in place, since the table was made for this poll alone.
 */
export class ReadingRecorder {
  readonly #history: HistoryTable;
  /** As it was before this poll, but for what its topics show now. */
  readonly #life: GroupLife;
  readonly #logs: LogMemory;
  readonly #slotsOf: SlotsOfTopic;
  readonly #step: PollStep;
  readonly #hasMembers: boolean;
  readonly #topics: Map<string, TopicLife>;
  #topic = '';
  #log: TopicLog | undefined;
  #policy: Policy | undefined;
  /** A copy of what is known of the group on this topic, brought up to date in place; `undefined`: it never moved. */
  #tally: TopicTally | undefined;
  #slots: readonly (number | undefined)[] = [];
  #reachesEnd = false;
  #progressed = false;
  #keepsUp = true;
  #gapMs = 0;
  readonly #losses: LossRange[] = [];

  constructor(
    history: HistoryTable,
    life: GroupLife | null,
    group: GroupSnapshot,
    logs: LogMemory,
    slotsOf: SlotsOfTopic,
    step: PollStep,
  ) {
    this.#history = history;
    this.#logs = logs;
    this.#slotsOf = slotsOf;
    this.#step = step;
    this.#hasMembers = mayHaveMembers(group);
    const before = life ?? newLife(step.at);
    this.#topics = new Map(before.topics);
    // Patience is earned by what was watched: the first step of progress counts as that much later.
    const { unwatchedMs } = step;
    if (unwatchedMs > 0) {
      for (const [topic, one] of before.topics) {
        this.#topics.set(topic, { ...one, firstProgressAt: one.firstProgressAt + unwatchedMs });
      }
    }
    this.#life = { ...before, topics: this.#topics };
  }

  /** What follows is on this topic. */
  enterTopic(topic: string, policy: Policy): void {
    this.#leaveTopic();
    this.#topic = topic;
    this.#policy = policy;
    this.#log = this.#logs.topics.get(topic);
    this.#slots = this.#slotsOf(topic);
    const known = this.#topics.get(topic);
    this.#tally = known && { ...known };
  }

  /** What all of its partitions told of the group. */
  signs(): Pick<LifeSigns, 'progressed' | 'keepsUp' | 'gapMs' | 'topics' | 'losses'> {
    this.#leaveTopic();
    return {
      progressed: this.#progressed,
      keepsUp: this.#keepsUp,
      gapMs: this.#gapMs,
      topics: this.#topics,
      losses: this.#losses,
    };
  }

  #leaveTopic(): void {
    if (this.#tally !== undefined) {
      this.#tally.reachesEnd ||= this.#reachesEnd;
      this.#topics.set(this.#topic, this.#tally);
    }
    this.#reachesEnd = false;
  }

  /** A partition that this poll told nothing of. */
  recordMissing(row: number): void {
    const history = this.#history;
    const flags = history.flags[row] as number;
    history.flags[row] = flags | flag.unread;
    history.unreadMs[row] =
      (flags & flag.unread) === 0 ? 0 : (history.unreadMs[row] as number) + this.#step.watchedMs;
  }

  record(row: number, reading: Reading): void {
    const history = this.#history;
    const { lag, committed, end } = reading;
    const isNew = history.firstSeenAt[row] === 0;
    if (isNew) history.firstSeenAt[row] = this.#step.at;
    if (typeof lag === 'object' || end === null) {
      // First seen by a poll that could not read it: nothing is known but that it is there.
      this.recordMissing(row);
      return;
    }
    const log = this.#track(reading.partition);
    this.#meetNewLog(row, committed);
    const flagsBefore = history.flags[row] as number;
    let flags = flagsBefore & (flag.onOldLog | flag.neverCommitted | flag.restsAtOne);
    const before = history.committed[row] as bigint;
    const wasRead = (flagsBefore & flag.unread) === 0 && !isNew;
    const elapsedMs = wasRead ? this.#step.watchedMs : 0;

    if (committed === null) {
      if (before !== none && (flags & flag.onOldLog) === 0) {
        // It had one: what became of it is not known, and what was known stays.
        history.flags[row] = flagsBefore;
        this.recordMissing(row);
        return;
      }
      history.unreadMs[row] = 0;
      // Kafka dropped it with the old log: whatever is committed within the new one is of the new one.
      if ((flags & flag.onOldLog) !== 0) history.mark[row] = none;
      if (before === none && (flags & (flag.neverCommitted | flag.onOldLog)) === 0) {
        flags |= flag.neverCommitted;
        history.mark[row] = end;
      }
      const arrived = (flags & flag.neverCommitted) !== 0 && end > (history.mark[row] as bigint);
      if (arrived) flags |= flag.waits;
      history.silentMs[row] = arrived ? (history.silentMs[row] as number) + elapsedMs : 0;
      history.flags[row] = flags;
      return;
    }

    const { watchedMs, unwatchedMs, usualMs } = this.#step;
    const missedMs = wasRead ? 0 : (history.unreadMs[row] as number) + usualMs;
    const sinceReadMs = watchedMs + unwatchedMs + missedMs;
    history.unreadMs[row] = 0;
    if (committed > end) {
      flags |= (flagsBefore & flag.beyondEnd) === 0 ? flag.beyondEnd : flag.beyondEnd | flag.beyondEndTwice;
    }
    if ((flags & flag.onOldLog) !== 0) {
      // One beyond the new end is of the old log, and stays so when the new one grows past it.
      if (committed > end) history.mark[row] = committed;
      else if (committed !== history.mark[row]) flags &= ~flag.onOldLog;
    }
    const progressed = before === none ? (flags & flag.neverCommitted) !== 0 : committed > before;
    const waits = this.#waits(reading, log);
    if (progressed)
      this.#recordProgress(row, { before, partition: reading.partition, elapsedMs, missedMs, flagsBefore });
    if (progressed || !waits) {
      history.silentMs[row] = 0;
      const restLag = this.#leftBehind(lag as bigint, log, sinceReadMs);
      history.restLagBefore[row] = history.restLag[row] as bigint;
      history.restLag[row] = restLag;
      const { growthWindowMs } = this.#policy as Policy;
      sampleLag(history, row, { lag: restLag, committed, at: this.#step.at, growthWindowMs });
    } else {
      history.silentMs[row] = (history.silentMs[row] as number) + elapsedMs;
    }
    this.#recordRewind(row, before, committed, reading);
    this.#recordLoss(row, before, committed, reading);
    if (committed !== before && history.datedTo[row] !== 0) {
      history.datedFrom[row] = 0;
      history.datedTo[row] = 0;
    }
    history.committed[row] = committed;
    flags &= ~(flag.neverCommitted | flag.restsAtOne);
    if (lag === 1n && log.flatPolls > 0) flags |= flag.restsAtOne;
    if (lag === 0n && end > 0n) this.#reachesEnd = true;
    if (waits) {
      flags |= flag.waits;
      if (this.#keepsUp)
        this.#keepsUp = isLittle(history.restLag[row] as bigint, log, this.#policy as Policy);
    }
    // Who was overdue stays so until it moves: that its members give up as well is no recovery.
    const wasOverdue = !progressed && (flagsBefore & flag.overdue) !== 0;
    if (waits && (wasOverdue || this.#isOverdue(row))) flags |= flag.overdue;
    history.flags[row] = flags;
  }

  /** Lag when it committed, at least: what came in since the reading before may have come later. */
  #leftBehind(lag: bigint, { producedPerMs }: LogTrack, sinceReadMs: number): bigint {
    const arrived = Math.ceil(producedPerMs * sinceReadMs);
    // Compared as numbers, since most readers leave nothing.
    return lag === 0n || Number(lag) <= arrived ? 0n : lag - BigInt(arrived);
  }

  /** Whether any record waits that the group would be expected to read. */
  #waits({ lag, stable, end }: Reading, log: LogTrack): boolean {
    const { allowedLag } = this.#policy as Policy;
    if (typeof lag !== 'bigint' || lag <= allowedLag) return false;
    return lag !== 1n || !isOnlyMarker({ lag, stable, end }, log, this.#log, this.#tally);
  }

  /** Of a partition whose end was read. */
  #track(partition: number): LogTrack {
    return this.#logs.tracks[this.#slots[partition] as number] as LogTrack;
  }

  /** What was learnt of the old log says nothing of the new one; but a commit that stays is one on the old log. */
  #meetNewLog(row: number, committed: bigint | null): void {
    const history = this.#history;
    const { generation, oldId } = this.#log as TopicLog;
    if (history.generation[row] === (generation & 0xff)) return;
    const before = history.committed[row] as bigint;
    history.generation[row] = generation;
    history.flags[row] = (history.flags[row] as number) & ~flag.neverCommitted;
    // Without an older id, the topic is one that had been forgotten.
    if (before === none || oldId === null) return;
    history.flags[row] = ((history.flags[row] as number) & flag.unread) | flag.onOldLog;
    history.mark[row] = before;
    history.committed[row] = committed ?? none;
    history.silentMs[row] = 0;
    history.olderAt[row] = 0;
    history.newerAt[row] = 0;
    history.rewoundFrom[row] = none;
    history.lostTo[row] = none;
    history.lostAt[row] = 0;
  }

  #recordProgress(row: number, { before, partition, elapsedMs, missedMs, flagsBefore }: ProgressSeen): void {
    const history = this.#history;
    const { at, usualMs } = this.#step;
    // Over a gap in polling this is less than the whole: what was not watched is not in it.
    const gapMs = (history.silentMs[row] as number) + elapsedMs;
    this.#progressed = true;
    const taughtMs = (flagsBefore & flag.overdue) === 0 ? gapMs : habitOf(history, row, gapMs, at);
    this.#tally ??= newTopicLife(at);
    const tally = this.#tally;
    tally.lastProgressAt = at;
    if ((flagsBefore & flag.restsAtOne) !== 0 && tally.restsAtOne < restsKept) tally.restsAtOne++;
    if (taughtMs > 0) {
      teachGap(history, row, taughtMs, at);
      tally.gap = withGap(tally.gap, taughtMs, at);
      this.#gapMs = Math.max(this.#gapMs, taughtMs);
    }
    history.progressAt[row] = at - missedMs;
    const asks = asksForHold(history, row, at, usualMs);
    const heldMs = asks ? this.#ageOfProcessed(row, before, partition) : null;
    if (heldMs === null) return;
    teachHold(history, row, heldMs);
    tally.leastHeldMs = Math.min(tally.leastHeldMs ?? heldMs, heldMs);
  }

  /** How old, at least, the record was that the commit has just passed; `null` where nothing bounds it. */
  #ageOfProcessed(row: number, before: bigint, partition: number): number | null {
    const { at } = this.#step;
    const dated = this.#history.datedTo[row] as number;
    if (dated !== 0) return Math.max(0, at - dated);
    const age = before === none ? null : ageByEnds(this.#logs, this.#slots[partition], before, at);
    return age === null || age.atMostMs === null ? null : age.atLeastMs;
  }

  #recordRewind(row: number, before: bigint, committed: bigint, { end, partition }: Reading): void {
    const history = this.#history;
    const from = history.rewoundFrom[row] as bigint;
    if (from !== none) {
      if (committed >= from || committed >= (end as bigint)) history.rewoundFrom[row] = none;
      return;
    }
    if (before === none || committed >= before) return;
    const { rewindRecords, rewindTimeMs } = this.#policy as Policy;
    const produced = this.#track(partition).producedPerMs * rewindTimeMs;
    if (before - committed <= rewindRecords || Number(before - committed) <= produced) return;
    history.rewoundFrom[row] = before;
    history.rewoundTo[row] = committed;
    history.rewoundAt[row] = this.#step.at;
  }

  /**
   * Records between the commit and a start that has overtaken it are gone. They are counted when that is seen, each
   * once; and when the commit later jumps over them, so are those that went meanwhile.
   */
  #recordLoss(row: number, before: bigint, committed: bigint, { start, end, partition }: Reading): void {
    if (start === null || start > (end as bigint)) return;
    const history = this.#history;
    const countedTo = history.lostTo[row] as bigint;
    const jumped = before !== none && before < countedTo && committed > before;
    if (committed >= start && !jumped) return;
    const from = committed >= start || countedTo > committed ? countedTo : committed;
    const to = start;
    if (to <= from) return;
    history.lost[row] = (history.lost[row] as bigint) + (to - from);
    if (from !== countedTo || history.lostAt[row] === 0) history.lostFrom[row] = from;
    history.lostTo[row] = to;
    history.lostAt[row] = this.#step.at;
    this.#losses.push({ topic: this.#topic, partition, from, to, at: this.#step.at });
  }

  /** What the timestamps told of the record at the commit: it holds until the commit moves. */
  recordDate(row: number, { notBefore, notAfter }: DatedOffset): void {
    this.#history.datedFrom[row] = notBefore;
    this.#history.datedTo[row] = notAfter;
  }

  /** Only what would page must not teach: an unearned patience is long, and what it forgives is how the group works. */
  #isOverdue(row: number): boolean {
    const policy = this.#policy as Policy;
    const silentMs = this.#history.silentMs[row] as number;
    if (silentMs < policy.patienceMs) return false;
    const { usualMs: usualPollMs } = this.#step;
    const context = { policy, life: this.#life, topicLife: this.#tally, usualPollMs };
    const patience = (this.#hasMembers ? patienceOf : patienceWithoutMembers)(this.#history, row, context);
    const ranMs =
      this.#hasMembers && !policy.patienceIsPromise ? (runGoesOnMs(this.#life, this.#step) ?? 0) : silentMs;
    return patience.earned && Math.min(silentMs, ranMs) >= patience.ms;
  }
}

/** A step of progress, as far as one reading tells. */
interface ProgressSeen {
  readonly before: bigint;
  readonly partition: number;
  /** Since the reading before, as far as it was watched. */
  readonly elapsedMs: number;
  /** For how long before this poll it was not read: it may have moved as long ago. */
  readonly missedMs: number;
  readonly flagsBefore: number;
}

/** A service that keeps up leaves no more than this when it commits; a batch that has just begun leaves far more. */
const littleMs = 3 * 60_000;

function isLittle(restLag: bigint, log: LogTrack, { rewindRecords }: Policy): boolean {
  return restLag !== none && (restLag <= rewindRecords || Number(restLag) <= log.producedPerMs * littleMs);
}
