import type { EpochMs, PartitionsByTopic } from '../domain/offset.ts';
import type {
  GroupSnapshot,
  Member,
  PartitionSnapshot,
  Snapshot,
  TopicSnapshot,
} from '../domain/snapshot.ts';
import type { Unread, UnreadCause } from '../domain/unread.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  ClusterReader,
  CommitsRead,
  ListedGroup,
  MembersRead,
  OffsetRead,
  OffsetsRead,
  TopicTopology,
  Topology,
} from '../ports/cluster-reader.ts';

/** What to look at. Everything left out saves its requests and is `null` in the snapshot. */
export interface ObserveScope {
  /** The name under which the snapshot knows the cluster. */
  readonly clusterName: string;
  readonly watchesGroup: (group: string) => boolean;
  readonly watchesTopic: (topic: string) => boolean;
  /** Log start offsets: B requests. */
  readonly starts: boolean;
  /** Last stable offsets: B requests. */
  readonly stable: boolean;
  /** States and members: at most 2B requests. */
  readonly members: boolean;
}

export type ObserveStep =
  | 'topology'
  | 'groups and starts'
  | 'commits and members'
  | 'stable offsets'
  | 'ends';

export interface Observation {
  readonly snapshot: Snapshot;
  readonly durationMs: number;
  /** Requests sent for it, by Kafka's name of the API; connecting included. */
  readonly requests: ReadonlyMap<string, number>;
}

/**
 * Reads a whole cluster: starts, then commits, then stable, then ends. In this order an honest race can only overstate
 * lag (the end is read last) and only understate loss (a start that moves up behind a commit was read before it).
 *
 * What fails costs itself: it is named under `unread`, and everything else is read.
 *
 * @throws Fault when no broker answers at all.
 */
export async function observeCluster(
  reader: ClusterReader,
  scope: ObserveScope,
  clock: Clock,
  signal: AbortSignal,
  onStep: (step: ObserveStep) => void = () => {},
): Promise<Observation> {
  const at: EpochMs = clock.now();
  const startedAt = clock.monotonicMs();

  onStep('topology');
  const topology = await reader.readTopology(signal);

  onStep('groups and starts');
  // Which partitions matter is known only from the commits, which must come after the starts: so all starts are read.
  const [listed, starts] = await Promise.all([
    reader.listGroups(topology, signal),
    scope.starts
      ? reader.readOffsets('start', everyPartition(topology.topics, scope.watchesTopic), topology, signal)
      : nothingRead,
  ]);
  const watched = listed.groups.filter(({ group }) => scope.watchesGroup(group));

  onStep('commits and members');
  const [commits, members] = await Promise.all([
    readCommits(reader, watched.filter(keepsCommits), starts, signal),
    scope.members ? reader.readMembers(watched, signal) : new Map<string, MembersRead>(),
  ]);
  const groups = watched
    .map((group) => toGroupSnapshot(group, commits.get(group.group), members.get(group.group), scope))
    .filter((group) => isWorthKeeping(group, commits.get(group.group), scope.watchesTopic))
    .sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));

  const interest = partitionsOfInterest(groups, topology.topics, scope.watchesTopic);
  const late = await readLateTopics(reader, interest, topology, signal);

  onStep('stable offsets');
  const stable = scope.stable
    ? await reader.readOffsets('stable', interest, late.topology, signal)
    : nothingRead;

  onStep('ends');
  const ends = await reader.readOffsets('end', interest, late.topology, signal);

  const namedTopics = causesByTopic([...topology.unread, ...late.unread]);
  const topics = toTopicSnapshots(interest, late.topology.topics, namedTopics, { starts, stable, ends });
  const snapshot: Snapshot = {
    cluster: { name: scope.clusterName, id: topology.clusterId },
    at,
    brokers: topology.brokers,
    topics,
    groups,
    unread: [
      ...topology.unread.filter((part) => part.scope !== 'topic' || interest.has(part.topic)),
      ...listed.unread,
      ...late.unread,
      ...unreadGroups(groups, members),
      ...unreadCommits(commits, scope.watchesTopic),
      ...unreadPartitions(topics, namedTopics),
    ],
    dated: [],
  };
  return { snapshot, durationMs: clock.monotonicMs() - startedAt, requests: reader.takeRequestCounts() };
}

