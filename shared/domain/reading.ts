import type { Offset } from './offset.ts';
import { risingOrder } from './rising-order.ts';
import type { GroupSnapshot, Member, PartitionSnapshot, Snapshot, TopicCommits } from './snapshot.ts';
import type { Unread, UnreadCause } from './unread.ts';

/** What one group's position on one partition is, as one poll saw it. */
export interface Reading {
  readonly topic: string;
  readonly partition: number;
  readonly start: Offset | null;
  readonly stable: Offset | null;
  readonly end: Offset | null;
  readonly committed: Offset | null;
  readonly lag: Lag;
  readonly owner: Member | null;
}

/**
 * `end − committed`, in offsets: never clamped, so negative where the commit lies beyond the end, and never an exact
 * count of records, since compaction and transaction markers leave gaps. Otherwise why it is not known; `no-commit`
 * means that the group has committed nothing here, which is neither 0 nor everything.
 */
export type Lag = bigint | 'no-commit' | UnreadCause;

/** All of one group's readings, in the order topic, partition. */
export interface GroupReading {
  readonly snapshot: GroupSnapshot;
  /** Why the group is not known as a whole: its commits or its members were not read; `null` where both were. */
  readonly unread: UnreadCause | null;
  readonly partitions: readonly Reading[];
}

const topicUnread: UnreadCause = {
  reason: 'topic-missing',
  detail: 'the topic was not read: it does not exist, or the login lacks Describe on it',
};

/** The readings of every group in the snapshot: each partition that it has committed on or that a member owns. */
export function measure(snapshot: Snapshot): GroupReading[] {
  return [...measureGroups(snapshot)];
}

/** As `measure`, group after group: who keeps none of them holds one group's readings in memory at a time. */
export function* measureGroups(snapshot: Snapshot): Generator<GroupReading, void, void> {
  const unreadCommits = unreadCommitsByGroup(snapshot.unread);
  const unreadGroups = new Map(
    snapshot.unread.flatMap((part) => (part.scope === 'group' ? [[part.group, part]] : [])),
  );
  const recurring: Recurring = { orders: new Map(), logs: new Map() };
  for (const group of snapshot.groups) {
    yield {
      snapshot: group,
      unread: group.unread ?? unreadGroups.get(group.group) ?? null,
      partitions: measureGroup(group, snapshot.topics, unreadCommits.get(group.group) ?? [], recurring),
    };
  }
}

/** What many groups have in common, and is worked out once: there may be hundreds of thousands of commits. */
interface Recurring {
  /** The order of each list of partitions that has been met: groups of one topic often share one list. */
  readonly orders: Map<readonly number[], readonly number[] | null>;
  /** Each topic's logs by partition number. */
  readonly logs: Map<string, readonly (PartitionSnapshot | undefined)[]>;
}

function measureGroup(
  group: GroupSnapshot,
  topics: Snapshot['topics'],
  unreadCommits: readonly UnreadCommit[],
  recurring: Recurring,
): Reading[] {
  const owners = ownersByTopic(group.members ?? []);
  // Sized at once, since growing by and by leaves the smaller arrays to the garbage collector.
  const readings = new Array<Reading>(
    group.commits.reduce((sum, { partitions }) => sum + partitions.length, 0),
  );
  let committed = 0;
  let namesTopicTwice = false;
  let lastTopic: string | null = null;
  for (const { topic, partitions, offsets } of inTopicOrder(group.commits)) {
    namesTopicTwice ||= topic === lastTopic;
    lastTopic = topic;
    const logs = logsOf(topic, topics, recurring);
    const ofTopic = owners.get(topic);
    const order = orderOf(partitions, recurring);
    for (let i = 0; i < partitions.length; i++) {
      const at = order === null ? i : (order[i] as number);
      const partition = partitions[at] as number;
      const owner = ofTopic === undefined ? null : takeOwner(ofTopic, partition);
      readings[committed++] = toReading(topic, partition, offsets[at] as Offset, logs[partition], owner);
    }
  }
  const add = (topic: string, partition: number, commit: Commit) => {
    const log = topics.get(topic)?.partitions.get(partition);
    readings.push(toReading(topic, partition, commit, log, takeOwner(owners.get(topic), partition)));
  };
  for (const { topic, partition, cause } of unreadCommits) add(topic, partition, cause);
  for (const [topic, ofTopic] of owners) {
    // Owned, and no commit was told: none was made, unless the commits could not be read at all.
    for (const partition of [...ofTopic.keys()]) add(topic, partition, group.unread);
  }
  const isInOrder = readings.length === committed && !namesTopicTwice;
  return isInOrder ? readings : readings.sort(byTopicAndPartition);
}

