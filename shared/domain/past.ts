import { type Pace, paceOf } from './forecast.ts';
import type { GroupLife, TopicLife } from './memory/group-life.ts';
import { flag, type HistoryTable, none } from './memory/history.ts';
import type { LogMemory, LogTrack, TopicLog } from './memory/log-memory.ts';
import type { EpochMs } from './offset.ts';
import { type Patience, patienceOf, patienceWithoutMembers } from './patience.ts';
import type { Policy } from './policy.ts';
import type { Reading } from './reading.ts';
import { type TimeLag, timeLagOf } from './time-lag.ts';

/** A transaction's marker may be seen a poll or two later than the commit that came to rest before it. */
const restingPolls = 2;

/** A loss is told of for so long after the commit has jumped over it: long enough to be confirmed. */
const lossTellsMs = 5 * 60_000;
const lossTellsPolls = 3;

/** What every partition of one group on one topic has in common. */
export interface TopicPast {
  readonly topic: string;
  readonly policy: Policy;
  readonly life: GroupLife;
  readonly hasMembers: boolean;
  readonly history: HistoryTable;
  readonly logs: LogMemory;
  readonly log: TopicLog | undefined;
  /** By partition number: which slot of the logs it has. */
  readonly slots: readonly (number | undefined)[];
  readonly topicLife: TopicLife | undefined;
  readonly usualPollMs: number;
  readonly now: EpochMs;
}

/**
 * What earlier polls, and this one, told of one group on one partition. Costly parts are worked out when asked for, and
 * once. There may be hundreds of thousands: who judges one after the other moves one of these along.
 */
export class Past {
  readonly #shared: TopicPast;
  #row: number;
  #partition: number;
  #timeLag: TimeLag | null | undefined;
  #pace: Pace | null | undefined;
  #patience: Patience | undefined;

  constructor(shared: TopicPast, row: number, partition: number) {
    this.#shared = shared;
    this.#row = row;
    this.#partition = partition;
  }

  get row(): number {
    return this.#row;
  }

  /** From now on it tells of another partition of the topic. */
  moveTo(row: number, partition: number): void {
    this.#row = row;
    this.#partition = partition;
    this.#timeLag = undefined;
    this.#pace = undefined;
    this.#patience = undefined;
  }

  /** How lag has changed of late; `null` where too little was seen. */
  get pace(): Pace | null {
    if (this.#pace === undefined) {
      const { history, policy } = this.#shared;
      this.#pace = paceOf(history, this.#row, policy.growthWindowMs);
    }
    return this.#pace;
  }

  /** How old the oldest waiting record is. */
  timeLagOf(reading: Reading): TimeLag | null {
    if (this.#timeLag === undefined) {
      const { history, logs, slots, now } = this.#shared;
      const notAfter = history.datedTo[this.#row] as number;
      const stamp = notAfter === 0 ? null : { notBefore: history.datedFrom[this.#row] as number, notAfter };
      this.#timeLag = timeLagOf(reading, { logs, slot: slots[this.#partition] }, now, stamp);
    }
    return this.#timeLag;
  }

  is(bit: number): boolean {
    return ((this.#shared.history.flags[this.#row] as number) & bit) !== 0;
  }

  /** Records wait that the group would be expected to read. */
  get waits(): boolean {
    return this.is(flag.waits);
  }

  get silentMs(): number {
    return this.#shared.history.silentMs[this.#row] as number;
  }

  get unreadMs(): number {
    return this.#shared.history.unreadMs[this.#row] as number;
  }

  get lastProgressAt(): EpochMs | null {
    return (this.#shared.history.progressAt[this.#row] as number) || null;
  }

  get lost(): bigint {
    return this.#shared.history.lost[this.#row] as bigint;
  }

  /** Records [from, to) of which it was seen, a few polls ago at most, that they are gone. */
  get freshLoss(): { readonly from: bigint; readonly to: bigint } | null {
    const { history, now, usualPollMs } = this.#shared;
    const at = history.lostAt[this.#row] as number;
    if (at === 0 || now - at > Math.max(lossTellsMs, lossTellsPolls * usualPollMs)) return null;
    return { from: history.lostFrom[this.#row] as bigint, to: history.lostTo[this.#row] as bigint };
  }

  /** From where and to where the commit fell back, if it has not recovered. */
  get rewind(): { readonly from: bigint; readonly to: bigint; readonly at: EpochMs } | null {
    const { history } = this.#shared;
    const from = history.rewoundFrom[this.#row] as bigint;
    if (from === none) return null;
    return { from, to: history.rewoundTo[this.#row] as bigint, at: history.rewoundAt[this.#row] as number };
  }

  get patience(): Patience {
    if (this.#patience === undefined) {
      const { history, hasMembers } = this.#shared;
      this.#patience = (hasMembers ? patienceOf : patienceWithoutMembers)(history, this.#row, this.#shared);
    }
    return this.#patience;
  }

  /** Records wait, and have done so without progress for longer than is innocent here. */
  get isOverdue(): boolean {
    if (!this.waits || this.silentMs === 0) return false;
    return this.is(flag.overdue) || this.#countedMs >= this.patience.ms;
  }

  /** Silence from before its members came is not theirs; a promise counts it all the same. */
  get #countedMs(): number {
    const { hasMembers, policy, life } = this.#shared;
    return hasMembers && !policy.patienceIsPromise ? Math.min(this.silentMs, life.runMs) : this.silentMs;
  }

  /** Enough was seen of the group to page for it. */
  get isEarned(): boolean {
    return this.is(flag.overdue) || this.patience.earned;
  }

  /** The log's end has not moved since the commit came to rest, give or take the polls that saw it. */
  get endRests(): boolean {
    return this.track.flatMs + restingPolls * this.#shared.usualPollMs >= this.silentMs;
  }

  get log(): TopicLog | undefined {
    return this.#shared.log;
  }

  /** Of a partition whose end was read. */
  get track(): LogTrack {
    const { slots, logs } = this.#shared;
    return logs.tracks[slots[this.#partition] as number] as LogTrack;
  }

  get topicLife(): TopicLife | undefined {
    return this.#shared.topicLife;
  }

  /** Whether these are so few offsets that they mean nothing yet: some records, or what it is given in a short while. */
  isNegligible(offsets: bigint): boolean {
    const { policy } = this.#shared;
    return offsets <= policy.rewindRecords || offsets <= this.producedIn(policy.rewindTimeMs);
  }

  /** Offsets that this partition is given in so long, at the pace of late. */
  producedIn(ms: number): bigint {
    return BigInt(Math.ceil(this.track.producedPerMs * ms));
  }
}