const nothingRead: OffsetsRead = new Map();

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

const notMeasurable: UnreadCause = {
  reason: 'not-measurable',
  detail: 'share groups acknowledge single records and commit no offset to measure lag by',
};

function toGroupSnapshot(
  { group, type, state, coordinator }: ListedGroup,
  commits: CommitsRead | undefined,
  members: MembersRead | undefined,
  scope: ObserveScope,
): GroupSnapshot {
  const described = members?.known === true ? members : null;
  return {
    group,
    type,
    state: described?.state ?? state,
    coordinator,
    members: described?.members.map((member) => narrowed(member, scope.watchesTopic)) ?? null,
    commits: commits?.known === true ? commits.topics.filter(({ topic }) => scope.watchesTopic(topic)) : [],
    unread: commits === undefined ? notMeasurable : commits.known ? null : commits.cause,
  };
}

/** Topics outside the scope keep their name and lose their partitions: who owns some of those is not idle. */
function narrowed(member: Member, watchesTopic: (topic: string) => boolean): Member {
  if ([...member.assigned.keys()].every(watchesTopic)) return member;
  const assigned = new Map(
    [...member.assigned].map(([topic, partitions]) => [topic, watchesTopic(topic) ? partitions : []]),
  );
  return { ...member, assigned };
}

/** A group with neither commits nor members, or with both on other topics only, is a name and nothing more. */
function isWorthKeeping(
  group: GroupSnapshot,
  commits: CommitsRead | undefined,
  watchesTopic: (topic: string) => boolean,
): boolean {
  if (group.unread !== null || group.commits.some(({ partitions }) => partitions.length > 0)) return true;
  // A commit that could not be read is one all the same.
  if (commits?.known && commits.unread.some((part) => part.scope === 'partition' && watchesTopic(part.topic)))
    return true;
  if (group.members === null) return group.state !== 'Empty' && group.state !== 'Dead';
  return group.members.some((member) => mayRead(member, watchesTopic));
}

/** Whether a topic of the scope is among the member's; who names none yet may get any. */
function mayRead({ assigned, subscribed }: Member, watchesTopic: (topic: string) => boolean): boolean {
  const topics = [...assigned.keys(), ...(subscribed ?? [])];
  return topics.length === 0 || topics.some(watchesTopic);
}

function everyPartition(
  topics: ReadonlyMap<string, TopicTopology>,
  watchesTopic: (topic: string) => boolean,
): PartitionsByTopic {
  const partitions = new Map<string, number[]>();
  for (const [topic, { leaders }] of topics)
    if (watchesTopic(topic)) partitions.set(topic, [...leaders.keys()]);
  return partitions;
}

/** Partitions that have a commit or an owner, or whose topic a member subscribes to. */
function partitionsOfInterest(
  groups: readonly GroupSnapshot[],
  topics: ReadonlyMap<string, TopicTopology>,
  watchesTopic: (topic: string) => boolean,
): Map<string, number[]> {
  const interest = new Map<string, Set<number>>();
  const lastAdded = new Map<string, Iterable<number>>();
  const add = (topic: string, partitions: Iterable<number>) => {
    // Groups of one topic often share one list.
    if (lastAdded.get(topic) === partitions) return;
    lastAdded.set(topic, partitions);
    const known = interest.get(topic) ?? new Set<number>();
    interest.set(topic, known);
    for (const partition of partitions) known.add(partition);
  };
  for (const { commits, members } of groups) {
    for (const { topic, partitions } of commits) if (partitions.length > 0) add(topic, partitions);
    for (const { subscribed, assigned } of members ?? []) {
      for (const [topic, partitions] of assigned) if (watchesTopic(topic)) add(topic, partitions);
      for (const topic of subscribed ?? []) {
        if (watchesTopic(topic)) add(topic, topics.get(topic)?.leaders.keys() ?? []);
      }
    }
  }
  return new Map([...interest].map(([topic, partitions]) => [topic, [...partitions].sort((a, b) => a - b)]));
}

