import type { Offset } from '../../../domain/offset.ts';
import type { TopicCommits } from '../../../domain/snapshot.ts';
import type { Message } from '../message.ts';
import type { WireReader } from '../wire.ts';

export interface GroupCommitsAnswer {
  readonly group: string;
  readonly error: number;
  readonly topics: readonly TopicCommits[];
  readonly partitionErrors: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly error: number;
  }[];
}

/**
 * OffsetFetch v8 (KIP-709): every commit of many groups in one request. Topics are null, i.e. all that the group
 * committed and the login may describe. `requireStable` (KIP-447) turns a commit inside an open transaction into the
 * error UNSTABLE_OFFSET_COMMIT of its partition, instead of the value before it.
 */
export function offsetFetch(
  groups: readonly string[],
  requireStable = false,
): Message<readonly GroupCommitsAnswer[]> {
  return {
    api: 'OffsetFetch',
    versions: { min: 8, max: 8 },
    encode(out) {
      out.arrayLength(groups.length);
      for (const group of groups) {
        out.string(group);
        out.arrayLength(null);
        out.noTags();
      }
      out.boolean(requireStable);
      out.noTags();
    },
    decode(from) {
      from.throttleTime();
      const reader = new CommitsReader(from);
      const answers: GroupCommitsAnswer[] = [];
      const count = from.arrayLength(5);
      for (let i = 0; i < count; i++) {
        const group = from.string();
        const commits = reader.topics();
        const error = from.int16();
        from.skipTags();
        answers.push({ group, error, ...commits });
      }
      from.skipTags();
      return answers;
    },
  };
}

/** OffsetFetch v6 and v7: one group a request, for brokers before Kafka 3.0. */
export function offsetFetchOfOneGroup(group: string, requireStable = false): Message<GroupCommitsAnswer> {
  return {
    api: 'OffsetFetch',
    versions: { min: 6, max: 7 },
    encode(out, version) {
      out.string(group);
      out.arrayLength(null);
      if (version >= 7) out.boolean(requireStable);
      out.noTags();
    },
    decode(from) {
      from.throttleTime();
      const commits = new CommitsReader(from).topics();
      const error = from.int16();
      from.skipTags();
      return { group, error, ...commits };
    },
  };
}

/**
 * Reads the topics of one answer, group after group. What would otherwise be told of every commit anew is held once for
 * all: offsets lie in one block, and a topic's list of partitions, which its groups mostly share, is one array.
 */
class CommitsReader {
  readonly #from: WireReader;
  readonly #offsets: BigInt64Array;
  #used = 0;
  readonly #partitionsByTopic = new Map<string, readonly number[]>();
  #lastPartitions: readonly number[] = [];

  constructor(from: WireReader) {
    this.#from = from;
    // As many as can still follow.
    this.#offsets = new BigInt64Array(Math.floor(from.remaining / leastPartitionBytes));
  }

  /** Commits of −1 mean "none" and are left out: absence says the same, and cannot be mistaken for a position. */
  topics(): Pick<GroupCommitsAnswer, 'topics' | 'partitionErrors'> {
    const from = this.#from;
    const topics: TopicCommits[] = [];
    const partitionErrors: { topic: string; partition: number; error: number }[] = [];
    const topicCount = from.arrayLength(3);
    for (let t = 0; t < topicCount; t++) {
      const topic = from.string();
      const partitionCount = from.arrayLength(leastPartitionBytes);
      const expected = this.#partitionsByTopic.get(topic) ?? this.#lastPartitions;
      let differing: number[] | null = null;
      const first = this.#used;
      let known = 0;
      for (let p = 0; p < partitionCount; p++) {
        const partition = from.int32();
        const committed = from.int64();
        from.skip(4); // committed leader epoch
        skipString(from); // metadata
        const error = from.int16();
        from.skipTags();
        if (error !== 0) partitionErrors.push({ topic, partition, error });
        else if (committed >= 0n) {
          this.#offsets[first + known] = committed;
          if (differing === null && expected[known] !== partition) differing = expected.slice(0, known);
          differing?.push(partition);
          known += 1;
        }
      }
      from.skipTags();
      this.#used = first + known;
      const partitions = differing ?? (expected.length === known ? expected : expected.slice(0, known));
      if (partitions !== expected) this.#partitionsByTopic.set(topic, partitions);
      this.#lastPartitions = partitions;
      topics.push({
        topic,
        partitions,
        offsets: this.#offsets.subarray(first, first + known) as unknown as ArrayLike<Offset>,
      });
    }
    return { topics, partitionErrors };
  }
}

/** Partition, offset, leader epoch, empty metadata, error, no tags. */
const leastPartitionBytes = 20;

function skipString(from: WireReader): void {
  const size = from.unsignedVarint();
  if (size > 1) from.skip(size - 1);
}
