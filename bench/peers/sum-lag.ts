import type { GroupReading } from '../../shared/domain/reading.ts';

/** How many lags are known, and their sum. */
export function sumLag(groups: Iterable<GroupReading>): { groupPartitions: number; lag: number } {
  let [groupPartitions, lag] = [0, 0];
  for (const { partitions } of groups) {
    for (const reading of partitions) {
      if (typeof reading.lag !== 'bigint') continue;
      groupPartitions += 1;
      lag += Number(reading.lag);
    }
  }
  return { groupPartitions, lag };
}
