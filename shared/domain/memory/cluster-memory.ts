import type { EpochMs } from '../offset.ts';
import type { GroupLife } from './group-life.ts';
import type { HistoryTable } from './history.ts';
import type { LogMemory } from './log-memory.ts';

/** What is kept of earlier polls of one cluster. */
export interface ClusterMemory {
  /** The poll that it stems from. */
  readonly at: EpochMs;
  /** The latest times between polls, oldest first. */
  readonly steps: readonly number[];
  readonly logs: LogMemory;
  readonly groups: ReadonlyMap<string, GroupMemory>;
  readonly history: HistoryTable;
}

/** One group: its life as a whole, and where its partitions stand in the history table. */
export interface GroupMemory {
  readonly life: GroupLife;
  /** Row of its first partition; those of the latest reading come first and in its order, then those not read. */
  readonly base: number;
  readonly keys: PartitionKeys;
}

/** Topic and partition of each row of a group. */
export interface PartitionKeys {
  readonly topics: readonly string[];
  readonly partitions: readonly number[];
}
