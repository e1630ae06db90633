import { measure } from '../../shared/domain/reading.ts';
import type { Observation } from '../../shared/usecases/observe-cluster.ts';

/** One group on one partition, with all that was read of it. */
export interface ReadingRow {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly start: bigint | null;
  readonly committed: bigint | null;
  readonly stable: bigint | null;
  readonly end: bigint | null;
  readonly lag: bigint | 'no-commit' | 'unread';
}

/** Every reading in the observation, in the order group, topic, partition. */
export function readingRows({ snapshot }: Observation): ReadingRow[] {
  return measure(snapshot).flatMap(({ snapshot: { group }, partitions }) =>
    partitions.map(({ owner: _, lag, ...offsets }) => ({
      group,
      ...offsets,
      lag: typeof lag === 'object' ? ('unread' as const) : lag,
    })),
  );
}

/** What must be read when these groups and these partitions cannot be: all the rest, and of the partitions the commit. */
export function withUnread(
  rows: readonly ReadingRow[],
  unread: {
    readonly group: (group: string) => boolean;
    readonly partition: (topic: string, partition: number) => boolean;
  },
): ReadingRow[] {
  return rows
    .filter(({ group }) => !unread.group(group))
    .map((row) =>
      unread.partition(row.topic, row.partition)
        ? { ...row, start: null, stable: null, end: null, lag: 'unread' }
        : row,
    );
}
