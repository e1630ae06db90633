import type { Unread } from '../domain/unread.ts';
import type {
  ClusterReader,
  CommitsRead,
  ListedGroup,
  MembersRead,
  OffsetsRead,
  Topology,
} from '../ports/cluster-reader.ts';

/** The groups that were asked for, and what was read of each, by group id. */
export interface GroupsRead {
  readonly groups: readonly ListedGroup[];
  readonly commits: ReadonlyMap<string, CommitsRead>;
  readonly members: ReadonlyMap<string, MembersRead>;
  /** Brokers that did not list theirs. */
  readonly unread: readonly Unread[];
}

/**
 * Lists the groups, and reads the commits and members of each as soon as its coordinator has listed it: a broker that is
 * slow to answer holds up its own groups only. But no commit is read before all the starts are.
 */
export async function readGroups(
  reader: ClusterReader,
  topology: Promise<Topology>,
  starts: Promise<OffsetsRead>,
  wanted: { readonly watchesGroup: (group: string) => boolean; readonly members: boolean },
  signal: AbortSignal,
): Promise<GroupsRead> {
  const groups: ListedGroup[] = [];
  const commits = new Map<string, CommitsRead>();
  const members = new Map<string, MembersRead>();
  const { unread } = await reader.listGroups(topology, signal, async (listed) => {
    const watched = listed.filter(({ group }) => wanted.watchesGroup(group));
    groups.push(...watched);
    const startsRead = await starts;
    const [ownCommits, ownMembers] = await Promise.all([
      readCommits(reader, watched.filter(keepsCommits), startsRead, signal),
      wanted.members ? reader.readMembers(watched, signal) : new Map<string, MembersRead>(),
    ]);
    for (const [group, read] of ownCommits) commits.set(group, read);
    for (const [group, read] of ownMembers) members.set(group, read);
  });
  return { groups, commits, members, unread };
}

/**
 * The commits, those that seem to lie below the start confirmed. A transaction's commit counts for its client before
 * its coordinator shows it, and Kafka Streams purges a repartition topic right behind such commits: the old value read
 * then would look like a loss. Only groups that live are asked for again, since nobody commits for an empty one.
 */
async function readCommits(
  reader: ClusterReader,
  groups: readonly ListedGroup[],
  starts: OffsetsRead,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, CommitsRead>> {
  const commits = await reader.readCommits(groups, signal);
  const doubtful = groups.filter(
    ({ group, state }) => state !== 'Empty' && state !== 'Dead' && liesBelowStart(commits.get(group), starts),
  );
  if (doubtful.length === 0) return commits;
  return new Map([...commits, ...(await reader.readStableCommits(doubtful, signal))]);
}

function liesBelowStart(read: CommitsRead | undefined, starts: OffsetsRead): boolean {
  if (read?.known !== true) return false;
  return read.topics.some(({ topic, partitions, offsets }) => {
    const startsOfTopic = starts.get(topic);
    if (startsOfTopic === undefined) return false;
    return partitions.some((partition, i) => {
      const start = startsOfTopic.get(partition);
      return typeof start === 'bigint' && (offsets[i] as bigint) < start;
    });
  });
}

/** Share groups keep their positions elsewhere (KIP-932): OffsetFetch would answer an empty list, which looks like none. */
function keepsCommits(group: ListedGroup): boolean {
  return group.type !== 'share';
}
