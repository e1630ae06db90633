import type { EpochMs } from '../../../shared/domain/offset.ts';
import type { PartitionLog } from './partition-log.ts';
import type { Topic } from './topic.ts';

/** One running consumer: a member of the group, or a reader that assigns itself its partitions and is none. */
export interface Reader {
  id: string;
  readonly clientId: string;
  readonly host: string;
  /** Whether it is a member: readers by assign() commit and are never seen. */
  readonly isMember: boolean;
  /** It sends heartbeats, and reads and commits nothing. */
  hung: boolean;
  nextCommitAt: EpochMs;
  cursors: Cursor[];
}

/** Where a group stands on one partition: what it has read, what it has committed, and the truth about its pauses. */
export class Cursor {
  readonly topic: Topic;
  readonly partition: number;
  owner: Reader | null = null;
  /** The next record that its owner will read. */
  position: number;
  committed: number | null;
  /** The record that its owner cannot get past. */
  poison: number | null = null;
  /** Left out of every assignment. */
  leftOut = false;
  /** When the commit last moved, or when nothing waited for the last time; whichever is later. */
  busySince: EpochMs;
  /** The longest time that records waited between two steps of progress. */
  widestPauseMs = 0;
  /** The longest time between two commits that moved, whether or not records waited. */
  lastProgressAt: EpochMs;

  constructor(topic: Topic, partition: number, committed: number | null, now: EpochMs) {
    this.topic = topic;
    this.partition = partition;
    this.committed = committed;
    this.position = committed ?? this.log.end;
    this.busySince = now;
    this.lastProgressAt = now;
  }

  get log(): PartitionLog {
    const log = this.topic.logs[this.partition];
    if (log === undefined) throw new Error(`no partition ${this.partition} of ${this.topic.plan.name}`);
    return log;
  }

  /** Records between the commit and the end, as a monitor counts them. */
  get waiting(): number {
    return this.committed === null ? 0 : this.log.end - this.committed;
  }

  commit(now: EpochMs): void {
    if (this.committed !== null && this.position > this.committed) {
      this.widestPauseMs = Math.max(this.widestPauseMs, now - this.busySince);
      this.busySince = now;
      this.lastProgressAt = now;
    }
    this.committed = this.position;
  }
}
