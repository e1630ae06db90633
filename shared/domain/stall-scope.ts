import type { StallScope } from './judgement.ts';
import type { HistoryTable } from './memory/history.ts';
import type { EpochMs } from './offset.ts';
import type { Reading } from './reading.ts';

/** Who moved last in a group: what tells a record that cannot be processed from a member that hangs. */
export interface StallScopes {
  /** When any partition of the group last moved; 0 for never. */
  readonly groupProgressAt: EpochMs;
  /** Who else stands still, given since when this partition does. */
  readonly scopeOf: (reading: Reading, since: EpochMs) => StallScope;
}

/** @param base row of the group's first partition */
export function stallScopes(
  history: HistoryTable,
  base: number,
  partitions: readonly Reading[],
): StallScopes {
  let groupProgressAt = 0;
  const byOwner = new Map<string, EpochMs>();
  for (let i = 0; i < partitions.length; i++) {
    const progressAt = history.progressAt[base + i] as number;
    if (progressAt > groupProgressAt) groupProgressAt = progressAt;
    const owner = (partitions[i] as Reading).owner?.id;
    if (owner !== undefined && progressAt > (byOwner.get(owner) ?? 0)) byOwner.set(owner, progressAt);
  }
  return {
    groupProgressAt,
    scopeOf: ({ owner }, since) => {
      // Where nobody can be named, all that can be said is that others move.
      const ownerProgressAt = owner === null ? groupProgressAt : (byOwner.get(owner.id) ?? 0);
      if (ownerProgressAt > since) return 'partition';
      return groupProgressAt > since ? 'member' : 'group';
    },
  };
}
