import type { EpochMs } from '../../../shared/domain/offset.ts';
import type { TopicConfig } from '../../../shared/domain/snapshot.ts';
import type { Random } from '../random.ts';
import { PartitionLog } from './partition-log.ts';

/** How a topic is written in transactions. */
export interface TransactionHabits {
  readonly abortChance: number;
  /** That a transaction spans two steps, so that a poll may find it open. */
  readonly openChance: number;
  /** The most records that an aborted transaction leaves. */
  readonly mostAborted: number;
}

export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  /** Records per second over the whole topic, by time. */
  readonly rate: (now: EpochMs) => number;
  readonly retentionMs: number | null;
  readonly segmentMs: number;
  readonly compacted: boolean;
  readonly transactions: TransactionHabits | null;
  /** Whether the monitor may read the topic's configuration. */
  readonly configKnown: boolean;
  /** Each partition's share of the production; they add up to 1. */
  readonly shares: readonly number[];
  /** Offsets before the simulation begins. */
  readonly firstEnd: number;
}

/** A topic with whoever writes to it. */
export class Topic {
  readonly plan: TopicPlan;
  /** Changes when the topic is recreated; `null` while it does not exist. */
  id: string | null;
  logs: PartitionLog[];
  rate: (now: EpochMs) => number;
  retentionMs: number | null;
  #recreations = 0;
  readonly #brokers: number;

  constructor(plan: TopicPlan, brokers: number, now: EpochMs) {
    this.plan = plan;
    this.#brokers = brokers;
    this.rate = plan.rate;
    this.retentionMs = plan.retentionMs;
    this.id = `${plan.name}-id-0`;
    this.logs = plan.shares.map((share, partition) => {
      const end = Math.floor(plan.firstEnd * share);
      const past = (plan.retentionMs ?? longAgoMs) / 1000;
      const start = plan.compacted ? 0 : Math.max(0, Math.floor(end - plan.rate(now) * share * past));
      const log = new PartitionLog(this.#homeOf(partition), start, end);
      log.dates.note(now - past * 1000, start);
      log.dates.note(now, end);
      return log;
    });
  }

  get config(): TopicConfig | null {
    if (!this.plan.configKnown) return null;
    return {
      retentionMs: this.plan.compacted ? 'unlimited' : (this.retentionMs ?? longAgoMs),
      retentionBytes: 'unlimited',
      compacted: this.plan.compacted,
      timestampType: 'CreateTime',
    };
  }

  produce(now: EpochMs, stepMs: number, random: Random): void {
    if (this.id === null) return;
    const expected = (this.rate(now) * stepMs) / 1000;
    const { shares, transactions } = this.plan;
    for (let partition = 0; partition < shares.length; partition++) {
      const log = this.logs[partition] as PartitionLog;
      if (log.leader === null) continue;
      const mean = expected * (shares[partition] as number);
      const records = random.around(mean > 20 ? mean * (0.8 + 0.4 * random.next()) : mean);
      if (transactions !== null) writeInTransaction(log, records, transactions, random);
      else if (records > 0) log.append(records);
    }
  }

  /** Once a minute: what dates and retention go by. */
  keepBooks(now: EpochMs): void {
    for (const log of this.logs) {
      log.dates.note(now, log.end);
      if (this.retentionMs !== null) log.expire(now, this.retentionMs, this.plan.segmentMs);
    }
  }

  delete(): void {
    this.id = null;
    this.logs = this.logs.map(() => new PartitionLog(1, 0, 0));
  }

  /** The same name, another topic: empty logs. */
  recreate(now: EpochMs): void {
    this.#recreations++;
    this.id = `${this.plan.name}-id-${this.#recreations}`;
    this.logs = this.logs.map((_, partition) => new PartitionLog(this.#homeOf(partition), 0, 0));
    for (const log of this.logs) log.dates.note(now, 0);
  }

  #homeOf(partition: number): number {
    return ((this.plan.name.length + partition) % this.#brokers) + 1;
  }
}

const longAgoMs = 7 * 24 * 3_600_000;

function writeInTransaction(
  log: PartitionLog,
  records: number,
  { abortChance, openChance, mostAborted }: TransactionHabits,
  random: Random,
): void {
  log.endTransaction(true);
  if (records === 0) return;
  if (random.chance(abortChance)) {
    log.beginTransaction(Math.min(records, mostAborted));
    log.endTransaction(false);
    return;
  }
  log.beginTransaction(records);
  if (!random.chance(openChance)) log.endTransaction(true);
}