/**
 * Topics that groups speak of and Metadata did not list: asked for by name, since only then does Kafka tell a missing
 * right from a missing topic.
 */
async function readLateTopics(
  reader: ClusterReader,
  interest: ReadonlyMap<string, readonly number[]>,
  topology: Topology,
  signal: AbortSignal,
): Promise<{ topology: Topology; unread: readonly Unread[] }> {
  const already = causesByTopic(topology.unread);
  const unlisted = [...interest.keys()].filter((topic) => !topology.topics.has(topic) && !already.has(topic));
  if (unlisted.length === 0) return { topology, unread: [] };
  const late = await reader.readTopics(unlisted, signal);
  return {
    topology: { ...topology, topics: new Map([...topology.topics, ...late.topics]) },
    unread: late.unread,
  };
}

function causesByTopic(unread: readonly Unread[]): Map<string, UnreadCause> {
  const causes = new Map<string, UnreadCause>();
  for (const part of unread) {
    if (part.scope === 'topic') causes.set(part.topic, { reason: part.reason, detail: part.detail });
  }
  return causes;
}

function toTopicSnapshots(
  interest: PartitionsByTopic,
  topics: ReadonlyMap<string, TopicTopology>,
  namedTopics: ReadonlyMap<string, UnreadCause>,
  read: { readonly starts: OffsetsRead; readonly stable: OffsetsRead; readonly ends: OffsetsRead },
): Map<string, TopicSnapshot> {
  const snapshots = new Map<string, TopicSnapshot>();
  for (const [name, numbers] of interest) {
    const topic = topics.get(name);
    const [starts, stable, ends] = [read.starts.get(name), read.stable.get(name), read.ends.get(name)];
    const partitions = new Map<number, PartitionSnapshot>();
    for (const partition of numbers) {
      const [start, lastStable, end] = [starts?.get(partition), stable?.get(partition), ends?.get(partition)];
      partitions.set(partition, {
        partition,
        leader: topic?.leaders.get(partition) ?? null,
        start: typeof start === 'bigint' ? start : null,
        stable: typeof lastStable === 'bigint' ? lastStable : null,
        end: typeof end === 'bigint' ? end : null,
        unread: namedTopics.get(name) ?? causeOf(end) ?? causeOf(lastStable) ?? causeOf(start),
      });
    }
    snapshots.set(name, { name, id: topic?.id ?? null, config: null, partitions });
  }
  return snapshots;
}

function causeOf(read: OffsetRead | undefined): UnreadCause | null {
  return typeof read === 'object' ? read : null;
}

function unreadGroups(groups: readonly GroupSnapshot[], members: ReadonlyMap<string, MembersRead>): Unread[] {
  const unread: Unread[] = [];
  for (const { group, unread: cause, coordinator } of groups) {
    const broker = coordinator === null ? {} : { broker: coordinator };
    if (cause !== null) unread.push({ scope: 'group', group, ...broker, ...cause });
    const described = members.get(group);
    if (cause === null && described?.known === false) {
      const detail = `its members are not known: ${described.cause.detail}`;
      unread.push({ scope: 'group', group, ...broker, reason: described.cause.reason, detail });
    }
  }
  return unread;
}

function unreadCommits(
  commits: ReadonlyMap<string, CommitsRead>,
  watchesTopic: (topic: string) => boolean,
): Unread[] {
  return [...commits.values()]
    .flatMap((read) => (read.known ? read.unread : []))
    .filter((part) => part.scope !== 'partition' || watchesTopic(part.topic));
}

/** One row a partition; a topic that is named as a whole is not repeated. */
function unreadPartitions(
  topics: ReadonlyMap<string, TopicSnapshot>,
  namedTopics: ReadonlyMap<string, UnreadCause>,
): Unread[] {
  const unread: Unread[] = [];
  for (const topic of topics.values()) {
    if (namedTopics.has(topic.name)) continue;
    for (const { partition, leader, unread: cause } of topic.partitions.values()) {
      if (cause === null) continue;
      const broker = leader === null ? {} : { broker: leader };
      unread.push({ scope: 'partition', topic: topic.name, partition, ...broker, ...cause });
    }
  }
  return unread;
}