function inTopicOrder(commits: readonly TopicCommits[]): readonly TopicCommits[] {
  if (commits.length < 2) return commits;
  return commits.toSorted((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0));
}

function orderOf(partitions: readonly number[], { orders }: Recurring): readonly number[] | null {
  const known = orders.get(partitions);
  if (known !== undefined) return known;
  const order = risingOrder(partitions);
  orders.set(partitions, order);
  return order;
}

function logsOf(
  topic: string,
  topics: Snapshot['topics'],
  { logs }: Recurring,
): readonly (PartitionSnapshot | undefined)[] {
  const known = logs.get(topic);
  if (known !== undefined) return known;
  const byNumber: (PartitionSnapshot | undefined)[] = [];
  for (const [partition, log] of topics.get(topic)?.partitions ?? []) byNumber[partition] = log;
  logs.set(topic, byNumber);
  return byNumber;
}

/** The partition's owner, who is thereby accounted for. */
function takeOwner(owners: Map<number, Member> | undefined, partition: number): Member | null {
  const owner = owners?.get(partition) ?? null;
  if (owner !== null) owners?.delete(partition);
  return owner;
}

/** The committed offset, or why it is not known, or `null` for none. */
type Commit = Offset | UnreadCause | null;

function toReading(
  topic: string,
  partition: number,
  commit: Commit,
  log: PartitionSnapshot | undefined,
  owner: Member | null,
): Reading {
  const end = log?.end ?? null;
  return {
    topic,
    partition,
    start: log?.start ?? null,
    stable: log?.stable ?? null,
    end,
    committed: typeof commit === 'bigint' ? commit : null,
    lag: lagOf(commit, end, log?.unread ?? topicUnread),
    owner,
  };
}

function lagOf(commit: Commit, end: Offset | null, logUnread: UnreadCause): Lag {
  // The commit's own cause first: where no commit is known, the log may not even have been asked for.
  if (typeof commit === 'object' && commit !== null) return commit;
  if (end === null) return logUnread;
  return commit === null ? 'no-commit' : end - commit;
}

interface UnreadCommit {
  readonly topic: string;
  readonly partition: number;
  readonly cause: UnreadCause;
}

function unreadCommitsByGroup(unread: readonly Unread[]): Map<string, UnreadCommit[]> {
  const byGroup = new Map<string, UnreadCommit[]>();
  for (const part of unread) {
    if (part.scope !== 'partition' || part.group === undefined) continue;
    const { group, topic, partition, reason, detail } = part;
    const commits = byGroup.get(group) ?? [];
    commits.push({ topic, partition, cause: { reason, detail } });
    byGroup.set(group, commits);
  }
  return byGroup;
}

function ownersByTopic(members: readonly Member[]): Map<string, Map<number, Member>> {
  const owners = new Map<string, Map<number, Member>>();
  for (const member of members) {
    for (const [topic, partitions] of member.assigned) {
      const ofTopic = owners.get(topic) ?? new Map<number, Member>();
      owners.set(topic, ofTopic);
      for (const partition of partitions) ofTopic.set(partition, member);
    }
  }
  return owners;
}

function byTopicAndPartition(a: Reading, b: Reading): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition;
}
