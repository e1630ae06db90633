import type { ClusterMemory } from './memory/cluster-memory.ts';
import type { BrokerId } from './offset.ts';
import type { GroupReading } from './reading.ts';
import type { Snapshot } from './snapshot.ts';
import type { Unread, UnreadCause } from './unread.ts';

/** Where Kafka keeps commits: the leader of a group's partition of it coordinates the group. */
const offsetsTopic = '__consumer_offsets';

/**
 * Groups that we know and that nobody listed because their broker could not be asked: not gone, but unread. A group that
 * is missing although its coordinator answered is not among them.
 */
export function unlistedGroups(memory: ClusterMemory, snapshot: Snapshot): GroupReading[] {
  if (everyBrokerRead(snapshot)) return [];
  const listed = new Set(snapshot.groups.map(({ group }) => group));
  const silent = new Map<BrokerId, UnreadCause>();
  let lost: UnreadCause | null = null;
  for (const part of snapshot.unread) {
    if (part.scope === 'broker') silent.set(part.broker, part);
    else if (hidesGroups(part)) lost = part;
  }
  const readings: GroupReading[] = [];
  for (const [group, { life }] of memory.groups) {
    if (listed.has(group)) continue;
    const { coordinator, type } = life;
    const why = (coordinator === null ? undefined : silent.get(coordinator)) ?? lost;
    if (why === null) continue;
    const unread: UnreadCause = {
      reason: 'coordinator-unread',
      detail: `nobody listed it; ${coordinator === null ? '' : `its coordinator was ${coordinator}: `}${why.detail}`,
    };
    const unseen = { group, type, state: '', coordinator, members: null, commits: [], unread };
    readings.push({ snapshot: unseen, unread, partitions: [] });
  }
  return readings;
}

/** Whether every group that there is must have been listed. */
export function everyBrokerRead({ unread }: Snapshot): boolean {
  return !unread.some(hidesGroups);
}

/** Groups may be there that nobody listed: their broker, or the partition that holds their commits, was not read. */
function hidesGroups(part: Unread): boolean {
  return part.scope === 'broker' || (part.scope === 'partition' && part.topic === offsetsTopic);
}
