import type { TopicLife } from './group-life.ts';
import type { LogTrack, TopicLog } from './log-memory.ts';

/** Rests that are counted at most: two are enough to know a habit. */
export const restsKept = 2;

/**
 * Whether the one offset left is not a record but the marker that ends a transaction, which no reader is given and not
 * every reader commits past. Told by a topic that is written in transactions; or, since short transactions are over
 * between two polls, by a group that never reaches the end of this topic and came to rest so before.
 */
export function isOnlyMarker(
  { lag, stable, end }: { readonly lag: bigint; readonly stable: bigint | null; readonly end: bigint | null },
  track: LogTrack,
  log: TopicLog | undefined,
  life: TopicLife | undefined,
): boolean {
  if (lag !== 1n || track.flatPolls === 0 || stable !== end) return false;
  return (
    log?.transactional === true || (life !== undefined && !life.reachesEnd && life.restsAtOne >= restsKept)
  );
}
