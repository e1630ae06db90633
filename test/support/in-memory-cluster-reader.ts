import { Fault } from '../../shared/domain/fault.ts';
import { type PartitionsByTopic, toOffset } from '../../shared/domain/offset.ts';
import type { TopicCommits, TopicConfig } from '../../shared/domain/snapshot.ts';
import type { Unread, UnreadCause } from '../../shared/domain/unread.ts';
import type {
  ClusterReader,
  CommitsRead,
  ListedGroup,
  MembersRead,
  OffsetKind,
  OffsetRead,
  OffsetsRead,
  RecordFound,
  RecordsFound,
  TimestampsByPartition,
  TopicConfigsRead,
  TopicTopology,
  Topology,
} from '../../shared/ports/cluster-reader.ts';
import type { ClusterState, GroupState, LogState } from './in-memory-cluster.ts';

/** One call of the port. Offsets are named by their kind. */
export type ReadStep =
  | 'topology'
  | 'topics'
  | 'groups'
  | 'commits'
  | 'stable commits'
  | 'members'
  | 'configs'
  | 'timestamps'
  | OffsetKind;

/** A call that was made, and for which groups or partitions (`topic-0`). */
export interface ReadCall {
  readonly step: ReadStep;
  readonly asked: readonly string[];
}

/**
 * A `ClusterReader` over plain data. Each call looks at the state at the moment of the call; `beforeStep` may change the
 * state before that, so that a test decides what happens between any two steps.
 */
export class InMemoryClusterReader implements ClusterReader {
  readonly calls: ReadCall[] = [];
  /** The most timestamps that were asked for one partition at once. */
  mostTimestamps = 0;
  readonly #state: ClusterState;
  readonly #beforeStep: (step: ReadStep, state: ClusterState) => void;
  #requests = new Map<string, number>();

  constructor(state: ClusterState, beforeStep: (step: ReadStep, state: ClusterState) => void = () => {}) {
    this.#state = state;
    this.#beforeStep = beforeStep;
  }

