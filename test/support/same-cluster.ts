import { type Offset, toOffset } from '../../shared/domain/offset.ts';
import type { GroupSnapshot, Snapshot } from '../../shared/domain/snapshot.ts';

/** The same cluster, its logs longer by so much at the front: every offset is larger, every difference the same. */
export function shifted(snapshot: Snapshot, by: bigint): Snapshot {
  const move = (offset: Offset | null) => (offset === null ? null : toOffset(offset + by));
  const topics = [...snapshot.topics].map(([name, topic]) => {
    const partitions = [...topic.partitions].map(
      ([number, log]) =>
        [number, { ...log, start: move(log.start), stable: move(log.stable), end: move(log.end) }] as const,
    );
    return [name, { ...topic, partitions: new Map(partitions) }] as const;
  });
  const groups = snapshot.groups.map((group) => ({
    ...group,
    commits: group.commits.map((commit) => ({
      ...commit,
      offsets: Array.from(commit.offsets, (offset) => toOffset(offset + by)),
    })),
  }));
  return { ...snapshot, topics: new Map(topics), groups };
}

/** The same cluster told in another order. */
export function reordered(snapshot: Snapshot): Snapshot {
  const group = ({ commits, members, ...rest }: GroupSnapshot): GroupSnapshot => ({
    ...rest,
    commits: commits.toReversed().map(({ topic, partitions, offsets }) => ({
      topic,
      partitions: partitions.toReversed(),
      offsets: Array.from(offsets).reverse(),
    })),
    members: members?.toReversed() ?? null,
  });
  return {
    ...snapshot,
    topics: new Map([...snapshot.topics].toReversed()),
    groups: snapshot.groups.toReversed().map(group),
    unread: snapshot.unread.toReversed(),
  };
}
