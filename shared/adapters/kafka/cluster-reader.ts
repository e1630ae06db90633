import type { BrokerId, Offset, PartitionsByTopic } from '../../domain/offset.ts';
import type { Unread, UnreadCause } from '../../domain/unread.ts';
import type {
  ClusterReader,
  CommitsRead,
  ListedGroup,
  MembersRead,
  OffsetKind,
  OffsetRead,
  OffsetsRead,
  RecordsFound,
  TimestampsByPartition,
  TopicConfigsRead,
  TopicTopology,
  Topology,
} from '../../ports/cluster-reader.ts';
import { type AskCoordinator, askInPortions } from './ask-in-portions.ts';
import { type Attempt, kafkaCause, toAttempt } from './attempt.ts';
import { coordinatorUnread, describeCause, listingError, toCommits, withMissing } from './group-answers.ts';
import { errorName, isCoordinatorChange, isLeaderChange } from './kafka-errors.ts';
import { toListedGroup } from './listed-group.ts';
import type { Login } from './logins.ts';
import { lookUpTimestamps } from './look-up-timestamps.ts';
import type { Message } from './message.ts';
import { consumerGroupDescribe } from './messages/consumer-group-describe.ts';
import { type DescribedGroupAnswer, describeGroups } from './messages/describe-groups.ts';
import { findCoordinator } from './messages/find-coordinator.ts';
import { listGroups } from './messages/list-groups.ts';
import { listOffsets, listOffsetsTimestamp } from './messages/list-offsets.ts';
import { metadata } from './messages/metadata.ts';
import { type GroupCommitsAnswer, offsetFetch, offsetFetchOfOneGroup } from './messages/offset-fetch.ts';
import type { NodeAddress } from './node-address.ts';
import { NodePool } from './node-pool.ts';
import { groupByLeader, push } from './partitions-by-leader.ts';
import { readTopicConfigs } from './topic-configs.ts';
import { toTopics, toTopology } from './topology-answer.ts';

export interface KafkaClusterOptions {
  readonly bootstrap: readonly NodeAddress[];
  readonly login: Login;
  /** Upper bound on connecting to a broker, login included. @default 5000 */
  readonly connectTimeoutMs?: number;
  /** How long a broker may owe an answer in silence. @default 3000 */
  readonly silenceTimeoutMs?: number;
}

/** A reader that speaks to the brokers themselves, over one connection to each, which it keeps. */
export function connectClusterReader(options: KafkaClusterOptions): ClusterReader {
  return new KafkaClusterReader(options);
}

class KafkaClusterReader implements ClusterReader {
  readonly #pool: NodePool;
  #requests = new Map<string, number>();

