import type { BrokerId, EpochMs, Offset } from './offset.ts';
import type { Unread, UnreadCause } from './unread.ts';

/** What kind of group it is, as ListGroups v5 tells (KIP-848, KIP-932, KIP-1071); `unknown` on brokers before 3.8. */
export type GroupType = 'classic' | 'consumer' | 'share' | 'streams' | 'unknown';

/** One partition's log as this poll saw it. `null` means not known, never 0. */
export interface PartitionSnapshot {
  readonly partition: number;
  readonly leader: BrokerId | null;
  /** Log start offset: the oldest record that is still there. */
  readonly start: Offset | null;
  /** Last stable offset: below it no transaction is open. */
  readonly stable: Offset | null;
  /** High watermark: one past the last readable record. */
  readonly end: Offset | null;
  /** Why any of the three is not known; `null` when all that was asked for was read. */
  readonly unread: UnreadCause | null;
}

/** What a topic's configuration says of how long records are kept and whose clock dates them; `null`: not known. */
export interface TopicConfig {
  readonly retentionMs: number | 'unlimited' | null;
  /** Of each partition. */
  readonly retentionBytes: bigint | 'unlimited' | null;
  readonly compacted: boolean | null;
  readonly timestampType: 'CreateTime' | 'LogAppendTime' | null;
}

export interface TopicSnapshot {
  readonly name: string;
  /** Topic id (KIP-516), by which a recreated topic is told from the old one; `null` on brokers that give none. */
  readonly id: string | null;
  /** `null`: not asked for, or not read, which needs a right of its own. */
  readonly config: TopicConfig | null;
  /** By partition number; only partitions that matter to some group are in it. */
  readonly partitions: ReadonlyMap<number, PartitionSnapshot>;
}

/** A member of a group: who owns which partitions. */
export interface Member {
  readonly id: string;
  readonly clientId: string;
  readonly host: string;
  /** Topics that it subscribes to; `null` where its protocol does not say. */
  readonly subscribed: readonly string[] | null;
  readonly assigned: ReadonlyMap<string, readonly number[]>;
}

/**
 * One group's committed offsets on one topic: `offsets[i]` belongs to `partitions[i]`. Two columns instead of an object
 * for each commit, since a cluster may hold hundreds of thousands.
 */
export interface TopicCommits {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly offsets: ArrayLike<Offset>;
}

export interface GroupSnapshot {
  readonly group: string;
  readonly type: GroupType;
  /** Kafka's own spelling on the wire: `Stable`, `Empty`, `PreparingRebalance`, …; empty where it was not told. */
  readonly state: string;
  readonly coordinator: BrokerId | null;
  /** `null` means not known (not asked, or not read), which is not the same as no members. */
  readonly members: readonly Member[] | null;
  readonly commits: readonly TopicCommits[];
  /** Why its commits are not known; `null` when they were read. */
  readonly unread: UnreadCause | null;
}

/**
 * When the first record at or after an offset was produced, as its timestamp tells: not before the one instant and not
 * after the other, which are equal where it is known exactly.
 */
export interface DatedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: Offset;
  readonly notBefore: EpochMs;
  readonly notAfter: EpochMs;
}

/** What one poll saw of one cluster at one instant. */
export interface Snapshot {
  readonly cluster: { readonly name: string; readonly id: string | null };
  /** When the poll began. */
  readonly at: EpochMs;
  /** Brokers that the cluster named as alive. */
  readonly brokers: readonly BrokerId[];
  /** By topic name; only topics that matter to some group. */
  readonly topics: ReadonlyMap<string, TopicSnapshot>;
  readonly groups: readonly GroupSnapshot[];
  readonly unread: readonly Unread[];
  /** The oldest waiting records that were dated; empty where none was asked for. */
  readonly dated: readonly DatedOffset[];
}
