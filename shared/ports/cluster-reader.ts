import type { BrokerId, EpochMs, Offset, PartitionsByTopic } from '../domain/offset.ts';
import type { GroupType, Member, TopicCommits, TopicConfig } from '../domain/snapshot.ts';
import type { Unread, UnreadCause } from '../domain/unread.ts';

/** Who is there, and who leads what. */
export interface Topology {
  readonly clusterId: string | null;
  /** Brokers that the cluster names as alive. */
  readonly brokers: readonly BrokerId[];
  readonly topics: ReadonlyMap<string, TopicTopology>;
  readonly unread: readonly Unread[];
}

export interface TopicTopology {
  readonly id: string | null;
  /** Leader by partition number; `null` where there is none. */
  readonly leaders: ReadonlyMap<number, BrokerId | null>;
}

/** A group as its coordinator lists it. */
export interface ListedGroup {
  readonly group: string;
  readonly type: GroupType;
  /** As the broker spells it; empty where it does not tell (before Kafka 2.6). */
  readonly state: string;
  readonly coordinator: BrokerId;
}

/** Either the offset, or why it is not known. */
export type OffsetRead = Offset | UnreadCause;

/** By topic and partition number; a partition that was not asked for is absent. */
export type OffsetsRead = ReadonlyMap<string, ReadonlyMap<number, OffsetRead>>;

export type CommitsRead =
  | { readonly known: true; readonly topics: readonly TopicCommits[]; readonly unread: readonly Unread[] }
  | { readonly known: false; readonly cause: UnreadCause };

export type MembersRead =
  | { readonly known: true; readonly state: string; readonly members: readonly Member[] }
  | { readonly known: false; readonly cause: UnreadCause };

/** Which end of the log: `start` log start offset, `stable` last stable offset, `end` high watermark. */
export type OffsetKind = 'start' | 'stable' | 'end';

/** Each topic that was asked for is in one of the two. */
export interface TopicConfigsRead {
  readonly configs: ReadonlyMap<string, TopicConfig>;
  readonly unread: ReadonlyMap<string, UnreadCause>;
}

/** Instants to look up, 0 or later, by topic and partition number. */
export type TimestampsByPartition = ReadonlyMap<string, ReadonlyMap<number, readonly EpochMs[]>>;

/** The first record in the order of the log that is stamped at or after an instant, if there is one. */
export type RecordFound = { readonly offset: Offset; readonly timestamp: EpochMs } | null | UnreadCause;

/** By topic and partition number, one for each instant, in the order in which they were asked. */
export type RecordsFound = ReadonlyMap<string, ReadonlyMap<number, readonly RecordFound[]>>;

/**
 * Reads one Kafka cluster. A part that cannot be read is a value in the answer, never an exception that takes the rest
 * along; a Fault means that nothing could be read, or that the signal's deadline has passed.
 */
export interface ClusterReader {
  /** One request to any broker. Throws a Fault when no broker answers. */
  readTopology(signal: AbortSignal): Promise<Topology>;

  /** The named topics alone: those that exist, and for the others why not. One request to any broker. */
  readTopics(names: readonly string[], signal: AbortSignal): Promise<Pick<Topology, 'topics' | 'unread'>>;

  /** All groups, one request to each broker. */
  listGroups(
    topology: Topology,
    signal: AbortSignal,
  ): Promise<{ readonly groups: readonly ListedGroup[]; readonly unread: readonly Unread[] }>;

  /** One offset for each partition wanted, one request to each leader. */
  readOffsets(
    kind: OffsetKind,
    wanted: PartitionsByTopic,
    topology: Topology,
    signal: AbortSignal,
  ): Promise<OffsetsRead>;

  /** Every commit of the groups, by group id; one request to each coordinator unless the answer would be very large. */
  readCommits(groups: readonly ListedGroup[], signal: AbortSignal): Promise<ReadonlyMap<string, CommitsRead>>;

  /** As `readCommits`, but what a transaction under way may still move is unread instead of its value before. */
  readStableCommits(
    groups: readonly ListedGroup[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, CommitsRead>>;

  /** State and members of the groups, by group id; at most two requests to each coordinator, unless a group looks dead. */
  readMembers(groups: readonly ListedGroup[], signal: AbortSignal): Promise<ReadonlyMap<string, MembersRead>>;

  /**
   * How long the topics keep their records, and whose clock stamps them; one request to any broker. Needs a right of
   * its own (DescribeConfigs on the topic).
   */
  readTopicConfigs(topics: readonly string[], signal: AbortSignal): Promise<TopicConfigsRead>;

  /**
   * For each instant the first record that is stamped at or after it, among those that a consumer may read. As many
   * requests to each leader as the partition with the most instants has, all at once.
   */
  lookUpTimestamps(
    asked: TimestampsByPartition,
    topology: Pick<Topology, 'topics'>,
    signal: AbortSignal,
  ): Promise<RecordsFound>;

  /** Requests sent since the last call, by Kafka's name of the API, connecting included. */
  takeRequestCounts(): ReadonlyMap<string, number>;

  close(): void;
}