  constructor(options: KafkaClusterOptions) {
    this.#pool = new NodePool(options.bootstrap, {
      login: options.login,
      connectTimeoutMs: options.connectTimeoutMs ?? 5000,
      silenceTimeoutMs: options.silenceTimeoutMs ?? 3000,
      onRequest: (api) => this.#requests.set(api, (this.#requests.get(api) ?? 0) + 1),
    });
  }

  async readTopology(signal: AbortSignal): Promise<Topology> {
    const answer = await this.#pool.sendToAny(metadata(null), signal);
    this.#pool.learn(answer.brokers);
    return toTopology(answer);
  }

  async readTopics(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<Pick<Topology, 'topics' | 'unread'>> {
    const answer = await this.#attemptAny(metadata(names), signal);
    if (answer.ok) return toTopics(answer.value);
    return { topics: new Map(), unread: names.map((topic) => ({ scope: 'topic', topic, ...answer.cause })) };
  }

  async listGroups(topology: Topology, signal: AbortSignal) {
    const groups = new Map<string, ListedGroup>();
    const unread: Unread[] = [];
    await Promise.all(
      topology.brokers.map(async (broker) => {
        const answer = await this.#attempt(broker, listGroups(), signal);
        const cause = answer.ok ? listingError(answer.value.error) : answer.cause;
        if (cause !== null) {
          const detail = `${cause.detail}; groups that it coordinates are missing`;
          unread.push({ scope: 'broker', broker, reason: cause.reason, detail });
        }
        // A broker that is still loading some groups says so and lists the others.
        for (const listed of answer.ok ? answer.value.groups : []) {
          groups.set(listed.group, toListedGroup(listed, broker));
        }
      }),
    );
    return { groups: [...groups.values()], unread };
  }

  async readOffsets(
    kind: OffsetKind,
    wanted: PartitionsByTopic,
    topology: Topology,
    signal: AbortSignal,
  ): Promise<OffsetsRead> {
    const read = new Map<string, Map<number, OffsetRead>>();
    const moved = await this.#readOffsetsOnce(kind, wanted, topology.topics, read, signal);
    if (moved.size > 0) {
      // Another leader was elected since Metadata was read: look once more, then let it be.
      const fresh = await this.#attemptAny(metadata([...moved.keys()]), signal);
      if (fresh.ok) await this.#readOffsetsOnce(kind, moved, toTopics(fresh.value).topics, read, signal);
    }
    return read;
  }

  readCommits(
    groups: readonly ListedGroup[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, CommitsRead>> {
    return this.#readCommits(groups, false, signal);
  }

  readStableCommits(
    groups: readonly ListedGroup[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, CommitsRead>> {
    return this.#readCommits(groups, true, signal);
  }

  async #readCommits(
    groups: readonly ListedGroup[],
    requireStable: boolean,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, CommitsRead>> {
    const read = new Map<string, CommitsRead>();
    await this.#eachCoordinator(groups, signal, async (broker, ids) => {
      const answers = await this.#fetchCommits(broker, ids, requireStable, signal);
      for (const [id, answer] of answers) {
        read.set(
          id,
          answer.ok
            ? toCommits(answer.value)
            : { known: false, cause: coordinatorUnread(broker, answer.cause) },
        );
      }
      return [...answers].flatMap(([id, answer]) =>
        answer.ok && isCoordinatorChange(answer.value.error) ? [id] : [],
      );
    });
    return withMissing(groups, read, 'OffsetFetch');
  }

  async readMembers(
    groups: readonly ListedGroup[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, MembersRead>> {
    const read = new Map<string, MembersRead>();
    const describable = groups.filter((group) => group.type !== 'share' && group.type !== 'streams');
    const modern = describable.filter((group) => group.type === 'consumer');
    const others = describable.filter((group) => group.type !== 'consumer');
    await Promise.all([
      this.#describe(modern, consumerGroupDescribe, read, signal),
      this.#describe(others, describeGroups, read, signal),
    ]);
    // Each request calls the other protocol's groups dead, and a group may have changed its protocol since it was
    // listed, or be of a type that was not told: only what both call dead is.
    const isDead = ({ group }: ListedGroup) => {
      const members = read.get(group);
      return members?.known === true && members.state === 'Dead';
    };
    const second = new Map<string, MembersRead>();
    await Promise.all([
      this.#describe(modern.filter(isDead), describeGroups, second, signal),
      this.#describe(others.filter(isDead), consumerGroupDescribe, second, signal),
    ]);
    // A broker that does not know the other request has no group of that protocol.
    for (const [group, members] of second)
      if (members.known || members.cause.reason !== 'unsupported') read.set(group, members);
    return withMissing(describable, read, 'the describe request');
  }

  readTopicConfigs(topics: readonly string[], signal: AbortSignal): Promise<TopicConfigsRead> {
    return readTopicConfigs(topics, (message) => this.#attemptAny(message, signal));
  }

  lookUpTimestamps(
    asked: TimestampsByPartition,
    { topics }: Pick<Topology, 'topics'>,
    signal: AbortSignal,
  ): Promise<RecordsFound> {
    return lookUpTimestamps(asked, topics, (leader, message) => this.#attempt(leader, message, signal));
  }

  takeRequestCounts(): ReadonlyMap<string, number> {
    const counts = this.#requests;
    this.#requests = new Map();
    return counts;
  }

  close(): void {
    this.#pool.close();
  }

  /** Fills `read`; gives back the partitions whose leader has moved. */
  async #readOffsetsOnce(
    kind: OffsetKind,
    wanted: PartitionsByTopic,
    topics: ReadonlyMap<string, TopicTopology>,
    read: Map<string, Map<number, OffsetRead>>,
    signal: AbortSignal,
  ): Promise<Map<string, number[]>> {
    const moved = new Map<string, number[]>();
    const byLeader = groupByLeader(wanted, topics, read);
    await Promise.all(
      [...byLeader].map(async ([leader, partitions]) => {
        const timestamp = kind === 'start' ? listOffsetsTimestamp.earliest : listOffsetsTimestamp.latest;
        const message = listOffsets({ timestamp, readCommitted: kind === 'stable', partitions });
        const answer = await this.#attempt(leader, message, signal);
        if (!answer.ok) {
          const cause = { reason: answer.cause.reason, detail: `leader ${leader}: ${answer.cause.detail}` };
          for (const [topic, numbers] of partitions)
            for (const number of numbers) read.get(topic)?.set(number, cause);
          return;
        }
        for (const { topic, partitions: numbers, errors, offsets } of answer.value) {
          const ofTopic = read.get(topic);
          for (let i = 0; i < numbers.length; i++) {
            const number = numbers[i] as number;
            const error = errors[i] as number;
            const value = offsets[i] as bigint;
            if (error === 0 && value >= 0n) ofTopic?.set(number, value as Offset);
            else {
              ofTopic?.set(
                number,
                error === 0 ? noOffset : kafkaCause(error, `ListOffsets to broker ${leader}`),
              );
              if (isLeaderChange(error)) push(moved, topic, number);
            }
          }
        }
        for (const [topic, numbers] of partitions) {
          const ofTopic = read.get(topic);
          for (const number of numbers) if (ofTopic?.has(number) === false) ofTopic.set(number, unanswered);
        }
      }),
    );
    return moved;
  }

  async #fetchCommits(
    broker: BrokerId,
    ids: readonly string[],
    requireStable: boolean,
    signal: AbortSignal,
  ): Promise<Map<string, Attempt<GroupCommitsAnswer>>> {
    const whole = await this.#attempt(broker, offsetFetch(ids, requireStable), signal);
    if (whole.ok) return new Map(whole.value.map((answer) => [answer.group, { ok: true, value: answer }]));
    if (whole.cause.reason !== 'unsupported') return new Map(ids.map((id) => [id, whole]));
    // Before Kafka 3.0 a request names one group only; they are pipelined.
    return new Map(
      await Promise.all(
        ids.map(async (id) => {
          const one = offsetFetchOfOneGroup(id, requireStable);
          return [id, await this.#attempt(broker, one, signal)] as const;
        }),
      ),
    );
  }

  async #describe(
    groups: readonly ListedGroup[],
    message: (ids: readonly string[]) => Message<readonly DescribedGroupAnswer[]>,
    read: Map<string, MembersRead>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#eachCoordinator(groups, signal, async (broker, ids) => {
      const answer = await this.#attempt(broker, message(ids), signal);
      if (!answer.ok) {
        for (const id of ids) read.set(id, { known: false, cause: coordinatorUnread(broker, answer.cause) });
        return [];
      }
      for (const { group, error, state, members } of answer.value) {
        // GROUP_ID_NOT_FOUND is how DescribeGroups v6 says Dead.
        const told = error === 0 || errorName(error) === 'GROUP_ID_NOT_FOUND';
        const cause = describeCause(error, broker);
        read.set(group, told ? { known: true, state: state || 'Dead', members } : { known: false, cause });
      }
      return answer.value.flatMap(({ group, error }) => (isCoordinatorChange(error) ? [group] : []));
    });
  }

  /**
   * Asks each coordinator for its groups, in portions that keep an answer to a few megabytes. `ask` gives back the
   * groups that have moved away since they were listed: they are asked for once more, where they are now.
   */
  async #eachCoordinator(
    groups: readonly ListedGroup[],
    signal: AbortSignal,
    ask: AskCoordinator,
  ): Promise<void> {
    const moved = await askInPortions(groups, ask);
    if (moved.length === 0) return;
    const found = await this.#attemptAny(findCoordinator(moved), signal);
    if (!found.ok) return;
    const settled = found.value.filter(({ error }) => error === 0);
    await askInPortions(
      settled.map(({ group, broker }) => ({ group, coordinator: broker })),
      ask,
    );
  }

  #attempt<Answer>(
    broker: BrokerId,
    message: Message<Answer>,
    signal: AbortSignal,
  ): Promise<Attempt<Answer>> {
    return toAttempt(this.#pool.send(broker, message, signal));
  }

  #attemptAny<Answer>(message: Message<Answer>, signal: AbortSignal): Promise<Attempt<Answer>> {
    return toAttempt(this.#pool.sendToAny(message, signal));
  }
}

const noOffset: UnreadCause = {
  reason: 'kafka-error',
  detail: 'the leader answered ListOffsets without an offset',
};
const unanswered: UnreadCause = {
  reason: 'kafka-error',
  detail: 'the leader left it out of its answer to ListOffsets',
};