  async readTopology(): Promise<Topology> {
    this.#begin('topology', [], 'Metadata');
    const { brokers, down, clusterId, topics } = this.#state;
    if (brokers.every((broker) => down.has(broker)))
      throw new Fault('unreachable', 'no broker could be reached');
    const listed = Object.keys(topics).filter((name) => topics[name]?.listed !== 'hidden');
    return { clusterId, brokers: [...brokers], ...this.#describeTopics(listed) };
  }

  async readTopics(names: readonly string[]): Promise<Pick<Topology, 'topics' | 'unread'>> {
    this.#begin('topics', names, 'Metadata');
    return this.#describeTopics(names);
  }

  async listGroups(
    topology: Topology,
  ): Promise<{ groups: readonly ListedGroup[]; unread: readonly Unread[] }> {
    this.#begin('groups', [], 'ListGroups');
    const silent = topology.brokers.filter((broker) => this.#state.down.has(broker));
    const groups = Object.entries(this.#state.groups)
      .filter(([, { coordinator }]) => !silent.includes(coordinator))
      .map(([group, { type, state, coordinator }]) => ({ group, type, state, coordinator }));
    return { groups, unread: silent.map((broker) => ({ scope: 'broker', broker, ...refused(broker) })) };
  }

  async readOffsets(kind: OffsetKind, wanted: PartitionsByTopic, topology: Topology): Promise<OffsetsRead> {
    const asked = [...wanted].flatMap(([topic, numbers]) => numbers.map((number) => `${topic}-${number}`));
    this.#begin(kind, asked, 'ListOffsets');
    return new Map(
      [...wanted].map(([topic, numbers]) => [
        topic,
        new Map(numbers.map((number) => [number, this.#offset(kind, topic, number, topology)])),
      ]),
    );
  }

  async readCommits(groups: readonly ListedGroup[]): Promise<ReadonlyMap<string, CommitsRead>> {
    this.#begin('commits', names(groups), 'OffsetFetch');
    return new Map(
      groups.map(({ group }) => [group, this.#ofGroup(group, (state) => state.commitsError, commitsOf)]),
    );
  }

  async readStableCommits(groups: readonly ListedGroup[]): Promise<ReadonlyMap<string, CommitsRead>> {
    this.#begin('stable commits', names(groups), 'OffsetFetch');
    return new Map(
      groups.map(({ group }) => [
        group,
        this.#ofGroup(
          group,
          (state) => state.commitsError,
          (_, state) => commitsOf(group, withoutUnstable(state)),
        ),
      ]),
    );
  }

  async readMembers(groups: readonly ListedGroup[]): Promise<ReadonlyMap<string, MembersRead>> {
    this.#begin('members', names(groups), 'DescribeGroups');
    const describable = groups.filter(({ type }) => type !== 'share' && type !== 'streams');
    return new Map(
      describable.map(({ group }) => [
        group,
        this.#ofGroup(
          group,
          (state) => state.membersError,
          (_, { state, members }): MembersRead => ({
            known: true,
            state,
            members: [...members],
          }),
        ),
      ]),
    );
  }

  async readTopicConfigs(topics: readonly string[]): Promise<TopicConfigsRead> {
    this.#begin('configs', topics, 'DescribeConfigs');
    const configs = new Map<string, TopicConfig>();
    const unread = new Map<string, UnreadCause>();
    for (const name of topics) {
      const config = this.#state.topics[name]?.config ?? noRightToConfigs;
      if ('reason' in config) unread.set(name, config);
      else configs.set(name, config);
    }
    return { configs, unread };
  }

  async lookUpTimestamps(
    asked: TimestampsByPartition,
    { topics }: Pick<Topology, 'topics'>,
  ): Promise<RecordsFound> {
    const named = [...asked].flatMap(([topic, partitions]) =>
      [...partitions.keys()].map((number) => `${topic}-${number}`),
    );
    this.#begin('timestamps', named, 'ListOffsets');
    const counts = [...asked.values()].flatMap((partitions) =>
      [...partitions.values()].map((at) => at.length),
    );
    this.mostTimestamps = Math.max(this.mostTimestamps, ...counts);
    return new Map(
      [...asked].map(([topic, partitions]) => [
        topic,
        new Map(
          [...partitions].map(([number, timestamps]) => [
            number,
            timestamps.map((at) => this.#recordAt(topic, number, at, topics.get(topic)?.leaders.get(number))),
          ]),
        ),
      ]),
    );
  }

  #recordAt(topic: string, partition: number, at: number, leader: number | null | undefined): RecordFound {
    if (leader == null) return { reason: 'leaderless', detail: 'it has no leader' };
    if (this.#state.down.has(leader)) return refused(leader);
    const log = this.#state.topics[topic]?.partitions[partition];
    if (log === undefined) return { reason: 'topic-missing', detail: 'the leader does not know it' };
    if (log.error !== undefined) return log.error;
    const first = (log.records ?? []).find(({ offset, timestamp }) => offset >= log.start && timestamp >= at);
    if (first === undefined || first.offset >= log.end) return null;
    return { offset: toOffset(first.offset), timestamp: first.timestamp };
  }

  takeRequestCounts(): ReadonlyMap<string, number> {
    const counts = this.#requests;
    this.#requests = new Map();
    return counts;
  }

  close(): void {}

  #begin(step: ReadStep, asked: readonly string[], api: string): void {
    this.calls.push({ step, asked: [...asked].sort() });
    this.#requests.set(api, (this.#requests.get(api) ?? 0) + 1);
    this.#beforeStep(step, this.#state);
  }

  #describeTopics(wanted: readonly string[]): Pick<Topology, 'topics' | 'unread'> {
    const topics = new Map<string, TopicTopology>();
    const unread: Unread[] = [];
    for (const name of wanted) {
      const state = this.#state.topics[name];
      if (state === undefined) {
        unread.push({ scope: 'topic', topic: name, reason: 'topic-missing', detail: 'it does not exist' });
      } else if (state.listed === 'unauthorised') {
        unread.push({
          scope: 'topic',
          topic: name,
          reason: 'unauthorised',
          detail: 'no right to describe it',
        });
      } else {
        const leaders = new Map(state.partitions.map(({ leader }, partition) => [partition, leader]));
        topics.set(name, { id: state.id, leaders });
      }
    }
    return { topics, unread };
  }

  /** The leader is the one that the topology names, as with a real reader; the log is the one of this moment. */
  #offset(kind: OffsetKind, topic: string, partition: number, topology: Topology): OffsetRead {
    const leader = topology.topics.get(topic)?.leaders.get(partition);
    const state: LogState | undefined = this.#state.topics[topic]?.partitions[partition];
    if (leader === null) return { reason: 'leaderless', detail: 'it has no leader' };
    if (leader === undefined || state === undefined) {
      return { reason: 'topic-missing', detail: 'the cluster does not name this partition' };
    }
    if (this.#state.down.has(leader)) return refused(leader);
    return state.error ?? toOffset(state[kind]);
  }

  #ofGroup<Read>(
    name: string,
    errorOf: (state: GroupState) => UnreadCause | undefined,
    read: (name: string, state: GroupState) => Read,
  ): Read | { known: false; cause: UnreadCause } {
    const state = this.#state.groups[name];
    if (state === undefined) throw new Error(`the test asks for group ${name}, which is not in its cluster`);
    if (this.#state.down.has(state.coordinator)) {
      return { known: false, cause: { ...refused(state.coordinator), reason: 'coordinator-unread' } };
    }
    const cause = errorOf(state);
    return cause === undefined ? read(name, state) : { known: false, cause };
  }
}

const names = (groups: readonly ListedGroup[]): string[] => groups.map(({ group }) => group);

const refused = (broker: number): UnreadCause => ({
  reason: 'unreachable',
  detail: `broker ${broker} refuses connections`,
});

const noRightToConfigs: UnreadCause = { reason: 'unauthorised', detail: 'no right to see its settings' };

const unstableCommit: UnreadCause = { reason: 'kafka-error', detail: 'UNSTABLE_OFFSET_COMMIT' };

function withoutUnstable(state: GroupState): GroupState {
  const commits = Object.entries(state.commits).map(([topic, byPartition]) => [
    topic,
    Object.fromEntries(
      Object.entries(byPartition).map(([number, commit]) => [
        number,
        state.unstable?.has(`${topic}-${number}`) ? unstableCommit : commit,
      ]),
    ),
  ]);
  return { ...state, commits: Object.fromEntries(commits) };
}

function commitsOf(group: string, { commits }: GroupState): CommitsRead {
  const topics: TopicCommits[] = [];
  const unread: Unread[] = [];
  for (const [topic, byPartition] of Object.entries(commits)) {
    const known: [number, bigint][] = [];
    for (const [number, commit] of Object.entries(byPartition)) {
      const partition = Number(number);
      if (typeof commit === 'bigint') known.push([partition, commit]);
      else unread.push({ scope: 'partition', group, topic, partition, ...commit });
    }
    topics.push({
      topic,
      partitions: known.map(([partition]) => partition),
      offsets: known.map(([, offset]) => toOffset(offset)),
    });
  }
  return { known: true, topics, unread };
}
